import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPerson } from '../../src/dev/demo-people.ts';
import type { AccountId, CaseId } from '../../src/lib/ids.ts';
import { guardiansOf, wardsOf } from '../../src/proofing/acting-for.ts';
import { ofAgeOn } from '../../src/proofing/guardianship.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { counterCode, decideOnPage, inspectByHand, openAtCounter } from './papers.ts';
import { startScene, waitForStep } from './scene.ts';
import type { Scene } from './scene.ts';

let scene: Scene;
let officer: Omit<SignedIn, 'email'>;
let guardian: SignedIn;

beforeAll(async () => {
  scene = await startScene();
  officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  guardian = await signUp(scene, { email: 'guardian@example.org' });
});

afterEach(() => {
  vi.useRealTimers();
});

const review = (caseId: string) =>
  waitForStep(scene, caseId as CaseId, ({ state }) => state.step === 'review');

/** Nobody of the demo is a child. */
const MINOR: DemoPerson = {
  ...demoPeople.tomas,
  secondaryIdentifier: 'JUN',
  dateOfBirth: '2018-05-04',
  documentNumber: 'C00000001',
};

async function prove(person: SignedIn, who: 'anna' | 'tomas' | DemoPerson, child?: string) {
  const caseId = await openAtCounter(officer, await counterCode(person, child));
  await inspectByHand(officer, caseId, who);
  await review(caseId);
  return caseId;
}

async function declare(): Promise<AccountId> {
  await guardian.walker.get('/children');
  const declared = await guardian.walker.post('/children', { basis: 'parent' });
  return /child=([\w-]+)/.exec(declared.location ?? '')?.[1] as AccountId;
}

describe('a guardian', () => {
  it('must be proven before acting for anybody', async () => {
    await guardian.walker.get('/children');
    const refused = await guardian.walker.post('/children', { basis: 'parent' });
    expect([refused.status, refused.text.includes('Prove who you are yourself')]).toEqual([
      422,
      true,
    ]);
  });

  it('has a child proven whose account needs no passkey, once an officer saw the paper', async () => {
    const own = await prove(guardian, 'anna');
    await decideOnPage(officer, own, { reason: 'holder_is_present' });
    const child = await declare();
    // Whoever agrees for somebody else must read for whom.
    for (const page of ['/proofing', '/proofing/counter'])
      expect((await guardian.walker.get(`${page}?child=${child}`)).text).toContain(
        'I agree, for the child',
      );
    const caseId = await prove(guardian, MINOR, child);
    expect((await guardian.walker.get(`/cases/${caseId}`)).status).toBe(200);
    const unseen = await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
    expect(unseen.text).toContain('Nobody has seen by what right the guardian acts');
    const sees = (how: string) =>
      officer.walker.post(`/console/cases/${caseId}/guardianship`, {
        how,
        document_number: 'B 7/2019',
      });
    expect((await sees('court_order')).status).toBe(400);
    expect((await sees('birth_certificate')).status).toBe(302);
    const { db } = scene.app;
    const [row] = await db('guardianships').where({ child_account_id: child });
    expect(row.document.toString('latin1')).not.toContain('B 7/2019');
    expect(await wardsOf(db, scene.app, guardian.accountId)).toEqual([]);

    const decided = await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
    expect(decided.status).toBe(302);
    const [link] = await wardsOf(db, scene.app, guardian.accountId);
    expect(link).toMatchObject({
      guardian: { accountId: guardian.accountId },
      child: { accountId: child },
      basis: 'parent',
      endsOn: '2038-05-04',
    });
    expect(await guardiansOf(db, scene.app, child)).toEqual([link]);
    expect(await db('passkeys').where({ account_id: child })).toEqual([]);
    expect((await guardian.walker.get('/children')).text).toContain('JUN');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2038-05-04T01:00:00Z') });
    expect(await wardsOf(db, scene.app, guardian.accountId)).toEqual([]);
    vi.useRealTimers();
  });

  it('opens no case for somebody of age, whatever the paper', async () => {
    const child = await declare();
    const caseId = await prove(guardian, 'tomas', child);
    await officer.walker.post(`/console/cases/${caseId}/guardianship`, {
      how: 'birth_certificate',
      document_number: 'B 8/2019',
    });
    const refused = await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
    expect(refused.text).toContain('must act for themselves');
  });

  it('acts for nobody else, and no stranger for theirs', async () => {
    const stranger = await signUp(scene, { email: 'stranger@example.org' });
    const child = await declare();
    for (const path of [`/proofing?child=${child}`, `/proofing/counter?child=${child}`])
      expect((await stranger.walker.get(path)).status).toBe(404);
    expect((await stranger.walker.post(`/children/${child}/end`)).status).toBe(404);
    await guardian.walker.get('/children');
    expect((await guardian.walker.post(`/children/${child}/end`)).status).toBe(303);
    expect((await guardian.walker.get(`/proofing?child=${child}`)).status).toBe(404);
  });
});

describe('acting for a child', () => {
  it.each([
    ['2019-05-04', '2039-05-04'],
    ['2020-02-29', '2040-02-29'],
    ['2012-XX-XX', '2032-12-31'],
    ['2012-04-XX', '2032-04-30'],
  ])('ends for somebody born %s on %s', (born, day) => {
    expect(ofAgeOn(born)).toBe(day);
  });
});
