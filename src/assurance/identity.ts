import { addDays, toPlainDate } from '../lib/clock.ts';
import type { Ial } from './acr.ts';
import { civilDate } from './civil-date.ts';
import { IAL_RULES, STANDING_DEMANDS } from './identity-rules.ts';
import type { Demand } from './identity-rules.ts';
import type { IdentityEvidence, IdentityPolicy, Pathway } from './identity-evidence.ts';

/** How sure we are that this account's holder is this person, and what carries it. */
export interface IdentityAssurance {
  ial: Ial;
  /** The proof that carries the level; null at IAL0. */
  proofId: string | null;
  pathway: Pathway | null;
  /** Null where no chip was read. */
  cloneCheck: 'passed' | 'unsupported' | null;
  proofedAt: Date | null;
  /** From this day on the proof carries nothing; `YYYY-MM-DD`. */
  reproofDueOn: string | null;
  /** The proof's document is neither expired nor reported lost; null at IAL0. */
  documentCurrent: boolean | null;
  /** Why the best proof carries no more: the demands of the next higher rule that it leaves open. */
  missing: readonly Demand[];
}

/**
 * The identity assurance of what is on record now (DESIGN section 3): the best of a person's proofs, the latest
 * of equals. Visa, admission and stay are no parameters here: they never move the IAL.
 */
export function identityAssurance(
  proofs: readonly IdentityEvidence[],
  policy: IdentityPolicy,
  now: Date,
): IdentityAssurance {
  let best: IdentityAssurance | null = null;
  for (const proof of proofs) {
    const found = assuranceOfProof(proof, policy, now);
    if (!best || isBetter(found, best)) best = found;
  }
  return best ?? { ...NOTHING_PROVEN, missing: [] };
}

/** The day from which `proof` carries nothing any more, by policy or as somebody set it for this proof. */
export function reproofDueOn(proof: IdentityEvidence, policy: IdentityPolicy): string {
  const byAge = addDays(toPlainDate(proof.proofedAt), policy.reproofAfterDays);
  const { documentExpiresOn, reproofDueOn: set } = proof;
  const byDocument =
    documentExpiresOn === null ? byAge : addDays(documentExpiresOn, policy.reproofAfterExpiryDays);
  const byPolicy = byDocument < byAge ? byDocument : byAge;
  return set !== null && set < byPolicy ? set : byPolicy;
}

const NOTHING_PROVEN = {
  ial: 0,
  proofId: null,
  pathway: null,
  cloneCheck: null,
  proofedAt: null,
  reproofDueOn: null,
  documentCurrent: null,
} as const;

function assuranceOfProof(
  proof: IdentityEvidence,
  policy: IdentityPolicy,
  now: Date,
): IdentityAssurance {
  const dueOn = reproofDueOn(proof, policy);
  const facts = { ...proof, reproofDue: civilDate(now) >= dueOn };
  const fallen = STANDING_DEMANDS.filter((demand) => !demand.holds(facts));
  if (fallen.length > 0) return { ...NOTHING_PROVEN, missing: fallen };
  let missing: readonly Demand[] = [];
  for (const rule of IAL_RULES) {
    if (rule.pathway !== proof.pathway || !rule.documentChecks.includes(proof.documentCheck))
      continue;
    const open = rule.demands.filter((demand) => !demand.holds(facts));
    if (open.length > 0) {
      missing = open;
      continue;
    }
    return {
      ial: rule.ial,
      proofId: proof.proofId,
      pathway: proof.pathway,
      cloneCheck: proof.cloneCheck === 'passed' ? 'passed' : cloneUnsupported(proof),
      proofedAt: proof.proofedAt,
      reproofDueOn: dueOn,
      documentCurrent: documentCurrent(proof, now),
      missing,
    };
  }
  return { ...NOTHING_PROVEN, missing };
}

function cloneUnsupported(proof: IdentityEvidence): 'unsupported' | null {
  return proof.cloneCheck === 'unsupported' ? 'unsupported' : null;
}

/** Expiry day included; a document reported lost is not current (lost before its proofing: the proof falls). */
function documentCurrent(proof: IdentityEvidence, now: Date): boolean {
  if (proof.documentLostAt !== null && proof.documentLostAt <= now) return false;
  return proof.documentExpiresOn === null || civilDate(now) <= proof.documentExpiresOn;
}

function isBetter(candidate: IdentityAssurance, best: IdentityAssurance): boolean {
  if (candidate.ial !== best.ial) return candidate.ial > best.ial;
  // A current document says more than an expired one at the same level.
  if (candidate.documentCurrent !== best.documentCurrent) return candidate.documentCurrent === true;
  return (candidate.proofedAt?.getTime() ?? 0) > (best.proofedAt?.getTime() ?? 0);
}
