import { beforeAll, describe, expect, it } from 'vitest';
import { pauseSeconds } from '../../src/proofing/ask-register.ts';
import { onFile } from '../../src/proofing/case.ts';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { readCaseForOfficer } from '../../src/proofing/officer-view.ts';
import type { Scene } from './scene.ts';
import { readChip } from './phone.ts';
import { reviewCase } from './review.ts';
import {
  caseOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

const attemptsOf = async (caseId: Parameters<typeof caseOf>[1]) => {
  const { register } = onFile((await caseOf(scene, caseId)).state);
  return register?.status === 'waiting' ? register.attempts : 0;
};

describe('a register that is down', () => {
  it('leaves the case pending, and the case goes on by itself when it is back', async () => {
    await scene.register.setDown(true);
    const person = await startCase(scene);
    await readChip(scene, person, await passportOf(scene));
    // The applicant goes on meanwhile.
    await takePortrait(person, await livePicture());
    const waiting = await caseOf(scene, person.caseId);
    expect(waiting.state.step).toBe('register');
    await waitForStep(scene, person.caseId, ({ state }) => {
      const { register } = onFile(state);
      return register?.status === 'waiting' && register.attempts > 0;
    });
    expect(await attemptsOf(person.caseId)).toBeGreaterThan(0);
    const page = await person.walker.get(`/cases/${person.caseId}`);
    expect(page.text).toContain('You have done your part');
    expect((await person.walker.get(`/cases/${person.caseId}/status`)).json()).toEqual({
      state: 'register',
    });
    await scene.register.setDown(false);
    const back = await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
    expect(onFile(back.state).register).toMatchObject({
      finding: 'agrees',
      requestId: onFile(waiting.state).register!.requestId,
    });
  }, 40_000);
});

describe('what a register says', () => {
  it('that it is still looking keeps the case waiting until it has looked', async () => {
    const passport = await passportOf(scene, { documentNumber: 'PENDING01' });
    const review = await reviewCase(scene, { passport });
    expect(onFile(review.proofing.state).register).toMatchObject({ finding: 'agrees' });
  }, 40_000);

  it('about nobody is shown to the officer, not to the applicant', async () => {
    const passport = await passportOf(scene, { documentNumber: 'Z99999999' });
    const review = await reviewCase(scene, { passport });
    const view = await readCaseForOfficer(scene.app.db, scene.app, review.caseId);
    expect(view?.attentionReasons).toContain('register_no_record');
    expect(view?.register?.answer.kind).toBe('not_found');
    expect(view?.register?.stay.status).toBe('unknown');
    const { text } = await review.walker.get(`/cases/${review.caseId}`);
    expect(text).toContain('You have done your part');
    expect(text).not.toMatch(/no record|does not know|unknown/i);
  });

  it('about another person goes to an officer with the differences, and the applicant sees none', async () => {
    await scene.register.remember('R00000001', { person: { nameAsRecorded: 'LINDGREN, ASTRID' } });
    const passport = await passportOf(scene, { documentNumber: 'R00000001' });
    const review = await reviewCase(scene, { passport });
    const view = await readCaseForOfficer(scene.app.db, scene.app, review.caseId);
    expect(view?.attentionReasons).toContain('register_contradicts');
    expect(view?.approvalBlockers).toEqual(['register_contradicts']);
    expect(view?.register?.differences).toEqual([
      { field: 'name', register: 'LINDGREN, ASTRID', document: 'ERIKSSON ANNA MARIA' },
    ]);
    expect(view?.checks.find(({ name }) => name === 'register_person')).toMatchObject({
      outcome: 'failed',
      reason: 'name',
    });
    const { text } = await review.walker.get(`/cases/${review.caseId}`);
    expect(text).toContain('You have done your part');
    expect(text).not.toMatch(/LINDGREN|ERIKSSON|contradict|differ/i);
  });

  it.each(['reported_stolen', 'reported_lost', 'cancelled', 'replaced'] as const)(
    'about a document that is %s stands against approving',
    async (status) => {
      const documentNumber = `R${status.length}${status.slice(0, 6).toUpperCase().replace('_', '0')}`;
      await scene.register.remember(documentNumber, { status });
      const passport = await passportOf(scene, { documentNumber });
      const review = await reviewCase(scene, { passport });
      const view = await readCaseForOfficer(scene.app.db, scene.app, review.caseId);
      expect(view?.approvalBlockers).toEqual(['register_contradicts']);
      expect(view?.checks.find(({ name }) => name === 'register_document')).toMatchObject({
        outcome: 'failed',
        reason: status,
      });
    },
  );

  it.each(['GARBAGE01', 'BADSIG001', 'UNSIGNED1', 'REPLAY001', 'OTHER0001', 'SWAPPED01'])(
    'is no word where it is %s: the case waits',
    async (documentNumber) => {
      const person = await startCase(scene);
      await readChip(scene, person, await passportOf(scene, { documentNumber }));
      await takePortrait(person, await livePicture());
      await waitForStep(scene, person.caseId, ({ state }) => {
        const { register } = onFile(state);
        return register?.status === 'waiting' && register.attempts > 0;
      });
      const proofing = await caseOf(scene, person.caseId);
      expect(proofing.state.step).toBe('register');
      const kinds = (await listExaminations(scene.app.db, person.caseId)).map(({ kind }) => kind);
      expect(kinds).not.toContain('register');
    },
  );
});

it('pauses longer and longer, never beyond ten minutes, and never all at once', () => {
  const none = { integer: () => 0 };
  expect([0, 1, 2, 3, 20, 500].map((attempts) => pauseSeconds(attempts, none))).toEqual([
    2, 4, 8, 16, 600, 600,
  ]);
  expect(pauseSeconds(3, { integer: (max) => max - 1 })).toBeGreaterThan(11);
});
