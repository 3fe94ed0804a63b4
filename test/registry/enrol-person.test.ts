import { beforeAll, describe, expect, it, test } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { idHistory } from '../../src/registry/find-persons.ts';
import { formatForeignId, parseForeignId } from '../../src/registry/foreign-id.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import {
  arnault,
  countOf,
  enrol,
  enrolmentOf,
  issued,
  officer,
  officerFindings,
  somebody,
  tomas,
} from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

describe('enrolling a proven applicant', () => {
  it('issues an active ID to the person and their account', async () => {
    const input = enrolmentOf(app, tomas);
    const outcome = await issued(app, input);
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
    await issued(app, input);
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
      app,
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
    const { personId } = await issued(app, input);
    expect(await idHistory(app.db, personId)).toMatchObject([
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
    const { number } = await issued(app, enrolmentOf(app, canary));
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
    const before = await countOf(app, 'persons');
    const findings = { ...officerFindings, capture: 'uploaded' } as const;
    expect(await enrol(app, enrolmentOf(app, somebody(), { findings }))).toEqual({
      ok: false,
      reason: 'assurance_too_low',
      missing: ['live_capture'],
    });
    expect(await countOf(app, 'persons')).toBe(before);
  });
});

describe('proving oneself again', () => {
  it('with the same passport keeps person and number, and adds the proof', async () => {
    const person = somebody();
    const input = enrolmentOf(app, person);
    const first = await issued(app, input);
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
    expect(await enrol(app, again)).toEqual({ ...first, outcome: 'reproofed' });
    const standing = (await standingOf(app.db, app, input.accountId))!;
    expect(standing.proofs).toHaveLength(2);
    expect(personAssurance(standing, app.clock.now())).toMatchObject({
      ial: 3,
      identity: { pathway: 'counter' },
    });
  });

  it('with another passport is a renewal, for a case of its own', async () => {
    const input = enrolmentOf(app, somebody());
    const { personId } = await issued(app, input);
    expect(await enrol(app, enrolmentOf(app, somebody(), { accountId: input.accountId }))).toEqual({
      ok: false,
      reason: 'account_enrolled',
      personId,
    });
  });

  it('with the same number and another birth date is a conflict', async () => {
    const person = somebody();
    const input = enrolmentOf(app, person);
    const { personId } = await issued(app, input);
    const other = enrolmentOf(
      app,
      { ...person, dateOfBirth: '1991-01-01' },
      { accountId: input.accountId },
    );
    expect(await enrol(app, other)).toEqual({ ok: false, reason: 'document_on_record', personId });
  });

  test.each([
    ['revoked', 'fraud_established'],
    ['deceased', 'death_recorded'],
    ['naturalised', 'citizenship_acquired'],
  ] as const)('does not reopen an ID that is %s', async (to, reason) => {
    const person = somebody();
    const input = enrolmentOf(app, person);
    const { personId } = await issued(app, input);
    await transact(app.db, (tx) => transitionId(tx, app, { personId, to, reason, actor: officer }));
    expect(await enrol(app, enrolmentOf(app, person, { accountId: input.accountId }))).toEqual({
      ok: false,
      reason: 'id_closed',
      personId,
      state: to,
    });
  });
});
