import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { findFaces } from '../../src/lib/faces/find-faces.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import type { CaseId } from '../../src/lib/ids.ts';
import { onFile } from '../../src/proofing/case.ts';
import { cutPrintedPortrait } from '../../src/proofing/cut-printed-portrait.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { listChecks } from '../../src/proofing/examination-store.ts';
import type { FacePair, FaceStatement } from '../../src/proofing/matcher-port.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import { pagePhoto } from './papers.ts';
import { caseOf, livePicture, startScene, takePortrait, waitForStep } from './scene.ts';

/**
 * The portrait in a photo of a data page, held against the live picture. Whoever sends the photo may have painted on it: a
 * matcher's word about it must bind nobody, neither for nor against the holder.
 */
const scene = await startScene();
const officer = await signUpOfficer(scene, { name: 'Wipa', roles: ['officer'] });
const officerId = OfficerId.parse(officer.accountId)!;

const asked: FacePair[] = [];
let word: FaceStatement;
const matcher = { name: 'acme', version: '2' };
Object.assign(scene.app, {
  matcher: {
    compare: (pair: FacePair) => {
      asked.push(pair);
      return Promise.resolve(word);
    },
    terms: { similarityMin: 0.8, attackMin: 0.5, approved: ['acme/2'] },
  },
});
beforeEach(() => {
  asked.length = 0;
});

let strangers = 0;

/** Somebody in review with a photo of this page and a live picture. */
async function inReview(photo: Buffer): Promise<CaseId> {
  strangers += 1;
  const { walker, ...person } = await signUp(scene, { email: `printed${strangers}@example.org` });
  await walker.get('/proofing?document=passport');
  const start = { consent: 'yes', pathway: 'data_page', document: 'passport' };
  const opened = await walker.post('/cases', start);
  const caseId = /\/cases\/([\w-]+)\/page/.exec(opened.location ?? '')?.[1] as CaseId;
  await walker.get(`/cases/${caseId}/page`);
  const sent = await walker.postFiles(`/cases/${caseId}/pages`, {
    page: { name: 'page.jpg', type: 'image/jpeg', bytes: photo },
  });
  const { primaryIdentifier, secondaryIdentifier } = demoPeople.mai;
  const name = `${primaryIdentifier} ${secondaryIdentifier}`;
  await walker.get(sent.location!);
  await walker.post(sent.location!, { agrees: 'yes', name });
  await walker.get(`/cases/${caseId}/holder`);
  await walker.post(`/cases/${caseId}/face-consent`, { biometric_consent: 'yes' });
  await takePortrait({ walker, ...person, caseId }, await livePicture('mai'));
  await waitForStep(scene, caseId, ({ state }) => state.step === 'review');
  return caseId;
}

async function wordOnRecord(caseId: CaseId) {
  const { portrait } = onFile((await caseOf(scene, caseId)).state);
  for (let tries = 0; tries < 200; tries += 1) {
    const checks = await listChecks(scene.app.db, portrait!.examinationId);
    const printed = checks.find(({ name }) => name === 'face_match_printed');
    if (printed?.reason !== 'matcher_waiting') return checks;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The faces stay uncompared.');
}

const outcomeOf = (checks: Awaited<ReturnType<typeof wordOnRecord>>, wanted: string) =>
  checks.find(({ name }) => name === wanted);

async function approve(caseId: CaseId) {
  return decideCase(scene.app, {
    caseId,
    officerId,
    expectedVersion: (await caseOf(scene, caseId)).version,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: null,
  });
}

/** The page with its portrait painted over. */
async function faceless(): Promise<Buffer> {
  const photo = await pagePhoto('mai');
  const { width, height } = await sharp(photo).metadata();
  const [w, h] = [Math.round(width * 0.34), Math.round(height * 0.52)];
  const create = { width: w, height: h, channels: 3 as const, background: '#c8ccd0' };
  const patch = await sharp({ create }).png().toBuffer();
  const at = { left: Math.round(width * 0.04), top: Math.round(height * 0.17) };
  return sharp(photo)
    .composite([{ input: patch, ...at }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

describe('the portrait printed on a data page', () => {
  it('is cut out of the photo, one face and most of the frame, and nothing where there is none', async () => {
    const cut = await cutPrintedPortrait(await pagePhoto('mai'));
    const found = await findFaces(cut!);
    expect(found.ok && found.faces).toHaveLength(1);
    const { width, height } = await sharp(cut!).metadata();
    expect(height / width).toBeGreaterThan(1.1);
    expect(await cutPrintedPortrait(await faceless())).toBeNull();
    expect(await cutPrintedPortrait(Buffer.from('no photo'))).toBeNull();
  });

  it('that matches is on record, and leaves the case to an officer all the same', async () => {
    word = { kind: 'compared', similarity: 0.95, attack: 0.02, matcher };
    const caseId = await inReview(await pagePhoto('mai'));
    const checks = await wordOnRecord(caseId);
    expect(outcomeOf(checks, 'face_match_printed')?.outcome).toBe('passed');
    expect(outcomeOf(checks, 'face_match')).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect((await findFaces(asked[0]!.document)).ok).toBe(true);
    expect((await caseOf(scene, caseId)).state.step).toBe('review');
    const shown = await officer.walker.get(`/console/cases/${caseId}`);
    expect(shown.text).toContain('the face as printed on the page');
  });

  it('that differs warns the officer, who may still approve', async () => {
    word = { kind: 'compared', similarity: 0.1, attack: 0.02, matcher };
    const caseId = await inReview(await pagePhoto('mai'));
    expect(outcomeOf(await wordOnRecord(caseId), 'face_match_printed')?.outcome).toBe('warned');
    expect(await approve(caseId)).toMatchObject({ outcome: 'approved' });
  });

  it('does not excuse an attack on the live picture', async () => {
    word = { kind: 'compared', similarity: 0.95, attack: 0.9, matcher };
    const caseId = await inReview(await pagePhoto('mai'));
    expect(outcomeOf(await wordOnRecord(caseId), 'attack_detection')?.outcome).toBe('failed');
    expect(await approve(caseId)).toEqual({
      ok: false,
      reason: 'not_decidable',
      blockers: ['attack_detected'],
    });
  });

  it('that is not found is not asked about, and the record says so', async () => {
    const caseId = await inReview(await faceless());
    const printed = outcomeOf(await wordOnRecord(caseId), 'face_match_printed');
    expect(printed).toMatchObject({ outcome: 'unknown', reason: 'printed_portrait_not_found' });
    expect(asked).toHaveLength(0);
  });
});
