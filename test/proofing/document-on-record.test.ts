import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPersonKey } from '../../src/dev/demo-people.ts';
import { CaseId, OfficerId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { findPersonByDocument } from '../../src/registry/find-persons.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { counterCode, decideOnPage, inspectByHand, openAtCounter, pagePhoto } from './papers.ts';
import { reviewCase } from './review.ts';
import {
  caseOf,
  livePicture,
  openCase,
  passportOf,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';

/**
 * A passport (state and number) is one person's. Whoever else comes with it, by whatever route and however well it is proven,
 * binds nothing: the case waits until somebody has settled whose it is. Its own holder keeps the number.
 */
const scene = await startScene();
const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
const officerId = OfficerId.parse(officer.accountId)!;

let visitors = 0;
const visitor = () => signUp(scene, { email: `holder${(visitors += 1)}@example.org` });
const inReview = (caseId: CaseId) =>
  waitForStep(scene, caseId, ({ state }) => state.step === 'review');
const numberOf = async ({ accountId }: SignedIn) =>
  (await standingOf(scene.app.db, scene.app, accountId))?.number() ?? null;

async function atCounterWith(visiting: SignedIn, document: DemoPersonKey): Promise<CaseId> {
  const caseId = CaseId.parse(await openAtCounter(officer, await counterCode(visiting)))!;
  await inspectByHand(officer, caseId, document);
  await inReview(caseId);
  await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
  return caseId;
}

async function byDataPage({ walker, ...person }: SignedIn, key: DemoPersonKey): Promise<CaseId> {
  await walker.get('/proofing?document=passport');
  const start = { consent: 'yes', pathway: 'data_page', document: 'passport' };
  const opened = await walker.post('/cases', start);
  const caseId = CaseId.parse(/\/cases\/([\w-]+)\/page/.exec(opened.location ?? '')?.[1])!;
  await walker.get(`/cases/${caseId}/page`);
  const page = { name: 'page.jpg', type: 'image/jpeg', bytes: await pagePhoto(key) };
  const sent = await walker.postFiles(`/cases/${caseId}/pages`, { page });
  const { primaryIdentifier, secondaryIdentifier } = demoPeople[key];
  await walker.get(sent.location!);
  const name = `${primaryIdentifier} ${secondaryIdentifier}`;
  await walker.post(sent.location!, { agrees: 'yes', name });
  await walker.get(`/cases/${caseId}/holder`);
  await walker.post(`/cases/${caseId}/face-consent`, { biometric_consent: 'yes' });
  await takePortrait({ walker, ...person, caseId }, await livePicture(key));
  await inReview(caseId);
  return caseId;
}

async function approve(caseId: CaseId) {
  const { version } = await caseOf(scene, caseId);
  return decideCase(scene.app, {
    caseId,
    officerId,
    expectedVersion: version,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: null,
  });
}

const held = { ok: true, outcome: 'held', hold: 'document_on_record' };

const holder = await visitor();
await atCounterWith(holder, 'tomas');
const number = await numberOf(holder);
const tomas = { issuingState: 'UTO', documentNumber: demoPeople.tomas.documentNumber };
const isStillHis = async () =>
  expect(await findPersonByDocument(scene.app.db, scene.app, tomas)).toMatchObject({
    accountId: holder.accountId,
  });

describe('a passport that is on record', () => {
  it('binds nothing to another account at a counter', async () => {
    const other = await visitor();
    const caseId = await atCounterWith(other, 'tomas');
    expect((await caseOf(scene, caseId)).state).toMatchObject({
      step: 'review',
      hold: 'document_on_record',
    });
    expect(await numberOf(other)).toBeNull();
    await isStillHis();
    // Whoever comes with it learns nothing of the one who has it.
    const told = (await other.walker.get(`/cases/${caseId}`)).text;
    expect(told).not.toContain('belongs');
    expect(told).not.toContain('on record');
  });

  it('binds nothing by its chip', async () => {
    const passport = await passportOf(scene, { person: 'tomas' });
    const other = await reviewCase(scene, { passport });
    expect(await approve(other.caseId)).toEqual(held);
    expect(await numberOf(other)).toBeNull();
    await isStillHis();
  });

  it('binds nothing by its data page, and takes nothing from the one who proved more', async () => {
    const other = await visitor();
    expect(await approve(await byDataPage(other, 'tomas'))).toEqual(held);
    expect(await standingOf(scene.app.db, scene.app, other.accountId)).toBeNull();
    await isStillHis();
  });

  it('is nobody’s renewal: somebody on record with their own cannot add it', async () => {
    const other = await visitor();
    await atCounterWith(other, 'sukarno');
    const own = await numberOf(other);
    const caseId = await atCounterWith(other, 'tomas');
    expect((await caseOf(scene, caseId)).state).toMatchObject({
      hold: 'document_on_record',
    });
    expect(await numberOf(other)).toBe(own);
    await isStillHis();
  });

  it('keeps its holder’s number where the holder proves it again', async () => {
    const caseId = await openCase(holder);
    const passport = await passportOf(scene, { person: 'tomas' });
    await reviewCase(scene, { passport, person: { ...holder, caseId } });
    expect(await approve(caseId)).toMatchObject({ ok: true, outcome: 'approved' });
    expect(await numberOf(holder)).toBe(number);
    expect(number).not.toBeNull();
  });
});
