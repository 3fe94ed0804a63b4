import type { Ial } from './acr.ts';
import { identityAssurance } from './identity.ts';
import type { IdentityAssurance } from './identity.ts';
import { IDENTITY_POLICY } from './identity-evidence.ts';
import type { IdentityEvidence, IdentityPolicy } from './identity-evidence.ts';
import { cappedIal, signInPolicy } from './sign-in-policy.ts';
import type { IdState, SignInPolicy } from './sign-in-policy.ts';
import { stayAt } from './stay.ts';
import type { StayFacts, StayStatus } from './stay.ts';

/** What is on record of an account's holder; the standing that `registry` gives fits. */
export interface PersonFacts {
  idState: IdState;
  proofs: readonly IdentityEvidence[];
  stay: StayFacts | null;
}

/** All that follows from it at one moment. */
export interface PersonAssurance {
  /** The IAL that counts: the evidence's, under the ceiling of the ID's state. */
  ial: Ial;
  identity: IdentityAssurance;
  signIn: SignInPolicy;
  stay: StayStatus;
}

/** The person's side of a token: take this, and no part of it alone, so that no ceiling is forgotten. */
export function personAssurance(
  facts: PersonFacts | null,
  now: Date,
  policy: IdentityPolicy = IDENTITY_POLICY,
): PersonAssurance {
  const idState = facts?.idState ?? 'none';
  const identity = identityAssurance(facts?.proofs ?? [], policy, now);
  return {
    ial: cappedIal(identity.ial, idState),
    identity,
    signIn: signInPolicy(idState),
    stay: stayAt(facts?.stay ?? null, now),
  };
}
