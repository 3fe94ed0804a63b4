import { describe, expect, it, test } from 'vitest';
import { matchVerification } from '../../src/oidc/match-verification.ts';
import { held, now, verificationFor } from './asked-and-told.ts';

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
