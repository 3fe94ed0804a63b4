import { expect } from 'vitest';
import { answerVerifiedClaims } from '../../src/oidc/verified-claims.ts';
import { readVerifiedClaims } from '../../src/oidc/verified-claims-request.ts';
import { schemaFaults } from './verified-claims-schema.ts';

export const now = new Date('2026-12-01T12:00:00Z');
/** All that is on record of one proofing. */
export const held = {
  trust_framework: 'tangchat_id',
  assurance_level: 'ial2',
  assurance_process: {
    policy: 'p',
    procedure: 'remote_officer',
    assurance_details: [
      { assurance_type: 'evidence_validation', evidence_ref: [{ check_id: 'a' }] },
    ],
  },
  time: '2026-11-30T12:00Z',
  verification_process: 'ref',
  evidence: [
    {
      type: 'document',
      check_details: [
        { check_method: 'vcrypt', check_id: 'a' },
        { check_method: 'pvr', check_id: 'b' },
      ],
      document_details: {
        type: 'passport',
        document_number: 'L898902C3',
        issuer: { country_code: 'UTO' },
        date_of_expiry: '2034-05-14',
      },
    },
    { type: 'electronic_record', check_details: [{ check_method: 'data', check_id: 'c' }] },
  ],
};
const claims = { name: 'ANNA', birthdate: '1990-08-12', nationalities: ['UTO'] };

/** What a request is answered, checked against the schema. */
export function answerTo(asked: unknown): unknown {
  const request = readVerifiedClaims({ userinfo: { verified_claims: asked } }, 'userinfo');
  if (!request?.ok) throw new Error(JSON.stringify(request));
  const answer = answerVerifiedClaims(request, { verification: held, claims }, now);
  if (answer !== undefined) expect(schemaFaults(answer)).toEqual([]);
  return answer;
}

/** The same for one verification, with `name` asked beside it. */
export function verificationFor(verification: Record<string, unknown>): unknown {
  const answer = answerTo({
    verification: { trust_framework: null, ...verification },
    claims: { name: null },
  });
  return (answer as { verification?: unknown } | undefined)?.verification;
}
