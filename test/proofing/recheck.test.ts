import { beforeAll, describe, expect, it } from 'vitest';
import { OfficerId } from '../../src/lib/ids.ts';
import type { CaseId } from '../../src/lib/ids.ts';
import { decideCase, decideWithin } from '../../src/proofing/decide-case.ts';
import type { DecisionInput } from '../../src/proofing/decide-case.ts';
import { judgeCase } from '../../src/proofing/judge-case.ts';
import { RECHECK_SECONDS, recheckRegisters } from '../../src/proofing/registers/recheck.ts';
import { transact } from '../../src/lib/database.ts';
import { signUpOfficer } from '../walk.ts';
import { reviewCase } from './review.ts';
import { passportOf, startScene, waitForStep } from './scene.ts';
import type { Scene } from './scene.ts';

/*
 * The registers are asked right before an ID is issued (issue 5.5), by officers and by the written policy alike: what they
 * say then must be what is on file, or nothing is issued.
 */
let scene: Scene;
let officerId: OfficerId;
beforeAll(async () => {
  scene = await startScene();
  const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  officerId = OfficerId.parse(officer.accountId)!;
}, 30_000);

let serial = 0;
/** A case in its review, by a passport of its own; `prefix` makes the sandbox register misbehave. */
async function inReview(prefix = 'FRESH') {
  serial += 1;
  const documentNumber = `${prefix}${String(serial).padStart(9 - prefix.length, '0')}`;
  const dateOfBirth = `19${60 + serial}-03-0${serial}`;
  await scene.register.remember(documentNumber, { person: { dateOfBirth } });
  const passport = await passportOf(scene, { documentNumber, dateOfBirth });
  return { ...(await reviewCase(scene, { passport })), documentNumber, dateOfBirth };
}

const input = (caseId: CaseId, expectedVersion: number): DecisionInput => ({
  caseId,
  officerId,
  expectedVersion,
  decision: 'approve',
  reasonCode: 'face_matches',
  note: null,
});
const ids = async () =>
  Number((await scene.app.db('foreign_ids').count({ all: '*' }).first())!.all);
const rechecks = (caseId: CaseId) =>
  scene.app
    .db('register_rechecks')
    .where({ case_id: caseId })
    .orderBy('asked_at')
    .select('outcome', 'reason');

describe('an approval', () => {
  it('rests on what the registers say at that moment', async () => {
    const { caseId, proofing } = await inReview();
    expect(await decideCase(scene.app, input(caseId, proofing.version))).toMatchObject({
      ok: true,
      outcome: 'approved',
    });
    expect(await rechecks(caseId)).toEqual([{ outcome: 'stands', reason: null }]);
  });

  it('never comes where the visa is cancelled between check and issue, whoever decides, however often', async () => {
    const before = await ids();
    const { caseId, proofing } = await inReview('CANCEL');
    expect(await decideCase(scene.app, input(caseId, proofing.version))).toEqual({
      ok: true,
      outcome: 'register_asked_again',
    });
    const [told] = await rechecks(caseId);
    expect(told).toMatchObject({
      outcome: 'changed',
      reason: expect.stringContaining('register_visa'),
    });
    const again = await waitForStep(
      scene,
      caseId,
      ({ state, version }) => state.step === 'review' && version > proofing.version,
    );
    expect(await decideCase(scene.app, input(caseId, again.version))).toEqual({
      ok: false,
      reason: 'not_decidable',
      blockers: ['visa_cancelled'],
    });
    await judgeCase({ caseId }, scene.app);
    expect(await ids()).toBe(before);
  });

  it('neither comes nor is refused while a register is silent: the case waits, and comes back by itself', async () => {
    const before = await ids();
    const { caseId, proofing } = await inReview();
    await scene.register.setDown(true);
    const decided = await decideCase(scene.app, input(caseId, proofing.version));
    await scene.register.setDown(false);
    expect(decided).toEqual({ ok: true, outcome: 'register_asked_again' });
    expect(await rechecks(caseId)).toMatchObject([{ outcome: 'silent' }]);
    expect(await ids()).toBe(before);
    const back = await waitForStep(
      scene,
      caseId,
      ({ state, version }) => state.step === 'review' && version > proofing.version,
    );
    expect(back.state).toMatchObject({ register: { finding: 'agrees' } });
    expect(await decideCase(scene.app, input(caseId, back.version))).toMatchObject({
      outcome: 'approved',
    });
  });

  it('is not made by an answer that is older than half a minute, nor by none', async () => {
    const { caseId, proofing } = await inReview();
    const later = {
      ...scene.app,
      clock: { now: () => new Date(Date.now() + (RECHECK_SECONDS + 1) * 1000) },
    };
    await recheckRegisters(scene.app, caseId);
    const decided = await transact(scene.app.db, (tx) =>
      decideWithin(tx, later, input(caseId, proofing.version)),
    );
    expect(decided).toEqual({ ok: true, outcome: 'register_asked_again' });
    const other = await inReview();
    const unasked = await transact(scene.app.db, (tx) =>
      decideWithin(tx, scene.app, input(other.caseId, other.proofing.version)),
    );
    expect(unasked).toEqual({ ok: true, outcome: 'register_asked_again' });
  });

  it('rests on the newest answer of all: a later one that differs takes the earlier away', async () => {
    const { caseId, proofing, documentNumber, dateOfBirth } = await inReview();
    await recheckRegisters(scene.app, caseId);
    await scene.register.remember(documentNumber, {
      person: { dateOfBirth },
      status: 'reported_stolen',
    });
    await recheckRegisters(scene.app, caseId);
    const decided = await transact(scene.app.db, (tx) =>
      decideWithin(tx, scene.app, input(caseId, proofing.version)),
    );
    expect(decided).toEqual({ ok: true, outcome: 'register_asked_again' });
    expect((await rechecks(caseId)).map(({ outcome }) => outcome)).toEqual(['stands', 'changed']);
    const back = await waitForStep(
      scene,
      caseId,
      ({ state, version }) => state.step === 'review' && version > proofing.version,
    );
    expect(back.state).toMatchObject({ register: { finding: 'contradicts' } });
  });

  it('asks no register for a refusal, nor holds a lock while it asks', async () => {
    const { caseId, proofing } = await inReview();
    let locked = '';
    const slow = {
      ...scene.app,
      register: {
        ask: async (question: Parameters<typeof scene.app.register.ask>[0]) => {
          // It would wait for ever if whoever asks held the case.
          const { rows } = await scene.app.db.raw('select id from cases where id = ? for update', [
            caseId,
          ]);
          locked = rows[0].id;
          return scene.app.register.ask(question);
        },
      },
    };
    await recheckRegisters(slow, caseId);
    expect(locked).toBe(caseId);
    const refusal = {
      ...input(caseId, proofing.version),
      decision: 'refuse',
      reasonCode: 'face_differs',
    } as const;
    expect(await decideCase(scene.app, refusal)).toMatchObject({ outcome: 'refused' });
    expect(await rechecks(caseId)).toHaveLength(1);
  });
});
