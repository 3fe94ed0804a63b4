import { describe, expect, it, test } from 'vitest';
import { matchVerification } from '../../src/oidc/match-verification.ts';
import { answerVerifiedClaims } from '../../src/oidc/verified-claims.ts';
import { readVerifiedClaims } from '../../src/oidc/verified-claims-request.ts';
import { schemaFaults } from './verified-claims-schema.ts';

const now = new Date('2026-12-01T12:00:00Z');
const held = {
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
function answerTo(asked: unknown): unknown {
  const request = readVerifiedClaims({ userinfo: { verified_claims: asked } }, 'userinfo');
  if (!request?.ok) throw new Error(JSON.stringify(request));
  const answer = answerVerifiedClaims(request, { verification: held, claims }, now);
  if (answer !== undefined) expect(schemaFaults(answer)).toEqual([]);
  return answer;
}

/** The same for one verification, with `name` asked beside it. */
function verificationFor(verification: Record<string, unknown>): unknown {
  const answer = answerTo({
    verification: { trust_framework: null, ...verification },
    claims: { name: null },
  });
  return (answer as { verification?: unknown } | undefined)?.verification;
}

const OMITTED = undefined;
const framework = { trust_framework: 'tangchat_id' };

describe('what a verification is asked, and what is told of it', () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ['nothing but the framework', {}, framework],
    ['the level', { assurance_level: null }, { ...framework, assurance_level: 'ial2' }],
    [
      'the level by the value that it has',
      { assurance_level: { value: 'ial2' } },
      { ...framework, assurance_level: 'ial2' },
    ],
    ['the level by another value', { assurance_level: { value: 'ial3' } }, OMITTED],
    [
      'one of several levels',
      { assurance_level: { values: ['ial3', 'ial2'] } },
      { ...framework, assurance_level: 'ial2' },
    ],
    ['levels that are not held', { assurance_level: { values: ['ial3', 'high'] } }, OMITTED],
    ['another framework', { trust_framework: { value: 'eidas' } }, OMITTED],
    ['an essential other framework', { trust_framework: { value: 'x', essential: true } }, OMITTED],
    [
      'a proofing of the last two days',
      { time: { max_age: 172_800 } },
      { ...framework, time: held.time },
    ],
    ['a proofing of the last hour', { time: { max_age: 3600 } }, OMITTED],
    ['a thing that nobody knows', { colour: null }, framework],
    ['a thing that nobody knows, with a value', { colour: { value: 'red' } }, OMITTED],
    [
      'evidence by type alone',
      { evidence: [{ type: { value: 'document' } }] },
      { ...framework, evidence: [{ type: 'document' }] },
    ],
    ['evidence that there is none of', { evidence: [{ type: { value: 'vouch' } }] }, OMITTED],
    [
      'either of two kinds of evidence',
      { evidence: [{ type: { value: 'vouch' } }, { type: { value: 'electronic_record' } }] },
      { ...framework, evidence: [{ type: 'electronic_record' }] },
    ],
    [
      'the document without its number',
      {
        evidence: [
          {
            type: { value: 'document' },
            document_details: { date_of_expiry: null, issuer: { country_code: null } },
          },
        ],
      },
      {
        ...framework,
        evidence: [
          {
            type: 'document',
            document_details: {
              type: 'passport',
              date_of_expiry: '2034-05-14',
              issuer: { country_code: 'UTO' },
            },
          },
        ],
      },
    ],
    [
      'a date of issue, which is not on record',
      {
        evidence: [{ type: { value: 'document' }, document_details: { date_of_issuance: null } }],
      },
      {
        ...framework,
        evidence: [{ type: 'document', document_details: { type: 'passport' } }],
      },
    ],
    [
      'a date of issue of the last year, which is not on record',
      {
        evidence: [
          { type: { value: 'document' }, document_details: { date_of_issuance: { max_age: 1 } } },
        ],
      },
      OMITTED,
    ],
    [
      'a document that has not expired',
      {
        evidence: [
          { type: { value: 'document' }, document_details: { date_of_expiry: { max_age: 0 } } },
        ],
      },
      {
        ...framework,
        evidence: [
          {
            type: 'document',
            document_details: { type: 'passport', date_of_expiry: '2034-05-14' },
          },
        ],
      },
    ],
    [
      'an identity card',
      {
        evidence: [
          { type: { value: 'document' }, document_details: { type: { value: 'idcard' } } },
        ],
      },
      OMITTED,
    ],
    [
      'one of the checks',
      {
        evidence: [
          {
            type: { value: 'document' },
            check_details: [{ check_method: { value: 'pvr' }, check_id: null }],
          },
        ],
      },
      {
        ...framework,
        evidence: [{ type: 'document', check_details: [{ check_method: 'pvr', check_id: 'b' }] }],
      },
    ],
    [
      'a check that was not done',
      {
        evidence: [
          { type: { value: 'document' }, check_details: [{ check_method: { value: 'bvr' } }] },
        ],
      },
      OMITTED,
    ],
    [
      'every check',
      { evidence: [{ type: { value: 'document' }, check_details: [{ check_method: null }] }] },
      {
        ...framework,
        evidence: [
          {
            type: 'document',
            check_details: [{ check_method: 'vcrypt' }, { check_method: 'pvr' }],
          },
        ],
      },
    ],
    [
      'the process, whose references lead to no check that is told',
      { assurance_process: { procedure: null, assurance_details: [{ assurance_type: null }] } },
      {
        ...framework,
        assurance_process: {
          procedure: 'remote_officer',
          assurance_details: [{ assurance_type: 'evidence_validation' }],
        },
      },
    ],
    [
      'the process with the checks that it refers to',
      {
        assurance_process: { assurance_details: [{}] },
        evidence: [{ type: { value: 'document' }, check_details: [{ check_id: null }] }],
      },
      {
        ...framework,
        assurance_process: {
          assurance_details: [
            { assurance_type: 'evidence_validation', evidence_ref: [{ check_id: 'a' }] },
          ],
        },
        evidence: [
          {
            type: 'document',
            check_details: [
              { check_method: 'vcrypt', check_id: 'a' },
              { check_method: 'pvr', check_id: 'b' },
            ],
          },
        ],
      },
    ],
  ])('asked %s', (_what, asked, told) => {
    expect(verificationFor(asked)).toEqual(told);
  });

  it('reaches nothing through names that every object has', () => {
    const asked = JSON.parse(
      '{"__proto__": null, "constructor": null, "toString": null}',
    ) as object;
    expect(verificationFor({ ...asked })).toEqual(framework);
    expect(matchVerification(asked, held, now)).toEqual({ met: true, value: framework });
  });
});

