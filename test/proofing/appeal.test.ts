import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CaseId } from '../../src/lib/ids.ts';
import { signUp, signUpOfficer, waitForMail } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { atCounter, counterCode, decideOnPage, inspectByHand, openAtCounter } from './papers.ts';
import { reviewCase } from './review.ts';
import { passportOf, startScene, waitForStep } from './scene.ts';
import type { Scene } from './scene.ts';

let scene: Scene;
type Staff = Omit<SignedIn, 'email'>;
let officer: Staff;
let other: Staff;
let strangers = 0;

beforeAll(async () => {
  scene = await startScene();
  officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  other = await signUpOfficer(scene, { name: 'Prasert', roles: ['officer'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody whom an officer met in person, and refused. */
async function refusedAtCounter() {
  const person = await signUp(scene, { email: `refused${(strangers += 1)}@example.org` });
  const caseId = await openAtCounter(officer, await counterCode(person));
  await inspectByHand(officer, caseId, 'anna');
  await waitForStep(scene, caseId as CaseId, ({ state }) => state.step === 'review');
  const decided = await decideOnPage(officer, caseId, {
    reason: 'document_doubtful',
    note: 'Internal: the glue smells.',
    told: 'The second page shows traces of glue.',
  });
  expect(decided.status).toBe(302);
  return { person, caseId };
}

async function refusedRemotely(at: number) {
  const documentNumber = `APP00000${at}`;
  const person = await reviewCase(scene, {
    passport: await passportOf(scene, { documentNumber }),
  });
  await decideOnPage(officer, person.caseId, { reason: 'face_differs' });
  return { person, caseId: person.caseId };
}

async function appeal(person: SignedIn, caseId: string) {
  await person.walker.get(`/cases/${caseId}/appeal`);
  await person.walker.post(`/cases/${caseId}/appeal`, {
    statement: 'The page was wet on a boat, and nobody glued anything.',
  });
  const row = await scene.app.db('appeals').where({ case_id: caseId }).first('id', 'due_at');
  return row as { id: string; due_at: Date };
}

const decide = async (staff: Staff, id: string, fields: Record<string, string>) => {
  await staff.walker.get(`/console/appeals/${id}`);
  return staff.walker.post(`/console/appeals/${id}/decision`, fields);
};
const REASONS = 'The laboratory found salt water and no glue on the second page.';

describe('the written reasons', () => {
  it('go to a holder met in person, with legal basis, route and deadline, and never the internal note', async () => {
    const { person, caseId } = await refusedAtCounter();
    const page = await person.walker.get(`/cases/${caseId}`);
    expect(page.text).toContain(`/cases/${caseId}/letter`);
    const { text } = await person.walker.get(`/cases/${caseId}/letter`);
    for (const words of [
      'could not satisfy themselves that the document is genuine',
      'traces of glue',
      'section 37',
      'section 44',
      'You can appeal until',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('smells');
    const printed = await officer.walker.get(`/console/cases/${caseId}/letter`);
    expect(printed.text).toContain('traces of glue');
  });

  it('are not for somebody whom nobody met, nor for a stranger', async () => {
    const { person, caseId } = await refusedRemotely(1);
    expect((await person.walker.get(`/cases/${caseId}/letter`)).status).toBe(404);
    const page = await person.walker.get(`/cases/${caseId}`);
    expect(page.text).not.toMatch(/\/letter|compared your face/);
    const met = await refusedAtCounter();
    expect((await person.walker.get(`/cases/${met.caseId}/letter`)).status).toBe(404);
    expect((await person.walker.get(`/cases/${met.caseId}/appeal`)).status).toBe(404);
  });

  it('are told of somebody turned away before the face was compared by the category alone', async () => {
    const person = await signUp(scene, { email: `refused${(strangers += 1)}@example.org` });
    const caseId = await openAtCounter(officer, await counterCode(person));
    expect((await decideOnPage(officer, caseId, { reason: 'document_doubtful' })).status).toBe(302);
    // It is over: nothing more is recorded.
    const late = await atCounter(officer, caseId, 'face', { same: 'yes' });
    expect(late.location).toBe(`/console/cases/${caseId}`);
    expect((await person.walker.get(`/cases/${caseId}/letter`)).status).toBe(404);
  });
});

describe('an appeal', () => {
  it('runs against a clock, is decided by another officer, and sets a refusal aside', async () => {
    const { person, caseId } = await refusedAtCounter();
    const { id, due_at: dueAt } = await appeal(person, caseId);
    expect(Math.round((dueAt.getTime() - Date.now()) / 86_400_000)).toBe(30);
    await waitForMail(scene.url, person.email, ({ subject }) => subject.includes('appeal'));
    expect((await other.walker.get('/console/appeals')).text).toContain(id);
    const given = { outcome: 'upheld', reasons: REASONS, holder_verified: 'yes' };
    const self = await decide(officer, id, given);
    expect([self.status, self.text.includes('for another officer')]).toEqual([409, true]);
    expect((await decide(other, id, given)).status).toBe(302);
    expect((await decide(other, id, { ...given, outcome: 'dismissed' })).status).toBe(409);
    const page = await person.walker.get(`/cases/${caseId}`);
    expect(page.text).toContain('Your appeal was upheld');
    expect((await person.walker.get(`/cases/${caseId}/letter`)).text).toContain('salt water');
  });

  it('lets a holder who was never met read the reasons only where the officer was sure of them', async () => {
    const unsure = await refusedRemotely(2);
    const first = await appeal(unsure.person, unsure.caseId);
    await decide(other, first.id, { outcome: 'dismissed', reasons: REASONS });
    expect((await unsure.person.walker.get(`/cases/${unsure.caseId}/letter`)).status).toBe(404);
    const sure = await refusedRemotely(3);
    const second = await appeal(sure.person, sure.caseId);
    await decide(other, second.id, {
      outcome: 'dismissed',
      reasons: REASONS,
      holder_verified: 'yes',
    });
    expect((await sure.person.walker.get(`/cases/${sure.caseId}/letter`)).text).toContain('salt');
  });

  it('needs words, is filed once, and not after its time', async () => {
    const { person, caseId } = await refusedRemotely(4);
    await person.walker.get(`/cases/${caseId}/appeal`);
    const empty = await person.walker.post(`/cases/${caseId}/appeal`, { statement: ' no ' });
    expect(empty.status).toBe(422);
    const without = await person.walker.post(`/cases/${caseId}/appeal`, {});
    expect(without.status).toBe(422);
    await appeal(person, caseId);
    await person.walker.post(`/cases/${caseId}/appeal`, { statement: 'Once more, with feeling.' });
    expect(await scene.app.db('appeals').where({ case_id: caseId })).toHaveLength(1);

    const late = await refusedRemotely(5);
    const sent = { statement: 'I was at sea for a long time.' };
    await late.person.walker.get(`/cases/${late.caseId}/appeal`);
    await scene.app
      .db('cases')
      .where({ id: late.caseId })
      .update({ closed_at: new Date(Date.now() - 16 * 86_400_000) });
    await late.person.walker.post(`/cases/${late.caseId}/appeal`, sent);
    expect(await scene.app.db('appeals').where({ case_id: late.caseId })).toHaveLength(0);
  });

  it('is not decided without reasons', async () => {
    const { person, caseId } = await refusedRemotely(6);
    const { id } = await appeal(person, caseId);
    for (const fields of [{ outcome: 'upheld', reasons: '' }, { reasons: REASONS }])
      expect((await decide(other, id, fields as Record<string, string>)).status).toBe(422);
  });
});
