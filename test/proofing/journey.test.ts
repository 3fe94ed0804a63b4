import { beforeAll, describe, expect, it } from 'vitest';
import { OfficerId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { listOpenCases } from '../../src/proofing/officer-queue.ts';
import {
  readCaseForOfficer,
  readChipPortrait,
  readLivePortrait,
} from '../../src/proofing/officer-view.ts';
import { signUpOfficer, waitForMail } from '../walk.ts';
import type { Scene } from './scene.ts';
import { openSession, sendFiles, submit } from './phone.ts';
import { reviewCase } from './review.ts';
import {
  caseOf,
  linkOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';

let scene: Scene;
let officerId: OfficerId;

beforeAll(async () => {
  scene = await startScene();
  const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  officerId = OfficerId.parse(officer.accountId)!;
});

describe('a proofing from consent to decision', () => {
  it('proves a person by chip, register, portrait and officer, and leads them back', async () => {
    const person = await startCase(scene, { returnTo: '/interaction/abc' });
    const { walker, caseId } = person;
    const link = await linkOf(person, caseId);
    const chipPage = await walker.get(`/cases/${caseId}/chip`);
    expect(chipPage.text).toContain('<svg');
    expect(chipPage.text).toContain('npx tangchat reader submit --passport');

    const phone = await openSession(scene, link);
    expect(chipPage.text).toContain(`<strong translate="no">${phone.matchNumber}</strong>`);
    expect(phone.accountHint).toMatch(/^a•••@/);
    expect(phone.caseRef).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
    const opened = (await walker.get(`/cases/${caseId}/status`)).json();
    expect(opened).toEqual({ state: 'document.opened.0' });

    const passport = await passportOf(scene);
    await sendFiles(scene, phone, passport.files);
    const verdict = await submit(scene, phone, passport);
    expect(verdict.body).toMatchObject({
      outcome: 'accepted',
      verdict: 'genuine',
      cloneCheck: 'passed',
      next: 'look_at_computer',
    });
    expect(JSON.stringify(verdict.body)).not.toContain('ERIKSSON');

    expect((await walker.get(`/cases/${caseId}/chip`)).location).toBe(`/cases/${caseId}/portrait`);
    const taken = await takePortrait(person, await livePicture());
    expect(taken.location).toBe(`/cases/${caseId}`);
    const waiting = await waitForStep(scene, caseId, ({ state }) => state.step === 'review');
    expect((await walker.get(`/cases/${caseId}`)).text).toContain('You have done your part');

    const queue = await listOpenCases(scene.app.db, scene.app);
    expect(queue.cases.map(({ id }) => id)).toContain(caseId);
    const view = await readCaseForOfficer(scene.app.db, scene.app, caseId);
    expect(view?.document).toMatchObject({ primaryIdentifier: 'ERIKSSON', issuingState: 'UTO' });
    expect(view?.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(view?.register).toMatchObject({ differences: [], stay: { status: 'lawful_until' } });
    expect(view?.approvalBlockers).toEqual([]);
    expect(view?.attentionReasons).toEqual(['face_comparison']);
    for (const portrait of [
      await readChipPortrait(scene.app.db, scene.app, caseId),
      await readLivePortrait(scene.app.db, scene.app, caseId),
    ])
      expect(portrait?.subarray(0, 2).toString('hex')).toBe('ffd8');

    const decided = await decideCase(scene.app, {
      caseId,
      officerId,
      expectedVersion: waiting.version,
      decision: 'approve',
      reasonCode: 'face_matches',
      note: 'Same person.',
    });
    expect(decided).toMatchObject({ ok: true, outcome: 'approved' });
    expect((await walker.get(`/cases/${caseId}/status`)).json()).toEqual({
      state: 'approved',
      location: '/interaction/abc',
    });
    expect((await walker.get(`/cases/${caseId}`)).text).toContain('href="/interaction/abc"');
    const mail = await waitForMail(scene.url, person.email, ({ text }) =>
      text.includes('/interaction/abc'),
    );
    expect(mail.text).toContain(`${scene.url}/`);
    const after = await readCaseForOfficer(scene.app.db, scene.app, caseId);
    expect(after?.document?.primaryIdentifier).toBe('ERIKSSON');
    expect(after?.checks.length).toBe(view?.checks.length);
    expect(await readLivePortrait(scene.app.db, scene.app, caseId)).not.toBeNull();
    expect(after?.decisions).toMatchObject([
      { kind: 'approve', outcome: 'approved', note: 'Same person.' },
    ]);
  });

  it('accepts a passport with an RSA chip', async () => {
    const passport = await passportOf(scene, { person: 'mai' });
    const review = await reviewCase(scene, { passport });
    expect(review.proofing.state).toMatchObject({
      step: 'review',
      document: { cloneCheck: 'passed' },
      register: { finding: 'agrees' },
    });
  });

  it('shows a case to its owner alone', async () => {
    const owner = await startCase(scene);
    const stranger = await startCase(scene);
    for (const path of ['', '/status', '/chip', '/portrait', '/withdrawal'])
      expect((await stranger.walker.get(`/cases/${owner.caseId}${path}`)).status).toBe(404);
    for (const path of ['hand-offs', 'portraits', 'withdrawal', 'reopenings'])
      expect((await stranger.walker.post(`/cases/${owner.caseId}/${path}`)).status).toBe(404);
    expect((await caseOf(scene, owner.caseId)).state.step).toBe('document');
  });
});
