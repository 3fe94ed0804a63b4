import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OfficerId } from '../../src/lib/ids.ts';
import { assignCase } from '../../src/proofing/assign-case.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import type { DecideResult, DecisionInput } from '../../src/proofing/decide-case.ts';
import { readEvidence } from '../../src/proofing/evidence.ts';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { listOpenCases } from '../../src/proofing/officer-queue.ts';
import { readCaseForOfficer, readLivePortrait } from '../../src/proofing/officer-view.ts';
import { signUpOfficer, waitForMail } from '../walk.ts';
import type { Scene } from './scene.ts';
import { reviewCase } from './review.ts';
import {
  caseOf,
  livePicture,
  openCase,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';

let scene: Scene;
let officerId: OfficerId;
let otherOfficerId: OfficerId;

beforeAll(async () => {
  scene = await startScene();
  const [one, two] = [
    await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] }),
    await signUpOfficer(scene, { name: 'Prasert', roles: ['officer'] }),
  ];
  officerId = OfficerId.parse(one.accountId)!;
  otherOfficerId = OfficerId.parse(two.accountId)!;
});
afterEach(() => {
  vi.useRealTimers();
});

let numbers = 0;

/** A case in review with a passport of its own: numbers that the register does not know agree with nobody, and contradict nobody. */
async function freshReview() {
  numbers += 1;
  const documentNumber = `D${String(numbers).padStart(8, '0')}`;
  const passport = await passportOf(scene, { documentNumber });
  return { passport, ...(await reviewCase(scene, { passport })) };
}

function decide(
  given: Pick<DecisionInput, 'caseId' | 'expectedVersion'> & Partial<DecisionInput>,
): Promise<DecideResult> {
  return decideCase(scene.app, {
    officerId,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: null,
    // All of them are Anna, with passports of other numbers: the officer has compared them, and they are others.
    settlement: { dismissed: 'all' },
    ...given,
  });
}

describe('deciding', () => {
  it('refuses a stale version and says which one is current', async () => {
    const { caseId, proofing } = await freshReview();
    const stale = await decide({ caseId, expectedVersion: proofing.version - 1 });
    expect(stale).toEqual({ ok: false, reason: 'stale_version', version: proofing.version });
    expect((await caseOf(scene, caseId)).state.step).toBe('review');
  });

  it('by two officers at once makes one decision', async () => {
    const { caseId, proofing } = await freshReview();
    const expectedVersion = proofing.version;
    const results = await Promise.all([
      decide({ caseId, expectedVersion }),
      decide({
        caseId,
        expectedVersion,
        officerId: otherOfficerId,
        decision: 'refuse',
        reasonCode: 'face_differs',
      }),
      decide({ caseId, expectedVersion, officerId: otherOfficerId }),
    ]);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(
      results.filter((result) => !result.ok && result.reason === 'stale_version'),
    ).toHaveLength(2);
    const view = await readCaseForOfficer(scene.app.db, scene.app, caseId);
    expect(view?.decisions).toHaveLength(1);
  });

  it('knows no case that is not there, and no reason of another decision', async () => {
    const { caseId, proofing } = await freshReview();
    const nowhere = '018f0000-0000-7000-8000-000000000000' as typeof caseId;
    expect(await decide({ caseId: nowhere, expectedVersion: 1 })).toMatchObject({
      reason: 'not_found',
    });
    const misfit = { reasonCode: 'face_differs' } as const;
    expect(await decide({ caseId, expectedVersion: proofing.version, ...misfit })).toMatchObject({
      reason: 'reason_does_not_fit',
    });
  });

  it('is nobody’s on themselves', async () => {
    const { caseId, proofing, accountId } = await freshReview();
    const self = OfficerId.parse(accountId)!;
    const expectedVersion = proofing.version;
    expect(await decide({ caseId, expectedVersion, officerId: self })).toMatchObject({
      reason: 'own_case',
    });
    for (const [by, to] of [
      [self, self],
      [officerId, self],
    ] as const)
      expect(
        await assignCase(scene.app, { caseId, officerId: by, expectedVersion, to }),
      ).toMatchObject({ reason: 'own_case' });
  });

  it('is not possible before everything is there', async () => {
    const { caseId } = await startCase(scene);
    const { version } = await caseOf(scene, caseId);
    for (const given of [
      {},
      { decision: 'refuse', reasonCode: 'face_differs' },
      { decision: 'ask_again', reasonCode: 'portrait_unclear' },
    ] as const)
      expect(await decide({ caseId, expectedVersion: version, ...given })).toMatchObject({
        ok: false,
        reason: 'not_decidable',
        blockers: ['not_in_review'],
      });
  });
});