describe('what claims are asked, and which are told', () => {
  const toldOf = (asked: unknown) =>
    (
      answerTo({ verification: { trust_framework: null }, claims: asked }) as
        | { claims: unknown }
        | undefined
    )?.claims;

  test.each<[string, unknown, unknown]>([
    ['one that is known', { name: null }, { name: 'ANNA' }],
    ['one more that is not known', { name: null, address: null }, { name: 'ANNA' }],
    ['only what is not known', { address: { essential: true } }, OMITTED],
    ['a value that is so', { name: { value: 'ANNA' } }, { name: 'ANNA' }],
    [
      'a value that is not so',
      { name: { value: 'MAI' }, birthdate: null },
      { birthdate: '1990-08-12' },
    ],
    ['one of values', { name: { values: ['MAI', 'ANNA'] } }, { name: 'ANNA' }],
    ['a list that is so', { nationalities: { value: ['UTO'] } }, { nationalities: ['UTO'] }],
    ['a list that is not so', { nationalities: { value: ['UTO', 'D'] } }, OMITTED],
    ['a birth date too long ago', { birthdate: { max_age: 60 } }, OMITTED],
    ['a max_age of what is no date', { name: { max_age: 60 } }, OMITTED],
    ['none: the verification alone', null, {}],
    ['the names that every object has', { constructor: null, name: null }, { name: 'ANNA' }],
  ])('asked %s', (_what, asked, told) => {
    expect(toldOf(asked)).toEqual(told);
  });

  it('answers each of several requests by itself, and as a list', () => {
    const one = { verification: { trust_framework: null }, claims: { name: null } };
    const other = {
      verification: { trust_framework: { value: 'eidas' } },
      claims: { birthdate: null },
    };
    const third = {
      verification: { trust_framework: null, assurance_level: { values: ['ial2'] } },
      claims: { birthdate: null, name: null },
    };
    expect(answerTo([one, other, third])).toEqual([
      { verification: framework, claims: { name: 'ANNA' } },
      {
        verification: { ...framework, assurance_level: 'ial2' },
        claims: { birthdate: '1990-08-12', name: 'ANNA' },
      },
    ]);
    expect(answerTo([other])).toBeUndefined();
  });
});

describe('a request of another form', () => {
  const good = { verification: { trust_framework: null }, claims: { name: null } };
  const evidence = (item: unknown) => ({
    ...good,
    verification: { trust_framework: null, evidence: [item] },
  });

  test.each<[string, unknown, string]>([
    ['no object', 'x', ''],
    ['an empty list', [], ''],
    ['no verification', { claims: { name: null } }, 'verification'],
    ['no framework', { ...good, verification: {} }, 'verification.trust_framework'],
    ['no claims', { verification: { trust_framework: null } }, 'claims'],
    ['claims that name none', { ...good, claims: {} }, 'claims'],
    ['a third member', { ...good, more: 1 }, ''],
    [
      'a purpose of two letters',
      { ...good, claims: { name: { purpose: 'no' } } },
      'claims.name.purpose',
    ],
    ['evidence without a type', evidence({}), 'verification.evidence.0.type'],
    ['evidence of a type without value', evidence({ type: null }), 'verification.evidence.0.type'],
    [
      'evidence of several types at once',
      evidence({ type: { value: 'document', values: ['document'] } }),
      'verification.evidence.0.type',
    ],
    [
      'evidence of an unknown type',
      evidence({ type: { value: 'qes' } }),
      'verification.evidence.0.type.value',
    ],
    [
      'an empty list of checks',
      evidence({ type: { value: 'document' }, check_details: [] }),
      'verification.evidence.0.check_details',
    ],
    [
      'a negative age',
      { ...good, verification: { trust_framework: null, time: { max_age: -1 } } },
      'verification.time.max_age',
    ],
    [
      'a fault in the second of two',
      [good, { ...good, verification: { trust_framework: 'x' } }],
      '1.verification.trust_framework',
    ],
  ])('with %s is named by its path', (_what, asked, path) => {
    const read = readVerifiedClaims({ id_token: { verified_claims: asked } }, 'id_token');
    expect(read).toMatchObject({
      ok: false,
      path: ['claims.id_token.verified_claims', path].filter(Boolean).join('.'),
    });
  });

  it('is none where nothing is asked', () => {
    expect(readVerifiedClaims({ id_token: { name: null } }, 'id_token')).toBeNull();
    expect(readVerifiedClaims(null, 'userinfo')).toBeNull();
  });
});
