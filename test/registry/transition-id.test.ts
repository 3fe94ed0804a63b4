import { beforeAll, describe, expect, it, test } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { PersonId } from '../../src/lib/ids.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { historyOf } from '../../src/registry/find-persons.ts';
import {
  recordIssuerCompromise,
  withdrawBiometricConsent,
} from '../../src/registry/lower-assurance.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { reportDocumentLost } from '../../src/registry/report-document-lost.ts';
import { standingOf, standingOfPerson } from '../../src/registry/standing.ts';
import {
  markDormant,
  reactivateId,
  revokeId,
  suspendId,
  transitionId,
} from '../../src/registry/transition-id.ts';
import type { Transition } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import { ANCHOR, SIGNER, anna, enrolmentOf, officer, officerFindings } from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const notYet = {
  status: 'not_yet_admitted',
  admittedUntil: null,
  basis: 'none',
  asOf: '2026-11-20T00:00:00Z',
  source: 'immigration',
} as const;
let serial = 0;
async function enrolled(changes: Parameters<typeof enrolmentOf>[2] = {}) {
  serial += 1;
  const person = { ...anna, documentNumber: `T${String(serial).padStart(8, '0')}` };
  const input = enrolmentOf(app, person, changes);
  const outcome = await transact(app.db, (tx) => enrolPerson(tx, app, input));
  if (!outcome.ok) throw new Error(outcome.reason);
  return { personId: outcome.personId, accountId: input.accountId, document: person };
}
const move = (transition: Omit<Transition, 'actor'>) =>
  transact(app.db, (tx) => transitionId(tx, app, { ...transition, actor: officer }));
const auditOf = (personId: PersonId) =>
  app.db('audit_events').where({ subject_id: personId }).orderBy('id').pluck('action');
const assuranceOf = async (accountId: AccountId) =>
  personAssurance(await standingOf(app.db, app, accountId), app.clock.now());

describe('moving an ID to another state', () => {
  it('writes state, history and audit together, and shows in the next token', async () => {
    const { personId, accountId } = await enrolled();
    const suspended = await transact(app.db, (tx) =>
      suspendId(tx, app, {
        personId,
        reason: 'suspected_fraud',
        actor: officer,
        expectedVersion: 1,
      }),
    );
    expect(suspended).toEqual({ ok: true, state: 'suspended', version: 2 });
    expect(await assuranceOf(accountId)).toMatchObject({ ial: 0, signIn: { maySignIn: false } });

    const back = await transact(app.db, (tx) =>
      reactivateId(tx, app, { personId, reason: 'question_settled', actor: officer }),
    );
    expect(back).toEqual({ ok: true, state: 'active', version: 3 });
    expect(await assuranceOf(accountId)).toMatchObject({ ial: 2, signIn: { maySignIn: true } });

    expect(
      (await historyOf(app.db, personId)).map(({ from, to, reason }) => `${from}>${to}:${reason}`),
    ).toEqual([
      'reserved>active:issued',
      'active>suspended:suspected_fraud',
      'suspended>active:question_settled',
    ]);
    expect(
      (await auditOf(personId)).filter((action) => action === 'registry.id_state_changed'),
    ).toHaveLength(3);
  });

  it('refuses an impossible step, a wrong reason, a stale version and an unknown person, and writes nothing', async () => {
    const { personId } = await enrolled();
    const before = await auditOf(personId);
    expect(await move({ personId, to: 'provisional', reason: 'question_settled' })).toEqual({
      ok: false,
      reason: 'not_possible',
    });
    expect(await move({ personId, to: 'suspended', reason: 'merged' })).toEqual({
      ok: false,
      reason: 'wrong_reason',
    });
    expect(
      await move({ personId, to: 'suspended', reason: 'holder_froze', expectedVersion: 0 }),
    ).toEqual({ ok: false, reason: 'stale_version' });
    expect(
      await move({ personId: PersonId.make(app), to: 'suspended', reason: 'holder_froze' }),
    ).toEqual({ ok: false, reason: 'not_found' });
    expect(await auditOf(personId)).toEqual(before);
  });

  it('lets one of sixteen officers win who saw the same version', async () => {
    const { personId } = await enrolled();
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () =>
        move({ personId, to: 'suspended', reason: 'suspected_fraud', expectedVersion: 1 }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.reason).toBe('stale_version');
    expect(await historyOf(app.db, personId)).toHaveLength(2);
  });

  it('gives a suspended provisional ID back as provisional, with its last day', async () => {
    const { personId } = await enrolled({ stay: notYet, provisionalUntil: '2027-03-01' });
    await move({ personId, to: 'suspended', reason: 'holder_froze' });
    expect(await move({ personId, to: 'active', reason: 'question_settled' })).toEqual({
      ok: false,
      reason: 'not_possible',
    });
    const back = await transact(app.db, (tx) =>
      reactivateId(tx, app, { personId, reason: 'question_settled', actor: officer }),
    );
    expect(back).toMatchObject({ ok: true, state: 'provisional' });
    const row = await app
      .db('foreign_ids')
      .where({ person_id: personId })
      .first('provisional_until', 'suspended_from');
    expect(row).toEqual({ provisional_until: '2027-03-01', suspended_from: null });
  });

  it('sleeps, wakes, is revoked, and is restored on appeal only', async () => {
    const { personId } = await enrolled();
    const act = (work: typeof revokeId, reason: Transition['reason']) =>
      transact(app.db, (tx) => work(tx, app, { personId, reason, actor: officer }));
    expect(
      await transact(app.db, (tx) => markDormant(tx, app, { personId, actor: officer })),
    ).toMatchObject({ state: 'dormant' });
    expect(await move({ personId, to: 'active', reason: 'returned' })).toMatchObject({ ok: true });
    expect(await act(revokeId, 'fraud_established')).toMatchObject({ state: 'revoked' });
    expect(await act(suspendId, 'suspected_fraud')).toEqual({ ok: false, reason: 'not_possible' });
    expect(await act(reactivateId, 'question_settled')).toEqual({
      ok: false,
      reason: 'wrong_reason',
    });
    expect(await act(reactivateId, 'appeal_upheld')).toMatchObject({ ok: true, state: 'active' });
  });
});

