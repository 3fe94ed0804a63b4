import { beforeAll, describe, expect, it, test } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import type { Enrolment, EnrolmentInput } from '../../src/registry/enrol-person.ts';
import {
  findPersonByDocument,
  findPersonByNumber,
  historyOf,
} from '../../src/registry/find-persons.ts';
import { formatForeignId, parseForeignId } from '../../src/registry/foreign-id.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import { anna, arnault, enrolmentOf, officer, officerFindings, tomas } from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

let serial = 0;
/** Anna's namesake with a passport of her own, so that cases do not meet. */
function somebody() {
  serial += 1;
  return { ...anna, documentNumber: `Z${String(serial).padStart(8, '0')}` };
}
const enrol = (input: EnrolmentInput, within: App = app) =>
  transact(within.db, (tx) => enrolPerson(tx, within, input));

async function issued(input: EnrolmentInput): Promise<Extract<Enrolment, { ok: true }>> {
  const outcome = await enrol(input);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome;
}

async function countOf(table: string): Promise<number> {
  const row = await app.db(table).count({ rows: '*' }).first();
  return Number(row?.rows);
}

describe('enrolling a proven applicant', () => {
  it('issues an active ID to the person and their account', async () => {
    const input = enrolmentOf(app, tomas);
    const outcome = await issued(input);
    expect(outcome).toMatchObject({ outcome: 'issued', state: 'active' });
    expect(parseForeignId(outcome.number)).toEqual({ ok: true, number: outcome.number });

    const standing = (await standingOf(app.db, app, input.accountId))!;
    expect(standing).toMatchObject({ personId: outcome.personId, idState: 'active', idVersion: 1 });
    expect(standing.number()).toBe(outcome.number);
    expect(standing.attributes()).toEqual({
      primaryIdentifier: 'OKUBO',
      secondaryIdentifier: 'TOMAS',
      fullNamePrinted: 'Ōkubo Tomás',
      dateOfBirth: '2000-12-31',
      sex: 'M',
      nationality: 'UTO',
    });
    expect(standing.stay).toEqual(input.stay);
    const assurance = personAssurance(standing, app.clock.now());
    expect(assurance).toMatchObject({
      ial: 2,
      stay: 'lawful_until',
      identity: { pathway: 'remote_officer', cloneCheck: 'passed', documentCurrent: true },
    });
    expect(standing.documentOf(assurance.identity.proofId!)).toEqual({
      documentCode: 'P',
      issuingState: 'UTO',
      documentNumber: 'T22000129',
      dateOfExpiry: '2034-05-14',
    });
  });

  it('takes a holder with a single name', async () => {
    const input = enrolmentOf(app, arnault);
    await issued(input);
    const attributes = (await standingOf(app.db, app, input.accountId))!.attributes();
    expect(attributes).toMatchObject({ primaryIdentifier: 'SUKARNO', secondaryIdentifier: '' });
    expect(attributes).not.toHaveProperty('fullNamePrinted');
  });

  it('issues a provisional ID before arrival', async () => {
    const stay = {
      status: 'not_yet_admitted',
      admittedUntil: null,
      basis: 'none',
      asOf: '2026-11-20T00:00:00Z',
      source: 'immigration',
    } as const;
    const outcome = await issued(
      enrolmentOf(app, somebody(), { stay, provisionalUntil: '2027-03-01' }),
    );
    expect(outcome.state).toBe('provisional');
    const row = await app
      .db('foreign_ids')
      .where({ person_id: outcome.personId })
      .first('provisional_until');
    expect(row.provisional_until).toBe('2027-03-01');
  });

  it('writes history and audit of who issued it and why', async () => {
    const input = enrolmentOf(app, somebody());
    const { personId } = await issued(input);
    expect(await historyOf(app.db, personId)).toMatchObject([
      { version: 1, from: 'reserved', to: 'active', reason: 'issued', actor: officer },
    ]);
    const audit = await app
      .db('audit_events')
      .where({ subject_id: personId })
      .orderBy('id')
      .select('action', 'actor_id');
    expect(audit.map((row) => row.action)).toEqual([
      'registry.person_enrolled',
      'registry.id_state_changed',
      'registry.stay_recorded',
    ]);
    for (const row of audit) expect(row.actor_id).toBe(officer.id);
  });

  it('stores no name, number or birth date that can be read', async () => {
    const canary = {
      ...somebody(),
      primaryIdentifier: 'QUETZALCOATLUS',
      documentNumber: 'KANARIE77',
    };
    const { number } = await issued(enrolmentOf(app, canary));
    for (const table of [
      'persons',
      'travel_documents',
      'foreign_ids',
      'person_name_keys',
      'identity_proofs',
      'audit_events',
      'foreign_id_transitions',
    ]) {
      const dump = await app.db.raw(
        `select string_agg(t::text, ' ') as text, string_agg(encode(convert_to(t::text, 'UTF8'), 'hex'), ' ') as hex from ${table} t`,
      );
      const { text, hex } = dump.rows[0];
      for (const secret of [
        'QUETZALCOATLUS',
        'KANARIE77',
        number,
        formatForeignId(number),
        '1990-08-12',
      ]) {
        expect(text).not.toContain(secret);
        // bytea is printed as hex: a clear text in it would show as its own bytes.
        expect(text).not.toContain(Buffer.from(secret).toString('hex'));
        expect(hex).not.toContain(Buffer.from(secret).toString('hex'));
      }
    }
  });

  it('binds nothing below IAL2, and says what is missing', async () => {
    const before = await countOf('persons');
    const findings = { ...officerFindings, capture: 'uploaded' } as const;
    expect(await enrol(enrolmentOf(app, somebody(), { findings }))).toEqual({
      ok: false,
      reason: 'assurance_too_low',
      missing: ['live_capture'],
    });
    expect(await countOf('persons')).toBe(before);
  });
});

