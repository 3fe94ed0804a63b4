import { CLAIM_NAMES, isClaimName } from '../agencies/claim-names.ts';
import type { ClaimName } from '../agencies/claim-names.ts';
import { FAL } from '../assurance/acr.ts';
import type { Levels } from '../assurance/acr.ts';
import { alignedNames } from '../assurance/aligned-names.ts';
import type { PersonAssurance } from '../assurance/person.ts';
import type { StayFacts } from '../assurance/stay.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { PersonAttributes } from '../registry/person.ts';

/** What the claims are made from: the register's word now. Nothing is decrypted before it is asked. */
export interface ClaimFacts {
  attributes(this: void): PersonAttributes | null;
  /** Null where there is none, or its state does not release it to this service. */
  number(this: void): string | null;
  stay: StayFacts | null;
  assurance: PersonAssurance;
}

export const SCOPE_NAMES = ['profile', 'nationality', 'foreign_national_id', 'stay'] as const;
export type ScopeName = (typeof SCOPE_NAMES)[number];

/** The `stay` claim. */
export interface StayClaim {
  status: string;
  admitted_until?: string;
  basis?: string;
  as_of?: string;
  source?: string;
}
export type ClaimValue = string | StayClaim;

/** Where a claim comes from, which scope asks it, and how it is made; undefined where it is not known. */
interface ClaimRule {
  scope: ScopeName;
  source: string;
  value(facts: ClaimFacts): ClaimValue | undefined;
}

/** The one table of claims about a person. */
export const CLAIMS: Readonly<Record<ClaimName, ClaimRule>> = {
  name: {
    scope: 'profile',
    source: 'passport: as printed (DG11) where the chip holds it, else as in its zone',
    value: ({ attributes }) => fullName(attributes()),
  },
  family_name: {
    scope: 'profile',
    source:
      'passport: primary identifier; omitted for a single name, which is neither first nor last',
    value: ({ attributes }) => {
      const person = attributes();
      return person && person.secondaryIdentifier !== '' ? person.primaryIdentifier : undefined;
    },
  },
  given_name: {
    scope: 'profile',
    source: 'passport: secondary identifier; omitted for a single name',
    value: ({ attributes }) => attributes()?.secondaryIdentifier || undefined,
  },
  birthdate: {
    scope: 'profile',
    source: 'passport: date of birth; the year alone where the document leaves a part unknown',
    value: ({ attributes }) => birthdate(attributes()?.dateOfBirth),
  },
  nationality: {
    scope: 'nationality',
    source: 'passport: nationality, the code of ICAO Doc 9303-3 §5',
    value: ({ attributes }) => attributes()?.nationality,
  },
  foreign_national_id: {
    scope: 'foreign_national_id',
    source: 'our register of foreign-national IDs; only in states that release it',
    value: ({ number }) => number() ?? undefined,
  },
  stay: {
    scope: 'stay',
    source: 'immigration register, as of the moment it was last asked; the status as of now',
    value: ({ stay, assurance }) => ({
      status: assurance.stay,
      ...(stay?.admittedUntil ? { admitted_until: stay.admittedUntil } : {}),
      ...(stay?.basis ? { basis: stay.basis } : {}),
      ...(stay?.asOf ? { as_of: stay.asOf } : {}),
      ...(stay?.source ? { source: stay.source } : {}),
    }),
  },
};

/** The claims of every ID token: how sure we are, never who. */
export const LEVEL_CLAIMS = [
  'acr',
  'amr',
  'auth_time',
  'ial',
  'aal',
  'fal',
  'aligned_levels',
  'identity_proof',
] as const;

/** `claims` of the library's configuration: which scope asks which. */
export function claimsByScope(): Record<string, string[]> {
  const ofScope = (scope: ScopeName) => CLAIM_NAMES.filter((name) => CLAIMS[name].scope === scope);
  return {
    openid: ['sub', ...LEVEL_CLAIMS],
    ...Object.fromEntries(SCOPE_NAMES.map((scope) => [scope, ofScope(scope)])),
  };
}

/** The scopes that a service with these claims may ask. */
export function scopesFor(claims: readonly ClaimName[]): string[] {
  return [
    'openid',
    ...SCOPE_NAMES.filter((scope) => claims.some((c) => CLAIMS[c].scope === scope)),
  ];
}

/** The personal claims that a request asks, by scope and by name, among those that the service may ask. */
export function askedClaims(
  asked: { scopes: readonly string[]; names: readonly string[] },
  allowed: readonly ClaimName[],
): ClaimName[] {
  return CLAIM_NAMES.filter(
    (name) =>
      allowed.includes(name) &&
      (asked.scopes.includes(CLAIMS[name].scope) || asked.names.includes(name)),
  );
}

/** Values of the named claims; those that are not known are left out. */
export function claimValues(
  names: readonly string[],
  facts: ClaimFacts,
): Partial<Record<ClaimName, ClaimValue>> {
  const pairs = names
    .filter(isClaimName)
    .map((name) => [name, CLAIMS[name].value(facts)] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(pairs);
}

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
            ...(identity.proofedAt ? { proofed_on: toPlainDate(identity.proofedAt) } : {}),
            document_current: identity.documentCurrent === true,
          },
        }
      : {}),
  };
}

function fullName(person: PersonAttributes | null): string | undefined {
  if (!person) return undefined;
  if (person.fullNamePrinted) return person.fullNamePrinted;
  return [person.secondaryIdentifier, person.primaryIdentifier].filter(Boolean).join(' ');
}

/** OIDC Core §5.1: `YYYY-MM-DD`, or `YYYY` alone. */
function birthdate(date: string | undefined): string | undefined {
  if (date === undefined) return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(date)) return date;
  return /^\d{4}/.exec(date)?.[0];
}