describe('the stay on record', () => {
  const lawful = {
    status: 'lawful_until',
    admittedUntil: '2027-05-31',
    basis: 'extension',
    asOf: '2026-11-21T00:00:00Z',
    source: 'immigration',
  } as const;
  const record = (personId: PersonId, stay: Parameters<typeof recordStay>[2]['stay']) =>
    transact(app.db, (tx) =>
      recordStay(tx, app, { personId, stay, actor: { kind: 'system', id: null } }),
    );

  it('follows the freshest answer and moves no level', async () => {
    const { personId, accountId } = await enrolled();
    expect(await record(personId, lawful)).toEqual({ ok: true, changed: true });
    expect(await record(personId, { ...lawful, asOf: '2026-11-21T06:00:00Z' })).toEqual({
      ok: true,
      changed: false,
    });
    expect(
      await record(personId, {
        ...lawful,
        admittedUntil: '2030-01-01',
        asOf: '2026-11-20T23:00:00Z',
      }),
    ).toEqual({ ok: false, reason: 'older' });
    expect(await assuranceOf(accountId)).toMatchObject({ ial: 2, stay: 'lawful_until' });
    await record(personId, {
      ...lawful,
      status: 'departed',
      admittedUntil: null,
      asOf: '2026-11-22T00:00:00Z',
    });
    expect(await assuranceOf(accountId)).toMatchObject({
      ial: 2,
      stay: 'departed',
      signIn: { maySignIn: true },
    });
  });

  it('is not overwritten by silence', async () => {
    const { personId, accountId } = await enrolled();
    const silence = {
      status: 'unknown',
      admittedUntil: null,
      basis: 'none',
      asOf: null,
      source: null,
    } as const;
    expect(await record(personId, silence)).toEqual({ ok: false, reason: 'no_answer' });
    expect(await assuranceOf(accountId)).toMatchObject({ stay: 'lawful_until' });
    expect(await record(PersonId.make(app), lawful)).toEqual({ ok: false, reason: 'not_found' });
  });

  it('activates a provisional ID with the first lawful stay, and nothing else does', async () => {
    const { personId } = await enrolled({ stay: notYet, provisionalUntil: '2027-03-01' });
    await record(personId, { ...notYet, asOf: '2026-11-20T12:00:00Z' });
    expect((await standingOfPerson(app.db, app, personId))!.idState).toBe('provisional');
    await record(personId, lawful);
    const standing = (await standingOfPerson(app.db, app, personId))!;
    expect(standing).toMatchObject({ idState: 'active', idVersion: 2 });
    expect((await historyOf(app.db, personId)).at(-1)).toMatchObject({ reason: 'admitted' });
  });

  it('keeps the freshest of sixteen answers that come at once', async () => {
    const { personId } = await enrolled();
    const hours = Array.from(
      { length: 16 },
      (_, hour) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`,
    );
    await Promise.all(
      hours
        .toSorted(() => app.random.integer(3) - 1)
        .map((asOf) => record(personId, { ...lawful, asOf })),
    );
    expect((await standingOfPerson(app.db, app, personId))!.stay!.asOf).toBe(hours.at(-1));
  });
});

describe('a document reported lost', () => {
  const report = (document: typeof anna, lostAt: string) =>
    transact(app.db, (tx) =>
      reportDocumentLost(tx, app, { document, lostAt: new Date(lostAt), actor: officer }),
    );

  it('before its proofing: the proof falls and the ID is suspended', async () => {
    const { personId, accountId, document } = await enrolled();
    expect(await report(document, '2020-01-01T00:00:00Z')).toEqual({
      ok: true,
      personId,
      suspended: true,
    });
    const standing = (await standingOf(app.db, app, accountId))!;
    expect(standing.idState).toBe('suspended');
    expect(personAssurance(standing, app.clock.now()).identity).toMatchObject({ ial: 0 });
  });

  it('after its proofing: it is no longer current, and the level stays', async () => {
    const { accountId, document } = await enrolled();
    const lostAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
    expect(await report(document, lostAt)).toMatchObject({ ok: true, suspended: false });
    const later = new Date(Date.parse(lostAt) + 1000);
    expect(personAssurance(await standingOf(app.db, app, accountId), later)).toMatchObject({
      ial: 2,
      identity: { documentCurrent: false },
    });
  });

  it('twice: the earliest report counts', async () => {
    const { accountId, document } = await enrolled();
    await report(document, '2020-01-01T00:00:00Z');
    await report(document, '2030-01-01T00:00:00Z');
    expect((await standingOf(app.db, app, accountId))!.proofs[0]!.documentLostAt).toEqual(
      new Date('2020-01-01T00:00:00Z'),
    );
  });

  it('that is not on record changes nothing', async () => {
    expect(await report({ ...anna, documentNumber: 'NOSUCH1' }, '2020-01-01T00:00:00Z')).toEqual({
      ok: false,
      reason: 'not_on_record',
    });
  });
});

describe('what lowers a level from outside', () => {
  test.each([
    ['document_signer', SIGNER],
    ['trust_anchor', ANCHOR],
  ] as const)(
    'a compromised %s takes every level from its proofs until a new one',
    async (key, was) => {
      const fingerprint = was.replace(/^../, key === 'document_signer' ? '11' : '22');
      const column = key === 'document_signer' ? 'documentSigner' : 'trustAnchor';
      const touched = await enrolled({ findings: { ...officerFindings, [column]: fingerprint } });
      const spared = await enrolled();
      const persons = await transact(app.db, (tx) =>
        recordIssuerCompromise(tx, app, { key, fingerprint, actor: officer }),
      );
      expect(persons).toEqual([touched.personId]);
      expect(await assuranceOf(touched.accountId)).toMatchObject({
        ial: 0,
        signIn: { maySignIn: true },
      });
      expect(await assuranceOf(spared.accountId)).toMatchObject({ ial: 2 });
    },
  );

  it('a withdrawn biometric consent makes 3 a 2', async () => {
    const { personId, accountId } = await enrolled({
      findings: {
        ...officerFindings,
        pathway: 'counter',
        capture: 'in_person',
        biometricSample: 'kept',
        secondOfficer: true,
      },
    });
    expect(await assuranceOf(accountId)).toMatchObject({ ial: 3 });
    const withdraw = () =>
      transact(app.db, (tx) => withdrawBiometricConsent(tx, app, { personId, actor: officer }));
    expect(await withdraw()).toBe(true);
    expect(await assuranceOf(accountId)).toMatchObject({ ial: 2 });
    expect(await withdraw()).toBe(false);
  });
});
