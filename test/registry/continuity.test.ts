import { describe, expect, it, test } from 'vitest';
import { continuityOf } from '../../src/registry/continuity.ts';
import type { ContinuityFacts } from '../../src/registry/continuity.ts';
import { anna } from './enrolment.ts';

const facts: ContinuityFacts = {
  known: [anna],
  claimed: { ...anna },
  earlierDocument: 'on_file',
  registerPerson: 'unknown',
  portraits: 'match',
};

describe('continuity of a person over documents', () => {
  test.each<[string, Partial<ContinuityFacts>, string]>([
    ['everything agrees', {}, 'holds'],
    ['the register knows both by one key', { registerPerson: 'same' }, 'holds'],
    ['another nationality', { claimed: { ...anna, nationality: 'D' } }, 'holds'],
    [
      'another romanisation',
      { claimed: { ...anna, primaryIdentifier: 'ERICSSON', secondaryIdentifier: 'ANNA' } },
      'holds',
    ],
    [
      'names in another order',
      { claimed: { ...anna, primaryIdentifier: 'ANNA', secondaryIdentifier: 'MARIA ERIKSSON' } },
      'holds',
    ],
    ['an earlier name of hers', { known: [{ ...anna, primaryIdentifier: 'BERG' }, anna] }, 'holds'],
    ['another name', { claimed: { ...anna, primaryIdentifier: 'BERG' } }, 'override'],
    ['another birth date', { claimed: { ...anna, dateOfBirth: '1990-12-08' } }, 'override'],
    ['two keys at the register', { registerPerson: 'another_key' }, 'override'],
    ['a lost passport', { earlierDocument: 'lost' }, 'override'],
    ['no passport on file', { earlierDocument: 'none' }, 'override'],
    ['no portrait to compare', { portraits: 'not_available' }, 'override'],
    ['nothing known of her', { known: [] }, 'override'],
    ['another face', { portraits: 'differ' }, 'broken'],
    ['the register says it is somebody else', { registerPerson: 'other' }, 'broken'],
    [
      'neither name nor birth date',
      { claimed: { ...anna, primaryIdentifier: 'BERG', dateOfBirth: '1971-01-01' } },
      'broken',
    ],
  ])('%s: %s', (_what, changes, verdict) => {
    expect(continuityOf({ ...facts, ...changes }).verdict).toBe(verdict);
  });

  it('says of every check what it found', () => {
    const { checks } = continuityOf({
      ...facts,
      claimed: { ...anna, nationality: 'D', dateOfBirth: '1990-12-08' },
    });
    expect(checks).toEqual({
      earlier_document: 'agrees',
      name: 'agrees',
      date_of_birth: 'differs',
      nationality: 'differs',
      register_person: 'unknown',
      portraits: 'agrees',
    });
  });
});