describe('approving', () => {
  it('judges the chip anew: a passport that expired meanwhile is not approved', async () => {
    const { caseId, proofing, passport } = await freshReview();
    const expiry = Date.parse(`${passport.facts.dateOfExpiry}T00:00:00Z`);
    vi.useFakeTimers({ toFake: ['Date'], now: expiry + 2 * 86_400_000 });
    const result = await decide({ caseId, expectedVersion: proofing.version });
    expect(result).toMatchObject({ ok: false, reason: 'not_decidable' });
    expect(!result.ok && result.reason === 'not_decidable' && result.blockers).toEqual(
      expect.arrayContaining(['document_expired', 'case_expired', 'register_stale']),
    );
  });

  it('judges the chip anew: an anchor that is no longer trusted is not enough', async () => {
    const { caseId, proofing } = await freshReview();
    const { app } = scene;
    // Production trusts no anchor of the sandbox.
    const production = { ...app, config: { ...app.config, sandbox: false } };
    const result = await decideCase(production, {
      caseId,
      officerId,
      expectedVersion: proofing.version,
      decision: 'approve',
      reasonCode: 'face_matches',
      note: null,
    });
    expect(result).toMatchObject({ reason: 'not_decidable', blockers: ['document_not_genuine'] });
  });

  it('asks the register again when its word is older than a day, and the case comes back by itself', async () => {
    const { caseId, proofing } = await freshReview();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3_600_000 });
    const asked = await decide({ caseId, expectedVersion: proofing.version });
    expect(asked).toEqual({ ok: true, outcome: 'register_asked_again' });
    vi.useRealTimers();
    const back = await waitForStep(
      scene,
      caseId,
      ({ state, version }) => state.step === 'review' && version > proofing.version + 1,
    );
    expect(await decide({ caseId, expectedVersion: back.version })).toMatchObject({
      ok: true,
      outcome: 'approved',
    });
  });

  it('holds a case whose passport is another person’s already, and binds nothing', async () => {
    const first = await freshReview();
    await decide({ caseId: first.caseId, expectedVersion: first.proofing.version });
    const second = await reviewCase(scene, { passport: first.passport });
    const held = await decide({
      caseId: second.caseId,
      expectedVersion: second.proofing.version,
    });
    expect(held).toEqual({ ok: true, outcome: 'held', hold: 'document_on_record' });
    const view = await readCaseForOfficer(scene.app.db, scene.app, second.caseId);
    expect(view?.attentionReasons).toEqual(expect.arrayContaining(['held']));
    expect(view?.decisions).toMatchObject([{ outcome: 'held' }]);
    expect((await second.walker.get(`/cases/${second.caseId}`)).text).toContain('done your part');
    const again = await decide({ caseId: second.caseId, expectedVersion: view!.proofing.version });
    expect(again).toMatchObject({ outcome: 'held' });
  });
});

describe('asking again and refusing', () => {
  it('sends the applicant back to the camera with the reason, and forgets the picture', async () => {
    const person = await freshReview();
    const { caseId, proofing } = person;
    const asked = await decide({
      caseId,
      expectedVersion: proofing.version,
      decision: 'ask_again',
      reasonCode: 'portrait_not_live',
    });
    expect(asked).toEqual({ ok: true, outcome: 'asked_again' });
    const page = await person.walker.get(`/cases/${caseId}/portrait`);
    expect(page.text).toContain('not of a photo or a screen');
    const mail = await waitForMail(scene.url, person.email, ({ subject }) =>
      subject.includes('needed again'),
    );
    expect(mail.text).toContain(`${scene.url}/cases/${caseId}`);
    expect(await readLivePortrait(scene.app.db, scene.app, caseId)).toBeNull();
    const old = (await listExaminations(scene.app.db, caseId)).find(
      ({ kind }) => kind === 'portrait',
    );
    expect(old?.wipedAt).toBeInstanceOf(Date);
    const bytes = await readEvidence(scene.app.db, scene.app, { proofing, examinationId: old!.id });
    expect(bytes.size).toBe(0);
    await takePortrait(person, await livePicture());
    expect((await caseOf(scene, caseId)).state.step).toBe('review');
  });

  it('tells the refused a category and no more, and lets them begin anew', async () => {
    const person = await freshReview();
    const { caseId, proofing } = person;
    const refused = await decide({
      caseId,
      expectedVersion: proofing.version,
      decision: 'refuse',
      reasonCode: 'face_differs',
      note: 'Not the same nose.',
    });
    expect(refused).toEqual({ ok: true, outcome: 'refused' });
    const { text } = await person.walker.get(`/cases/${caseId}`);
    expect(text).toContain('We could not confirm your identity');
    expect(text).not.toMatch(/nose|face_differs/);
    const mail = await waitForMail(scene.url, person.email, ({ subject }) =>
      /confirm|identity|proof/i.test(subject),
    );
    expect(mail.text).not.toMatch(/nose|face/);
    expect(await openCase(person)).not.toBe(caseId);
  });
});

describe('the queue', () => {
  it('pages through all waiting cases once, oldest first', async () => {
    const reviews = [await freshReview(), await freshReview(), await freshReview()];
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listOpenCases>> = await listOpenCases(
        scene.app.db,
        scene.app,
        { after, limit: 2 },
      );
      expect(page.cases.length).toBeLessThanOrEqual(2);
      seen.push(...page.cases.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(new Set(seen).size).toBe(seen.length);
    const places = reviews.map(({ caseId }) => seen.indexOf(caseId));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    for (const nonsense of ['x', 'eyJhIjoxfQ', Buffer.from('["x","y"]').toString('base64url')])
      expect((await listOpenCases(scene.app.db, scene.app, { after: nonsense })).cases.length).toBe(
        seen.length,
      );
  });

  it('lets an officer take a case, after which its applicant can no longer go back', async () => {
    const person = await freshReview();
    const { caseId, proofing } = person;
    const taken = await assignCase(scene.app, {
      caseId,
      officerId,
      expectedVersion: proofing.version,
      to: officerId,
    });
    expect(taken).toEqual({ ok: true, version: proofing.version + 1 });
    await person.walker.get(`/cases/${caseId}`);
    await person.walker.post(`/cases/${caseId}/reopenings`, { step: 'portrait' });
    expect((await caseOf(scene, caseId)).state.step).toBe('review');
  });
});
