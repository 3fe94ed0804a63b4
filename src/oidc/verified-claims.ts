import type { Json } from './match-verification.ts';
import { matchVerification, meetsConstraints } from './match-verification.ts';
import type { ReadRequest, VerifiedClaimsRequest } from './verified-claims-request.ts';

/** One answered `verified_claims`. */
export interface VerifiedClaims {
  verification: Json;
  claims: Record<string, Json>;
}

/** What may be told: of the verification, and the values of the claims that the person agreed to share. */
export interface Tellable {
  verification: Json;
  claims: Readonly<Record<string, Json>>;
}

/**
 * Answers a request for `verified_claims` (OpenID Connect for Identity Assurance 1.0 §5.7): a claim that is not there or
 * not as asked is left out; a verification that is not as asked takes the whole of it away; so does a request of
 * which no claim is left. Never an error. Undefined where there is nothing to tell.
 */
export function answerVerifiedClaims(
  request: Extract<ReadRequest, { ok: true }>,
  tellable: Tellable,
  now: Date,
): VerifiedClaims | VerifiedClaims[] | undefined {
  const answers = request.members
    .map((member) => answerOne(member, tellable, now))
    .filter((answer) => answer !== null);
  if (answers.length === 0) return undefined;
  return request.isArray ? answers : answers[0];
}

function answerOne(
  asked: VerifiedClaimsRequest,
  tellable: Tellable,
  now: Date,
): VerifiedClaims | null {
  const match = matchVerification(asked.verification, tellable.verification, now);
  if (!match.met || match.value === undefined) return null;
  const claims: Record<string, Json> = {};
  for (const [name, constraint] of Object.entries(asked.claims ?? {})) {
    const value = Object.hasOwn(tellable.claims, name) ? tellable.claims[name] : undefined;
    if (value !== undefined && meetsConstraints(constraint, value, now)) claims[name] = value;
  }
  if (asked.claims !== null && Object.keys(claims).length === 0) return null;
  return { verification: withKnownReferences(match.value), claims };
}

/** An `evidence_ref` may only name a `check_id` that the evidence tells (Schema 1.0 §5.4.2): others are left out. */
function withKnownReferences(verification: Json): Json {
  const { assurance_process: process, evidence } = verification as {
    assurance_process?: { assurance_details?: Json[] };
    evidence?: { check_details?: { check_id?: string }[] }[];
  };
  if (!process?.assurance_details) return verification;
  const told = new Set(
    (evidence ?? []).flatMap((item) => item.check_details ?? []).map((check) => check.check_id),
  );
  const details = process.assurance_details.map((detail) => {
    const { evidence_ref: references, ...rest } = detail as {
      evidence_ref?: { check_id: string }[];
    };
    const known = (references ?? []).filter((reference) => told.has(reference.check_id));
    return known.length > 0 ? { ...rest, evidence_ref: known } : rest;
  });
  return {
    ...(verification as Record<string, Json>),
    assurance_process: { ...process, assurance_details: details } as Json,
  };
}
