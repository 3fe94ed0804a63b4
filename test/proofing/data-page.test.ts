import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPersonKey } from '../../src/dev/demo-people.ts';
import { personAssurance } from '../../src/assurance/person.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import type { CaseId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { listOpenCases } from '../../src/proofing/officer-queue.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { mailsTo, signUp, signUpOfficer, waitForCode, waitForMail } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { counterCode, decideOnPage, inspectByHand, openAtCounter, pagePhoto } from './papers.ts';
import { caseOf, livePicture, startScene, takePortrait, waitForStep } from './scene.ts';
import type { Scene } from './scene.ts';

let scene: Scene;
let strangers = 0;

beforeAll(async () => {
  scene = await startScene();
});
afterEach(() => {
  vi.useRealTimers();
});

async function begin(): Promise<SignedIn & { caseId: CaseId }> {
  const person = await signUp(scene, { email: `page${(strangers += 1)}@example.org` });
  await person.walker.get('/proofing?document=passport');
  const opened = await person.walker.post('/cases', {
    consent: 'yes',
    pathway: 'data_page',
    document: 'passport',
  });
  const caseId = /\/cases\/([\w-]+)\/page/.exec(opened.location ?? '')?.[1] as CaseId;
  return { ...person, caseId };
}

type Applicant = Awaited<ReturnType<typeof begin>>;

async function sendPage({ walker, caseId }: Applicant, bytes: Buffer) {
  await walker.get(`/cases/${caseId}/page`);
  return walker.postFiles(`/cases/${caseId}/pages`, {
    page: { name: 'page.jpg', type: 'image/jpeg', bytes },
  });
}

/** Photo, confirmation, and the register's answer. */
async function beginTo(person: DemoPersonKey, name?: string): Promise<Applicant> {
  const applicant = await begin();
  const sent = await sendPage(applicant, await pagePhoto(person));
  expect(sent.location).toBe(`/cases/${applicant.caseId}/confirmation`);
  const { primaryIdentifier, secondaryIdentifier } = demoPeople[person];
  await applicant.walker.get(sent.location!);
  await applicant.walker.post(sent.location!, {
    agrees: 'yes',
    name: name ?? `${primaryIdentifier} ${secondaryIdentifier}`,
  });
  await waitForStep(
    scene,
    applicant.caseId,
    ({ state }) => 'register' in state && state.register?.status === 'answered',
  );
  return applicant;
}

async function askCode({ walker, caseId }: Applicant) {
  await walker.get(`/cases/${caseId}/holder`);
  const asked = await walker.post(`/cases/${caseId}/register-codes`);
  return { asked, page: await walker.get(`/cases/${caseId}/register-code`) };
}

const assuranceOf = async (person: SignedIn) => {
  const standing = await standingOf(scene.app.db, scene.app, person.accountId);
  return standing && personAssurance(standing, scene.app.clock.now()).identity;
};

const plain = (text: string) =>
  text.replace(/[\w-]{36}/g, 'id').replace(/value="[^"]*"|nonce="[^"]*"/g, '');

