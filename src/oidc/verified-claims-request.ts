import { z } from 'zod';
import type { ClaimName } from '../agencies/claim-names.ts';
import { CLAIMS, claimOf } from './claims.ts';

const purpose = z.string().min(3).max(300);
const asked = { essential: z.boolean().optional(), purpose: purpose.optional() };
const simple = z.looseObject(asked).nullable();
const constrainable = z
  .looseObject({
    ...asked,
    value: z.string().optional(),
    values: z.array(z.string()).min(1).max(50).optional(),
  })
  .nullable();
const dated = z.looseObject({ ...asked, max_age: z.int().min(0).optional() }).nullable();

const checks = z
  .array(
    z.looseObject({
      check_method: constrainable.optional(),
      organization: constrainable.optional(),
      check_id: simple.optional(),
      time: dated.optional(),
    }),
  )
  .min(1)
  .max(20);

const evidence = z.looseObject({
  // One entry is a filter for one type: `value` alone, never `values` (IDA §5.4).
  type: z.strictObject({
    ...asked,
    value: z.enum(['document', 'electronic_record', 'vouch', 'electronic_signature']),
  }),
  check_details: checks.optional(),
  document_details: z
    .looseObject({
      type: constrainable.optional(),
      document_number: simple.optional(),
      date_of_issuance: dated.optional(),
      date_of_expiry: dated.optional(),
      issuer: z.looseObject({ country_code: simple.optional() }).optional(),
    })
    .optional(),
  record: z
    .looseObject({
      type: constrainable.optional(),
      created_at: dated.optional(),
      date_of_expiry: dated.optional(),
      source: z.looseObject({ country_code: simple.optional() }).optional(),
    })
    .optional(),
});

const verification = z.looseObject({
  trust_framework: constrainable,
  assurance_level: constrainable.optional(),
  assurance_process: z
    .looseObject({
      policy: constrainable.optional(),
      procedure: constrainable.optional(),
      assurance_details: z.array(z.looseObject({})).min(1).nullish(),
    })
    .nullish(),
  time: dated.optional(),
  verification_process: simple.optional(),
  evidence: z.array(evidence).min(1).max(10).optional(),
});

const claim = z
  .looseObject({
    ...asked,
    values: z.array(z.unknown()).min(1).max(50).optional(),
    max_age: z.int().min(0).optional(),
  })
  .nullable();

/** One `verified_claims` of a request (OpenID Connect for Identity Assurance 1.0 §5.3 to §5.6). */
const member = z.strictObject({
  verification,
  claims: z
    .record(z.string(), claim)
    .refine((claims) => Object.keys(claims).length > 0, 'must name at least one claim, or be null')
    .nullable(),
});
export type VerifiedClaimsRequest = z.output<typeof member>;
const members = z.array(member).min(1).max(10);

/** The two places where claims are asked and answered. */
export const PLACES = ['id_token', 'userinfo'] as const;
export type Place = (typeof PLACES)[number];

export type ReadRequest =
  | { ok: true; members: VerifiedClaimsRequest[]; isArray: boolean }
  /** `path` as in the request: `claims.userinfo.verified_claims.verification.trust_framework`. */
  | { ok: false; path: string; fault: string };

/** Reads what one place of a `claims` parameter asks as `verified_claims`; null where it asks none. */
export function readVerifiedClaims(claims: unknown, place: Place): ReadRequest | null {
  const asks = within(within(claims, place), 'verified_claims');
  if (asks === undefined) return null;
  const isArray = Array.isArray(asks);
  const read = isArray ? members.safeParse(asks) : member.safeParse(asks);
  if (read.success)
    return { ok: true, members: Array.isArray(read.data) ? read.data : [read.data], isArray };
  const [issue] = read.error.issues;
  const path = ['claims', place, 'verified_claims', ...(issue?.path ?? [])].map(String).join('.');
  return { ok: false, path, fault: issue?.message ?? 'has another form than expected' };
}

/** The claims that may stand in `verified_claims`. */
export const VERIFIABLE = Object.entries(CLAIMS)
  .filter(([, rule]) => rule.verified)
  .map(([name]) => name);

/** What the evidence tells of the document itself, and by which name a person agrees to it. */
export const DOCUMENT_PARTS = {
  document_number: 'verified_document_number',
  issuer: 'verified_document_issuer',
  date_of_expiry: 'verified_document_expiry',
} as const;
export type DocumentPart = keyof typeof DOCUMENT_PARTS;

/** The personal claims within, those that we can tell verified, and the parts of the document. */
export function askedWithin(requests: readonly VerifiedClaimsRequest[]): {
  claims: ClaimName[];
  parts: DocumentPart[];
} {
  const claims = requests.flatMap((request) => Object.keys(request.claims ?? {}));
  const documents = requests
    .flatMap((request) => request.verification.evidence ?? [])
    .filter((item) => item.type.value === 'document')
    .map((item) => item.document_details ?? {});
  return {
    claims: [...new Set(claims.map(claimOf))]
      .filter((name) => name !== null)
      .filter((name) => CLAIMS[name].verified),
    parts: (Object.keys(DOCUMENT_PARTS) as DocumentPart[]).filter((part) =>
      documents.some((details) => Object.hasOwn(details, part)),
    ),
  };
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
