import { describe, expect, it, test } from 'vitest';
import { readVerifiedClaims } from '../../src/oidc/verified-claims-request.ts';
import { answerTo } from './asked-and-told.ts';

const OMITTED = undefined;
const framework = { trust_framework: 'tangchat_id' };

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
