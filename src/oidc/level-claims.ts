import { FAL } from '../assurance/acr.ts';
import type { Levels } from '../assurance/acr.ts';
import { alignedNames } from '../assurance/aligned-names.ts';
import { civilDate } from '../assurance/civil-date.ts';
import type { PersonAssurance } from '../assurance/person.ts';

/** The claims of every ID token: how sure we are, never who. Each with its source, printed in docs/claims.md. */
export const LEVEL_CLAIMS = {
  acr: 'the first asked level that is met, else the true one',
  amr: 'the sign-in: methods of RFC 8176 §2',
  auth_time: 'the sign-in: the last touch of the passkey',
  ial: 'the proofs on record and the state of the ID, now',
  aal: 'the sign-in; never rises by a refresh',
  fal: 'the agreement with the service: 2',
  act: 'only where a guardian signed in for a ward: who acted, by `sub` at your agency, and `capacity` (RFC 8693 §4.1)',
  sender_constrained:
    'whether the access token is bound to a key of the service (DPoP, mutual TLS)',
  aligned_levels: 'names that NIST SP 800-63-4, eIDAS and the Thai framework give the levels',
  identity_proof:
    'the proof that carries the level: pathway, clone check, day, is the document current',
} as const;

/** The true levels with their aligned names, and what carries the identity. `acr` as the request asked it. */
export function levelClaims(input: {
  acr: string;
  levels: Levels;
  assurance: PersonAssurance;
}): Record<string, unknown> {
  const { acr, levels, assurance } = input;
  const { nist, eidas, thai } = alignedNames(levels);
  const { identity } = assurance;
  return {
    acr,
    ial: levels.ial,
    aal: levels.aal,
    fal: FAL,
    aligned_levels: {
      nist: { ...(nist.ial ? { ial: nist.ial } : {}), aal: nist.aal, fal: `FAL${FAL}` },
      ...(eidas ? { eidas } : {}),
      thai: { ial: thai.ial, reviewed: thai.reviewed, as_of: thai.asOf },
    },
    ...(levels.ial > 0 && identity.pathway !== null
      ? {
          identity_proof: {
            pathway: identity.pathway,
            ...(identity.cloneCheck ? { clone_check: identity.cloneCheck } : {}),
            ...(identity.proofedAt ? { proofed_on: civilDate(identity.proofedAt) } : {}),
            document_current: identity.documentCurrent === true,
          },
        }
      : {}),
  };
}
