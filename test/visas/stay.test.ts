import { describe, expect, test } from 'vitest';
import type { RegisterAdmission, RegisterFound } from '../../src/visas/register-answer.ts';
import type { UnavailableReason } from '../../src/visas/register-port.ts';
import { bangkokDate, stayFrom, stayOn } from '../../src/visas/stay.ts';

const admission: RegisterAdmission = {
  admittedAt: '2026-10-01T03:00:00Z',
  port: 'Suvarnabhumi',
  basis: 'visa',
  permission: 'until_date',
  admittedUntil: '2026-11-29',
  underConsiderationUntil: null,
  revokedAt: null,
  conditions: [],
  workAllowed: false,
};

const found: RegisterFound = {
  kind: 'found',
  person: {
    registerPersonId: 'P-1',
    nameAsRecorded: 'ERIKSSON, ANNA MARIA',
    dateOfBirth: '1990-08-12',
    nationality: 'UTO',
    sex: 'F',
  },
  document: { issuingState: 'UTO', documentNumber: 'L898902C3', status: 'current' },
  visa: {
    number: 'V123456789',
    class: 'B',
    entriesAllowed: 1,
    entriesUsed: 1,
    validFrom: '2026-09-01',
    validUntil: '2027-08-31',
    durationOfStayDays: 90,
    status: 'in_effect',
  },
  admission,
  departure: null,
  contacts: [],
  entryPhotoHeld: true,
  asOf: '2026-11-20T00:00:00Z',
  source: 'sandbox',
};

function stay(changes: Partial<RegisterAdmission>, now = '2026-11-20T05:00:00Z') {
  return stayFrom({ ...found, admission: { ...admission, ...changes } }, new Date(now));
}

describe('the last day of a stay is a day in Bangkok', () => {
  test.each([
    ['2026-11-28T16:59:59.999Z', '2026-11-28', 'lawful_until'],
    ['2026-11-28T17:00:00.000Z', '2026-11-29', 'lawful_until'],
    ['2026-11-29T12:00:00.000Z', '2026-11-29', 'lawful_until'],
    ['2026-11-29T16:59:59.999Z', '2026-11-29', 'lawful_until'],
    ['2026-11-29T17:00:00.000Z', '2026-11-30', 'expired'],
    ['2026-12-31T23:00:00.000Z', '2027-01-01', 'expired'],
  ])('at %s it is %s there, and a stay until 29 November is %s', (now, day, status) => {
    expect(bangkokDate(new Date(now))).toBe(day);
    expect(stay({}, now)).toEqual({
      status,
      admittedUntil: '2026-11-29',
      basis: 'visa',
      asOf: '2026-11-20T00:00:00Z',
      source: 'sandbox',
    });
  });

  test('a leap day is a day like any other', () => {
    const until = { admittedUntil: '2028-02-29' };
    expect(stay(until, '2028-02-29T16:59:59Z').status).toBe('lawful_until');
    expect(stay(until, '2028-02-29T17:00:00Z').status).toBe('expired');
  });
});

describe('the stay that an answer shows', () => {
  test('a visa in effect gives no stay: its holder is not yet admitted', () => {
    expect(stayFrom({ ...found, admission: null }, new Date('2026-11-20T05:00:00Z'))).toMatchObject(
      {
        status: 'not_yet_admitted',
        admittedUntil: null,
        basis: 'none',
      },
    );
  });

  test.each(['used', 'expired', 'cancelled'] as const)(
    'a visa that is %s takes no stay away',
    (status) => {
      const answer: RegisterFound = { ...found, visa: { ...found.visa!, status } };
      expect(stayFrom(answer, new Date('2026-11-20T05:00:00Z')).status).toBe('lawful_until');
    },
  );

  test('a departure after the admission ends it; one before does not', () => {
    const now = new Date('2026-11-20T05:00:00Z');
    const left = { departedAt: '2026-11-02T00:00:00Z', port: 'Hat Yai' };
    expect(stayFrom({ ...found, departure: left }, now)).toMatchObject({
      status: 'departed',
      admittedUntil: null,
    });
    const before = { ...left, departedAt: '2026-09-30T00:00:00Z' };
    expect(stayFrom({ ...found, departure: before }, now).status).toBe('lawful_until');
  });

  test('permanent residence is indefinite and accreditation is exempt', () => {
    const forLife = { permission: 'indefinite', admittedUntil: null } as const;
    expect(stay({ ...forLife, basis: 'permanent_residence' })).toMatchObject({
      status: 'indefinite',
      admittedUntil: null,
      basis: 'permanent_residence',
    });
    expect(stay({ ...forLife, permission: 'exempt', basis: 'accreditation' }).status).toBe(
      'exempt',
    );
  });

  test('an extension under consideration carries the stay to its own last day', () => {
    const asked = { admittedUntil: '2026-11-15', underConsiderationUntil: '2026-12-15' };
    expect(stay(asked)).toMatchObject({
      status: 'under_consideration',
      admittedUntil: '2026-12-15',
    });
    expect(stay(asked, '2026-12-15T17:00:00Z')).toMatchObject({
      status: 'expired',
      admittedUntil: '2026-12-15',
    });
  });

  test('a consideration that ends before the permission shortens nothing', () => {
    expect(stay({ underConsiderationUntil: '2026-11-10' })).toMatchObject({
      status: 'lawful_until',
      admittedUntil: '2026-11-29',
    });
  });

  test('a permission taken back is expired before its day, whatever it was', () => {
    const revoked = { revokedAt: '2026-11-01T00:00:00Z' };
    expect(stay(revoked)).toMatchObject({ status: 'expired', basis: 'revoked' });
    const forLife = { permission: 'indefinite', admittedUntil: null } as const;
    expect(stay({ ...revoked, ...forLife })).toMatchObject({ status: 'expired', basis: 'revoked' });
  });

  test.each(['not_found', 'pending'] as const)('%s is unknown, not unlawful', (kind) => {
    const answer = { kind, asOf: '2026-11-20T00:00:00Z', source: 'sandbox' };
    expect(stayFrom(answer, new Date('2026-11-20T05:00:00Z'))).toEqual({
      status: 'unknown',
      admittedUntil: null,
      basis: 'none',
      asOf: answer.asOf,
      source: 'sandbox',
    });
  });

  test.each<UnavailableReason>(['timeout', 'signature', 'replay'])(
    'no answer (%s) is unknown, as of never',
    (reason) => {
      const answer = { kind: 'unavailable', reason, attempts: 3 } as const;
      expect(stayFrom(answer, new Date('2026-11-20T05:00:00Z'))).toMatchObject({
        status: 'unknown',
        asOf: null,
        source: null,
      });
    },
  );
});

describe('recorded facts on a later day', () => {
  test('a stay that was lawful expires by itself, and never comes back by itself', () => {
    const facts = stay({});
    const after = stayOn(facts, new Date('2026-11-29T17:00:00Z'));
    expect(after).toEqual({ ...facts, status: 'expired' });
    expect(stayOn(after, new Date('2026-11-01T00:00:00Z')).status).toBe('expired');
  });

  test.each(['indefinite', 'exempt', 'departed', 'not_yet_admitted', 'unknown'] as const)(
    '%s does not change by time alone',
    (status) => {
      const facts = { ...stay({}), status, admittedUntil: null };
      expect(stayOn(facts, new Date('2099-01-01T00:00:00Z'))).toEqual(facts);
    },
  );
});
