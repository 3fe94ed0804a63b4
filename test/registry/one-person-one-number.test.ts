import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { findPersonByDocument, findPersonByNumber } from '../../src/registry/find-persons.ts';
import { formatForeignId } from '../../src/registry/foreign-id.ts';
import { testApp } from '../harness.ts';
import { countOf, enrol, enrolmentOf, issued, somebody } from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

describe('one person, one number', () => {
  it('tells the same ID again when a case is issued twice', async () => {
    const input = enrolmentOf(app, somebody());
    const first = await issued(app, input);
    const before = await countOf(app, 'audit_events');
    expect(await enrol(app, input)).toEqual({ ...first, outcome: 'repeated' });
    expect(await countOf(app, 'audit_events')).toBe(before);
  });

  it('gives one ID to one case issued sixteen times at once', async () => {
    const input = enrolmentOf(app, somebody());
    const before = await countOf(app, 'foreign_ids');
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => issued(app, input)));
    expect(new Set(outcomes.map((outcome) => outcome.number)).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.outcome === 'issued')).toHaveLength(1);
    expect(await countOf(app, 'foreign_ids')).toBe(before + 1);
  });

  it('gives one person and fifteen conflicts to one passport on sixteen accounts at once', async () => {
    const person = somebody();
    const before = await countOf(app, 'persons');
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () => enrol(app, enrolmentOf(app, person))),
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
    expect(await countOf(app, 'persons')).toBe(before + 1);
  });

  it('gives one person to one account that proves sixteen passports at once', async () => {
    const accountId = AccountId.make(app);
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () => enrol(app, enrolmentOf(app, somebody(), { accountId }))),
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
        enrol(app, enrolmentOf(app, person as typeof p, { accountId: accountId as AccountId })),
      ),
    );
    const persons = new Set(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.personId] : [])));
    expect(persons.size).toBe(2);
  });

  it('sees one document however its state and number are spelled', async () => {
    const german = { ...somebody(), issuingState: 'D', documentNumber: 'C01X0006H' };
    const { personId } = await issued(app, enrolmentOf(app, german));
    const spelled = { issuingState: 'DEU', documentNumber: 'c01x 0006h<' };
    expect(await findPersonByDocument(app.db, app, spelled)).toMatchObject({ personId });
    expect(await findPersonByDocument(app.db, app, { ...spelled, issuingState: 'UTO' })).toBeNull();
    expect(await enrol(app, enrolmentOf(app, { ...german, ...spelled }))).toMatchObject({
      ok: false,
      reason: 'document_on_record',
    });
  });

  it('draws again when a number is taken, and gives up when all are', async () => {
    const draws = [7, 7, 7, 8];
    const random = { ...app.random, integer: () => draws.shift() ?? 8 };
    const first = await enrol({ ...app, random }, enrolmentOf(app, somebody()));
    const second = await enrol({ ...app, random }, enrolmentOf(app, somebody()));
    expect(first).toMatchObject({ ok: true, number: expect.stringMatching(/^F0000000007/) });
    expect(second).toMatchObject({ ok: true, number: expect.stringMatching(/^F0000000008/) });
    const before = await countOf(app, 'persons');
    await expect(enrol({ ...app, random }, enrolmentOf(app, somebody()))).rejects.toThrow(/taken/);
    expect(await countOf(app, 'persons')).toBe(before);
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
    const before = await Promise.all(tables.map((table) => countOf(app, table)));
    const input = enrolmentOf(app, somebody());
    const failing = transact(app.db, async (tx) => {
      await enrolPerson(tx, app, input);
      throw new Error('the decision could not be saved');
    });
    await expect(failing).rejects.toThrow('could not be saved');
    expect(await Promise.all(tables.map((table) => countOf(app, table)))).toEqual(before);
    expect(await enrol(app, input)).toMatchObject({ ok: true, outcome: 'issued' });
  });

  it('is found by number in any spelling, and by nothing near it', async () => {
    const input = enrolmentOf(app, somebody());
    const { number, personId } = await issued(app, input);
    const found = { personId, accountId: input.accountId, idState: 'active' };
    expect(await findPersonByNumber(app.db, app, formatForeignId(number).toLowerCase())).toEqual(
      found,
    );
    expect(await findPersonByNumber(app.db, app, `${number.slice(0, 12)}0`)).toBeNull();
    expect(await findPersonByNumber(app.db, app, "' or 1=1")).toBeNull();
  });
});