describe('one person, one number', () => {
  it('tells the same ID again when a case is issued twice', async () => {
    const input = enrolmentOf(app, somebody());
    const first = await issued(input);
    const before = await countOf('audit_events');
    expect(await enrol(input)).toEqual({ ...first, outcome: 'repeated' });
    expect(await countOf('audit_events')).toBe(before);
  });

  it('gives one ID to one case issued sixteen times at once', async () => {
    const input = enrolmentOf(app, somebody());
    const before = await countOf('foreign_ids');
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => issued(input)));
    expect(new Set(outcomes.map((outcome) => outcome.number)).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.outcome === 'issued')).toHaveLength(1);
    expect(await countOf('foreign_ids')).toBe(before + 1);
  });

  it('gives one person and fifteen conflicts to one passport on sixteen accounts at once', async () => {
    const person = somebody();
    const before = await countOf('persons');
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () => enrol(enrolmentOf(app, person))),
    );
    const winners = outcomes.filter((outcome) => outcome.ok);
    expect(winners).toHaveLength(1);
    const conflicts = outcomes.filter((outcome) => !outcome.ok);
    for (const conflict of conflicts)
      expect(conflict).toEqual({
        ok: false,
        reason: 'document_on_record',
        personId: winners[0]!.personId,
      });
    expect(await countOf('persons')).toBe(before + 1);
  });

  it('gives one person to one account that proves sixteen passports at once', async () => {
    const accountId = AccountId.make(app);
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () => enrol(enrolmentOf(app, somebody(), { accountId }))),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    for (const outcome of outcomes)
      if (!outcome.ok) expect(outcome.reason).toBe('account_enrolled');
  });

  it('never waits in a ring when two accounts and two passports cross', async () => {
    const [p, q] = [somebody(), somebody()];
    const [a, b] = [AccountId.make(app), AccountId.make(app)];
    const outcomes = await Promise.all(
      [
        [p, a],
        [q, b],
        [q, a],
        [p, b],
        [p, a],
        [q, b],
      ].map(([person, accountId]) =>
        enrol(enrolmentOf(app, person as typeof p, { accountId: accountId as AccountId })),
      ),
    );
    const persons = new Set(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.personId] : [])));
    expect(persons.size).toBe(2);
  });

  it('sees one document however its state and number are spelled', async () => {
    const german = { ...somebody(), issuingState: 'D', documentNumber: 'C01X0006H' };
    const { personId } = await issued(enrolmentOf(app, german));
    const spelled = { issuingState: 'DEU', documentNumber: 'c01x 0006h<' };
    expect(await findPersonByDocument(app.db, app, spelled)).toMatchObject({ personId });
    expect(await findPersonByDocument(app.db, app, { ...spelled, issuingState: 'UTO' })).toBeNull();
    expect(await enrol(enrolmentOf(app, { ...german, ...spelled }))).toMatchObject({
      ok: false,
      reason: 'document_on_record',
    });
  });

  it('draws again when a number is taken, and gives up when all are', async () => {
    const draws = [7, 7, 7, 8];
    const random = { ...app.random, integer: () => draws.shift() ?? 8 };
    const first = await enrol(enrolmentOf(app, somebody()), { ...app, random });
    const second = await enrol(enrolmentOf(app, somebody()), { ...app, random });
    expect(first).toMatchObject({ ok: true, number: expect.stringMatching(/^F0000000007/) });
    expect(second).toMatchObject({ ok: true, number: expect.stringMatching(/^F0000000008/) });
    const before = await countOf('persons');
    await expect(enrol(enrolmentOf(app, somebody()), { ...app, random })).rejects.toThrow(/taken/);
    expect(await countOf('persons')).toBe(before);
  });

  it('leaves nothing behind when the transaction around it fails', async () => {
    const tables = [
      'persons',
      'data_keys',
      'travel_documents',
      'foreign_ids',
      'identity_proofs',
      'stay_facts',
      'audit_events',
      'person_accounts',
    ];
    const before = await Promise.all(tables.map(countOf));
    const input = enrolmentOf(app, somebody());
    const failing = transact(app.db, async (tx) => {
      await enrolPerson(tx, app, input);
      throw new Error('the decision could not be saved');
    });
    await expect(failing).rejects.toThrow('could not be saved');
    expect(await Promise.all(tables.map(countOf))).toEqual(before);
    expect(await enrol(input)).toMatchObject({ ok: true, outcome: 'issued' });
  });

  it('is found by number in any spelling, and by nothing near it', async () => {
    const input = enrolmentOf(app, somebody());
    const { number, personId } = await issued(input);
    const found = { personId, accountId: input.accountId, idState: 'active' };
    expect(await findPersonByNumber(app.db, app, formatForeignId(number).toLowerCase())).toEqual(
      found,
    );
    expect(await findPersonByNumber(app.db, app, `${number.slice(0, 12)}0`)).toBeNull();
    expect(await findPersonByNumber(app.db, app, "' or 1=1")).toBeNull();
  });
});