describe('a photo of the data page', () => {
  it('with a code from the address of the register is decided by the policy alone: IAL1, no number', async () => {
    const person = await beginTo('anna');
    const before = await mailsTo(scene.url, demoPeople.anna.email);
    const { page } = await askCode(person);
    expect(page.text).not.toContain('eriksson');
    const code = await waitForCode(scene.url, demoPeople.anna.email, before);
    const { walker, caseId } = person;
    const confirmed = await walker.post(`/cases/${caseId}/register-code`, { code });
    expect(confirmed.location).toBe(`/cases/${caseId}`);
    await waitForStep(scene, caseId, ({ state }) => state.step === 'approved');
    expect(await assuranceOf(person)).toMatchObject({ ial: 1, pathway: 'remote_code' });
    expect(await standingOf(scene.app.db, scene.app, person.accountId)).toMatchObject({
      idState: 'none',
    });
    expect((await walker.get(`/cases/${caseId}`)).text).toContain('gives no foreign-national ID');
    const decisions = await scene.app.db('case_decisions').where({ case_id: caseId });
    expect(decisions).toMatchObject([{ officer_id: null, reason: 'policy_met' }]);
    const told = await waitForMail(scene.url, person.email, ({ text }) =>
      text.includes('/freeze/'),
    );
    expect(told.subject).toContain('on record');

    // Whoever proves more at a counter takes the record over, and the former account is told.
    const holder = await signUp(scene, { email: 'holder@example.org' });
    const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
    const counter = await openAtCounter(officer, await counterCode(holder));
    await inspectByHand(officer, counter, 'anna');
    await waitForStep(scene, counter as CaseId, ({ state }) => state.step === 'review');
    await decideOnPage(officer, counter, { reason: 'holder_is_present' });
    expect(await assuranceOf(holder)).toMatchObject({ ial: 2 });
    expect((await assuranceOf(person))?.ial ?? 0).toBe(0);
    await waitForMail(scene.url, person.email, ({ subject }) => subject.includes('proven more'));
  });

  it('with a live picture waits for an officer', async () => {
    const person = await beginTo('mai');
    const base = `/cases/${person.caseId}`;
    // A code needs no face, so nobody has agreed to show one yet.
    await takePortrait(person, await livePicture('mai'));
    expect((await caseOf(scene, person.caseId)).state).toMatchObject({ portrait: null });
    expect((await person.walker.get(`${base}/portrait`)).location).toBe(`${base}/holder`);
    expect((await person.walker.post(`${base}/face-consent`)).status).toBe(422);
    const agreed = { biometric_consent: 'yes' };
    expect((await person.walker.post(`${base}/face-consent`, agreed)).location).toBe(
      `${base}/portrait`,
    );
    await takePortrait(person, await livePicture('mai'));
    const proofing = await waitForStep(
      scene,
      person.caseId,
      ({ state }) => state.step === 'review',
    );
    const queue = await listOpenCases(scene.app.db, scene.app);
    const row = queue.cases.find(({ id }) => id === person.caseId);
    expect(row).toMatchObject({ pathway: 'data_page', cloneCheck: 'no_chip' });
    expect(row?.attentionReasons).toContain('face_comparison');
    const officer = await signUpOfficer(scene, { name: 'Wipa', roles: ['officer'] });
    const shown = await officer.walker.get(`/console/cases/${person.caseId}`);
    expect(shown.text).toContain('/portraits/page');
    const decided = await decideCase(scene.app, {
      caseId: person.caseId,
      officerId: OfficerId.parse(officer.accountId)!,
      expectedVersion: proofing.version,
      decision: 'approve',
      reasonCode: 'face_matches',
      note: null,
    });
    expect(decided).toMatchObject({ outcome: 'approved' });
    expect(await assuranceOf(person)).toMatchObject({ ial: 1, pathway: 'remote_officer' });
  });

  it('goes to an officer where the typed name is another, and the typed one becomes no fact', async () => {
    const person = await beginTo('tomas', 'SOMEBODY ELSE');
    const before = await mailsTo(scene.url, demoPeople.tomas.email);
    await askCode(person);
    const code = await waitForCode(scene.url, demoPeople.tomas.email, before);
    await person.walker.post(`/cases/${person.caseId}/register-code`, { code });
    await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
    await vi.waitFor(async () => {
      const row = await scene.app.db('cases').where({ id: person.caseId }).first('review_reasons');
      expect(row.review_reasons).toContain('confirmation_differs');
    });
    expect((await caseOf(scene, person.caseId)).state.step).toBe('review');
    const officer = await signUpOfficer(scene, { name: 'Suda', roles: ['officer'] });
    const shown = await officer.walker.get(`/console/cases/${person.caseId}`);
    expect(shown.text).not.toContain('SOMEBODY');
    expect(shown.text).toContain('typed differs');
  });

  it('answers the same whether the register knows the document or not', async () => {
    const known = await beginTo('sukarno');
    // A register that knows this very document of another person: it contradicts, and nothing shows it.
    const unknown = await begin();
    await scene.register.remember('S00000017', { person: { nameAsRecorded: 'NOBODY AT ALL' } });
    const sent = await sendPage(unknown, await pagePhoto('sukarno'));
    await unknown.walker.get(sent.location!);
    await unknown.walker.post(sent.location!, { agrees: 'yes', name: 'SUKARNO' });
    await waitForStep(
      scene,
      unknown.caseId,
      ({ state }) => 'register' in state && state.register?.status === 'answered',
    );
    const answers = [];
    for (const person of [known, unknown]) {
      const { page } = await askCode(person);
      const wrong = await person.walker.post(`/cases/${person.caseId}/register-code`, {
        code: '000000',
      });
      answers.push([page.status, plain(page.text), wrong.status, plain(wrong.text)]);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('ends a code after five wrong tries', async () => {
    const person = await beginTo('mai');
    const before = await mailsTo(scene.url, demoPeople.mai.email);
    await askCode(person);
    const code = await waitForCode(scene.url, demoPeople.mai.email, before);
    const wrong = code === '000000' ? '000001' : '000000';
    const type = (digits: string) =>
      person.walker.post(`/cases/${person.caseId}/register-code`, { code: digits });
    for (let at = 0; at < 5; at++) expect((await type(wrong)).status).toBe(422);
    expect((await type(code)).status).toBe(422);
    expect((await caseOf(scene, person.caseId)).state.step).toBe('portrait');
  });

  it('says what to do about a picture that shows no page, and makes the guesser wait longer each time', async () => {
    const person = await begin();
    const grey = await sharp({
      create: { width: 1200, height: 900, channels: 3, background: '#888' },
    })
      .jpeg()
      .toBuffer();
    expect((await sendPage(person, Buffer.from('%PDF-1.7'))).text).toContain('no picture');
    const refused = await sendPage(person, grey);
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/Show the whole page|Hold still|Move closer/);
    await sendPage(person, grey);
    const third = await person.walker.get(`/cases/${person.caseId}/page`);
    expect(third.text).toContain('Please wait before the next photo');
    const examined = () =>
      scene.app.db('case_examinations').where({ case_id: person.caseId }).count('id as n').first();
    const soFar = Number((await examined())!.n);
    await sendPage(person, grey);
    expect(Number((await examined())!.n)).toBe(soFar);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16_000 });
    expect((await person.walker.get(`/cases/${person.caseId}/page`)).text).not.toContain(
      'Please wait',
    );
    expect(third.text).toContain('/proofing/counter');
  });

  it('is taken anew when the holder says that something differs', async () => {
    const person = await begin();
    const sent = await sendPage(person, await pagePhoto('anna'));
    await person.walker.get(sent.location!);
    const back = await person.walker.post(sent.location!, { agrees: 'no', name: 'X' });
    expect(back.location).toBe(`/cases/${person.caseId}/page?again=1`);
    const again = await sendPage(person, await pagePhoto('mai'));
    expect((await person.walker.get(again.location!)).text).toContain('NGUYEN');
  });
});
