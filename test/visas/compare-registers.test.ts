import { describe, expect, it } from 'vitest';
import { AUTHORITIES, compareRegisters, stayAuthority } from '../../src/visas/compare-registers.ts';
import type { SourcedAnswer } from '../../src/visas/compare-registers.ts';
import type { RegisterFound } from '../../src/visas/register-answer.ts';
import type { RegisterKind } from '../../src/visas/registers.ts';
import { visaFacts } from '../../src/visas/visa-facts.ts';

const NOW = new Date('2026-11-23T05:00:00Z');

const immigration: RegisterFound = {
  kind: 'found',
  person: {
    registerPersonId: 'P1',
    nameAsRecorded: 'ERIKSSON, ANNA MARIA',
    dateOfBirth: '1990-08-12',
    nationality: 'D',
    sex: 'F',
  },
  document: { issuingState: 'D', documentNumber: 'L898902C3', status: 'current' },
  visa: {
    number: 'V100000001',
    class: 'B',
    entriesAllowed: 1,
    entriesUsed: 1,
    validFrom: '2026-09-01',
    validUntil: '2026-11-30',
    durationOfStayDays: 90,
    status: 'used',
  },
  admission: {
    admittedAt: '2026-10-01T05:00:00Z',
    port: 'BKK',
    basis: 'visa',
    permission: 'until_date',
    admittedUntil: '2026-12-29',
    underConsiderationUntil: null,
    revokedAt: null,
    conditions: ['no_study'],
    workAllowed: true,
  },
  departure: null,
  contacts: [],
  entryPhotoHeld: true,
  asOf: '2026-11-23T04:55:00Z',
  source: 'immigration',
};
const labour: RegisterFound = {
  ...immigration,
  person: { ...immigration.person, nameAsRecorded: 'Anna Maria Eriksson', nationality: 'DEU' },
  visa: null,
  admission: null,
  asOf: '2026-11-20T00:00:00Z',
  source: 'labour',
  workPermit: {
    number: 'WP-1',
    occupation: 'Cook',
    employer: null,
    validFrom: '2026-10-01',
    validUntil: '2026-11-22',
    status: 'in_effect',
  },
};
const from = (name: string, kind: RegisterKind, answer: SourcedAnswer['answer']) => ({
  register: { name, kind, lagSeconds: 86_400, required: false },
  answer,
});
const compare = (...answers: SourcedAnswer[]) => {
  const { facts, silent } = compareRegisters(answers, NOW);
  return { row: (name: string) => facts.find(({ fact }) => fact === name), facts, silent };
};

describe('several registers', () => {
  const both = compare(
    from('immigration', 'immigration', immigration),
    from('labour', 'work_permit', labour),
  );

  it('that disagree are shown side by side, and the one entitled to the fact stands', () => {
    // The permit ended the day before in Bangkok; immigration still has work as allowed.
    expect(both.row('work_allowed')).toEqual({
      fact: 'work_allowed',
      authority: 'labour',
      disagree: true,
      sources: [
        { register: 'immigration', value: 'yes', asOf: immigration.asOf, behind: false },
        { register: 'labour', value: 'no', asOf: labour.asOf, behind: true },
      ],
    });
  });

  it('agree where they say one thing in two ways', () => {
    expect(both.row('name')).toMatchObject({ disagree: false, authority: null });
    expect(both.row('nationality')).toMatchObject({ disagree: false });
    expect(both.row('work_permit')).toMatchObject({ authority: 'labour', disagree: false });
  });

  it('say nothing of what they do not keep', () => {
    expect(both.row('admitted_until')!.sources.map(({ register }) => register)).toEqual([
      'immigration',
    ]);
  });

  it('that are silent are told as silent, each in its way', () => {
    const { silent, facts } = compare(
      from('immigration', 'immigration', immigration),
      from('labour', 'work_permit', { kind: 'unavailable', reason: 'timeout', attempts: 3 }),
      from('civil', 'civil_registration', {
        kind: 'not_found',
        asOf: NOW.toISOString(),
        source: 'x',
      }),
    );
    expect(silent).toEqual([
      { register: 'labour', kind: 'unavailable' },
      { register: 'civil', kind: 'not_found' },
    ]);
    expect(facts.every(({ disagree }) => !disagree)).toBe(true);
  });

  it('leave the stay to the one that admits, whoever else speaks', () => {
    const border = {
      ...immigration,
      admission: { ...immigration.admission!, admittedUntil: '2026-12-01' },
    };
    const sources = [
      from('border', 'border', border),
      from('labour', 'work_permit', labour),
      from('immigration', 'immigration', immigration),
    ];
    expect(stayAuthority(sources)?.admission?.admittedUntil).toBe('2026-12-29');
    expect(compare(...sources).row('admitted_until')).toMatchObject({
      authority: 'immigration',
      disagree: true,
    });
    expect(stayAuthority([from('labour', 'work_permit', labour)])).toBeNull();
  });

  it('never take the place of the passport in who somebody is', () => {
    for (const fact of ['name', 'date_of_birth', 'nationality'] as const)
      expect(AUTHORITIES[fact]).toEqual([]);
  });
});

describe('an answer as one row', () => {
  it('has every field of the contract; a used visa may be used no more', () => {
    expect(visaFacts(immigration)).toEqual({
      visaNumber: 'V100000001',
      visaClass: 'B',
      entriesAllowed: 1,
      entriesUsed: 1,
      validFrom: '2026-09-01',
      validUntil: '2026-11-30',
      durationOfStayDays: 90,
      admittedUntil: '2026-12-29',
      conditions: ['no_study'],
      workAllowed: true,
      status: 'expired',
      asOf: immigration.asOf,
      source: 'immigration',
    });
  });

  it.each([
    [{ kind: 'unavailable', reason: 'timeout', attempts: 3 }, 'unavailable', null],
    [{ kind: 'pending', asOf: 'x', source: 'immigration' }, 'pending', 'immigration'],
    [{ kind: 'not_found', asOf: 'x', source: 'immigration' }, 'not_found', 'immigration'],
    [{ ...immigration, visa: null }, 'not_found', 'immigration'],
  ] as const)('tells silence and not knowing apart: %#', (answer, status, source) => {
    expect(visaFacts(answer)).toMatchObject({ status, source, visaNumber: null });
  });
});
