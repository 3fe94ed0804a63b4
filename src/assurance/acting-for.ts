import type { Ial } from './acr.ts';
import type { PersonAssurance } from './person.ts';

/** Who acts for another must be known themselves: the level that a guardianship may be declared at. */
export const GUARDIAN_IAL = 2;

/** Both people of a sign-in for another, as they are now. */
export interface ActingFacts {
  /** A verified guardianship between them is in force today. */
  inForce: boolean;
  guardian: PersonAssurance;
  ward: PersonAssurance;
}

export type ActingRefusal =
  | 'guardianship_ended'
  | 'guardian_not_admitted'
  | 'guardian_not_proven'
  | 'ward_not_admitted';

interface ActingRule {
  code: ActingRefusal;
  /** What must hold, printed in docs/assurance.md. */
  says: string;
  holds(facts: ActingFacts): boolean;
}

/** What must hold at every token of an act for another; the first that does not is why it is refused. */
export const ACTING_RULES: readonly ActingRule[] = [
  {
    code: 'guardianship_ended',
    says: 'a verified guardianship is in force: not ended, and the ward is not of age',
    holds: ({ inForce }) => inForce,
  },
  {
    code: 'guardian_not_admitted',
    says: "the state of the guardian's ID lets them sign in",
    holds: ({ guardian }) => guardian.signIn.maySignIn,
  },
  {
    code: 'guardian_not_proven',
    says: `the guardian is proven at IAL${GUARDIAN_IAL} or above`,
    holds: ({ guardian }) => guardian.ial >= GUARDIAN_IAL,
  },
  {
    code: 'ward_not_admitted',
    says: "the state of the ward's ID lets its holder sign in",
    holds: ({ ward }) => ward.signIn.maySignIn,
  },
];

/** Why the guardian may not act for the ward now; null where they may. */
export function actingRefusal(facts: ActingFacts): ActingRefusal | null {
  return ACTING_RULES.find((rule) => !rule.holds(facts))?.code ?? null;
}

/**
 * The person's side of a token that a guardian gets for a ward: the ward's own identity and stay, at the lower IAL of the
 * two, since nobody is surer of the child than of who speaks for it. The AAL is that of the guardian's touch. Nobody may
 * sign in where a rule does not hold.
 */
export function actingAssurance(facts: ActingFacts): PersonAssurance {
  const { guardian, ward } = facts;
  if (actingRefusal(facts) !== null)
    return { ...ward, ial: 0, signIn: { ...ward.signIn, maySignIn: false } };
  return { ...ward, ial: Math.min(guardian.ial, ward.ial) as Ial };
}
