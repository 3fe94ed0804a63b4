import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { PersonId } from '../../src/lib/ids.ts';
import { idHistory } from '../../src/registry/find-persons.ts';
import {
  markDormant,
  reactivateId,
  revokeId,
  suspendId,
  transitionId,
} from '../../src/registry/transition-id.ts';
import type { Transition } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import { assuranceOf, enrolled, notYet, officer } from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const move = (transition: Omit<Transition, 'actor'>) =>
  transact(app.db, (tx) => transitionId(tx, app, { ...transition, actor: officer }));
const auditOf = (personId: PersonId) =>
  app.db('audit_events').where({ subject_id: personId }).orderBy('id').pluck('action');

describe('moving an ID to another state', () => {
  it('writes state, history and audit together, and shows in the next token', async () => {
    const { personId, accountId } = await enrolled(app);
    const suspended = await transact(app.db, (tx) =>
      suspendId(tx, app, {
        personId,
        reason: 'suspected_fraud',
        actor: officer,
        expectedVersion: 1,
      }),
    );
    expect(suspended).toEqual({ ok: true, state: 'suspended', version: 2 });
    expect(await assuranceOf(app, accountId)).toMatchObject({
      ial: 0,
      signIn: { maySignIn: false },
    });

    const back = await transact(app.db, (tx) =>
      reactivateId(tx, app, { personId, reason: 'question_settled', actor: officer }),
    );
    expect(back).toEqual({ ok: true, state: 'active', version: 3 });
    expect(await assuranceOf(app, accountId)).toMatchObject({
      ial: 2,
      signIn: { maySignIn: true },
    });

    expect(
      (await idHistory(app.db, personId)).map(({ from, to, reason }) => `${from}>${to}:${reason}`),
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
    const { personId } = await enrolled(app);
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
    const { personId } = await enrolled(app);
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () =>
        move({ personId, to: 'suspended', reason: 'suspected_fraud', expectedVersion: 1 }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.reason).toBe('stale_version');
    expect(await idHistory(app.db, personId)).toHaveLength(2);
  });

  it('gives a suspended provisional ID back as provisional, with its last day', async () => {
    const { personId } = await enrolled(app, { stay: notYet, provisionalUntil: '2027-03-01' });
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
    const { personId } = await enrolled(app);
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
