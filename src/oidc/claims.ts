import { CLAIM_NAMES, isClaimName } from '../agencies/claim-names.ts';
import type { ClaimName } from '../agencies/claim-names.ts';
import type { PersonAssurance } from '../assurance/person.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { PersonAttributes } from '../registry/person.ts';
import { birthdate, fullName, fullNameInThai } from './person-texts.ts';
import type { DocumentDetails, KnownDocuments } from './known-documents.ts';
import { LEVEL_CLAIMS } from './level-claims.ts';

/** What the claims are made from: the register's word now. Nothing is decrypted before it is asked. */
export interface ClaimFacts {
  attributes(this: void): PersonAttributes | null;
  /** Null where there is none, or its state does not release it to this service. */
  number(this: void): string | null;
  documents(this: void): KnownDocuments;
  stay: StayFacts | null;
  assurance: PersonAssurance;
}

export const SCOPE_NAMES = [
  'profile',
  'nationality',
  'foreign_national_id',
  'stay',
  'travel_document',
  'previous_documents',
] as const;
export type ScopeName = (typeof SCOPE_NAMES)[number];

/** The `stay` claim. */
export interface StayClaim {
  status: string;
  admitted_until?: string;
  basis?: string;
  as_of?: string;
  source?: string;
}
export type ClaimValue =
  | string
  | readonly string[]
  | StayClaim
  | DocumentDetails
  | DocumentDetails[];

/** Where a claim comes from, which scope asks it, and how it is made; undefined where it is not known. */
interface ClaimRule {
  /** Null: by name alone. */
  scope: ScopeName | null;
  /** Printed in docs/claims.md. */
  source: string;
  /** Its form, printed in docs/claims.md. */
  form: string;
  /** May stand in `verified_claims`: the proofing itself verified the value. */
  verified: boolean;
  value(facts: ClaimFacts): ClaimValue | undefined;
}

const passport = { verified: true } as const;

/** The one table of claims about a person. */
export const CLAIMS: Readonly<Record<ClaimName, ClaimRule>> = {
  name: {
    ...passport,
    scope: 'profile',
    form: 'text',
    source:
      'passport: as printed (DG11) where the chip holds it, else as in its zone. A name that is printed in Thai script comes as `name#th`, and the zone as `name`',
    value: ({ attributes }) => fullName(attributes()),
  },
  family_name: {
    ...passport,
    scope: 'profile',
    form: 'text',
    source:
      'passport: primary identifier; omitted for a single name, which is neither first nor last',
    value: ({ attributes }) => {
      const person = attributes();
      return person && person.secondaryIdentifier !== '' ? person.primaryIdentifier : undefined;
    },
  },
  given_name: {
    ...passport,
    scope: 'profile',
    form: 'text',
    source: 'passport: secondary identifier; omitted for a single name',
    value: ({ attributes }) => attributes()?.secondaryIdentifier || undefined,
  },
  birthdate: {
    ...passport,
    scope: 'profile',
    form: '`YYYY-MM-DD` or `YYYY`',
    source: 'passport: date of birth; the year alone where the document leaves a part unknown',
    value: ({ attributes }) => birthdate(attributes()?.dateOfBirth),
  },
  nationality: {
    ...passport,
    scope: 'nationality',
    form: 'code of ICAO Doc 9303-3 §5',
    source: 'passport: nationality',
    value: ({ attributes }) => attributes()?.nationality,
  },
  nationalities: {
    ...passport,
    scope: null,
    form: 'array of codes of ICAO Doc 9303-3 §5 (OpenID Connect for IDA Claims 1.0)',
    source: 'passport: nationality; the one that was proven, others are not known to us',
    value: ({ attributes }) => {
      const person = attributes();
      return person ? [person.nationality] : undefined;
    },
  },
  foreign_national_id: {
    scope: 'foreign_national_id',
    form: '13 characters, docs/foreign-id.md',
    source: 'our register of foreign-national IDs; only in states that release it',
    verified: false,
    value: ({ number }) => number() ?? undefined,
  },
  stay: {
    scope: 'stay',
    form: 'object: `status`, `admitted_until`, `basis`, `as_of`, `source`',
    source: 'immigration register, as of the moment it was last asked; the status as of now',
    verified: false,
    value: ({ stay, assurance }) => ({
      status: assurance.stay,
      ...(stay?.admittedUntil ? { admitted_until: stay.admittedUntil } : {}),
      ...(stay?.basis ? { basis: stay.basis } : {}),
      ...(stay?.asOf ? { as_of: stay.asOf } : {}),
      ...(stay?.source ? { source: stay.source } : {}),
    }),
  },
  travel_document: {
    ...passport,
    scope: 'travel_document',
    form: 'object as `document_details` of IDA: `type`, `document_number`, `issuer.country_code`, `date_of_expiry`',
    source: 'the document that was proven last',
    value: ({ documents }) => documents().current ?? undefined,
  },
  previous_documents: {
    scope: 'previous_documents',
    form: 'array of objects as `travel_document`, the latest first',
    source:
      'documents that were proven before the present one: accounts that were kept by passport number can be linked by them',
    verified: false,
    value: ({ documents }) => {
      const { previous } = documents();
      return previous.length > 0 ? previous : undefined;
    },
  },
};

/** Claims with a language tag (OIDC Core §5.2) and the claim whose text they are: agreed to together. */
export const TAGGED: Readonly<
  Record<string, { of: ClaimName; value(facts: ClaimFacts): string | undefined }>
> = {
  'name#th': { of: 'name', value: ({ attributes }) => fullNameInThai(attributes()) },
};

/** The claim that `name` is a text of: itself, unless it has a language tag. Null where we know none. */
export function claimOf(name: string): ClaimName | null {
  if (isClaimName(name)) return name;
  return Object.hasOwn(TAGGED, name) ? TAGGED[name]!.of : null;
}

/** The tagged forms of `claims`. */
export function taggedOf(claims: readonly string[]): string[] {
  return Object.keys(TAGGED).filter((tagged) => claims.includes(TAGGED[tagged]!.of));
}

/** `claims` of the library's configuration: which scope asks which; those without one come by name. */
export function claimsByScope(): Record<string, string[] | null> {
  const names = (scope: ScopeName | null) =>
    CLAIM_NAMES.filter((name) => CLAIMS[name].scope === scope);
  const asked = (scope: ScopeName) => [...names(scope), ...taggedOf(names(scope))];
  return {
    openid: ['sub', ...Object.keys(LEVEL_CLAIMS)],
    ...Object.fromEntries(SCOPE_NAMES.map((scope) => [scope, asked(scope)])),
    ...Object.fromEntries([...names(null), 'verified_claims'].map((name) => [name, null])),
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
  const named = new Set(asked.names.map(claimOf));
  return CLAIM_NAMES.filter((name) => {
    const { scope } = CLAIMS[name];
    return (
      allowed.includes(name) &&
      ((scope !== null && asked.scopes.includes(scope)) || named.has(name))
    );
  });
}

/** Values of the named claims, each in every language it is known in; those that are not known are left out. */
export function claimValues(
  names: readonly string[],
  facts: ClaimFacts,
): Partial<Record<string, ClaimValue>> {
  const known = names.filter(isClaimName);
  const plain = known.map((name) => [name, CLAIMS[name].value(facts)] as const);
  const tagged = taggedOf(known).map((name) => [name, TAGGED[name]!.value(facts)] as const);
  return Object.fromEntries([...plain, ...tagged].filter(([, value]) => value !== undefined));
}