describe('proving oneself again', () => {
  it('with the same passport keeps person and number, and adds the proof', async () => {
    const person = somebody();
    const input = enrolmentOf(app, person);
    const first = await issued(input);
    const again = enrolmentOf(app, person, {
      accountId: input.accountId,
      findings: {
        ...officerFindings,
        pathway: 'counter',
        capture: 'in_person',
        biometricSample: 'kept',
        secondOfficer: true,
      },
    });
    expect(await enrol(again)).toEqual({ ...first, outcome: 'reproofed' });
    const standing = (await standingOf(app.db, app, input.accountId))!;
    expect(standing.proofs).toHaveLength(2);
    expect(personAssurance(standing, app.clock.now())).toMatchObject({
      ial: 3,
      identity: { pathway: 'counter' },
    });
  });

  it('with another passport is a renewal, for a case of its own', async () => {
    const input = enrolmentOf(app, somebody());
    const { personId } = await issued(input);
    expect(await enrol(enrolmentOf(app, somebody(), { accountId: input.accountId }))).toEqual({
      ok: false,
      reason: 'account_enrolled',
      personId,
    });
  });

  it('with the same number and another birth date is a conflict', async () => {
    const person = somebody();
    const input = enrolmentOf(app, person);
    const { personId } = await issued(input);
    const other = enrolmentOf(
      app,
      { ...person, dateOfBirth: '1991-01-01' },
      { accountId: input.accountId },
    );
    expect(await enrol(other)).toEqual({ ok: false, reason: 'document_on_record', personId });
  });

  test.each([
    ['revoked', 'fraud_established'],
    ['deceased', 'death_recorded'],
    ['naturalised', 'citizenship_acquired'],
  ] as const)('does not reopen an ID that is %s', async (to, reason) => {
    const person = somebody();
    const input = enrolmentOf(app, person);
    const { personId } = await issued(input);
    await transact(app.db, (tx) => transitionId(tx, app, { personId, to, reason, actor: officer }));
    expect(await enrol(enrolmentOf(app, person, { accountId: input.accountId }))).toEqual({
      ok: false,
      reason: 'id_closed',
      personId,
      state: to,
    });
  });
});
