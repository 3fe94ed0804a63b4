import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expireCase, remindCase } from '../../src/proofing/expire-case.ts';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { readLivePortrait } from '../../src/proofing/officer-view.ts';
import { judgePicture } from '../../src/proofing/portrait-quality.ts';
import { openCase as openCaseDirectly } from '../../src/proofing/start-case.ts';
import { mailsTo, newWalker, signIn, signUp, waitForMail } from '../walk.ts';
import type { Scene } from './scene.ts';
import { readChip } from './phone.ts';
import { reviewCase } from './review.ts';
import {
  caseOf,
  livePicture,
  openCase,
  passportOf,
  startCase,
  startScene,
  takePortrait,
} from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});
afterEach(() => {
  vi.useRealTimers();
});

const plain = (width: number, height: number, grey: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .jpeg()
    .toBuffer();

describe('beginning', () => {
  it('needs to be signed in, and both consents', async () => {
    const nobody = newWalker(scene.url);
    const away = await nobody.get('/proofing?return_to=/interaction/abc');
    expect(away.location).toContain('/sign-in?return_to=');
    const { walker } = await signUp(scene, { email: 'consent@example.org' });
    const page = await walker.get('/proofing?return_to=/interaction/abc');
    expect(page.text).toContain('value="/interaction/abc"');
    const missing = await walker.post('/cases', { consent: 'yes', return_to: '/interaction/abc' });
    expect(missing.status).toBe(422);
    expect(missing.text).toContain('Agree to the comparison of your face to go on.');
    expect(missing.text).toContain('value="/interaction/abc"');
    expect(missing.text).toMatch(/name="consent"[^>]*checked/);
    expect(missing.text).toContain('href="#field-biometric_consent"');
  });

  it('twice is beginning once, and remembers where the person came from last', async () => {
    const person = await startCase(scene, { returnTo: '/interaction/one' });
    const again = await person.walker.post('/cases', { return_to: '/interaction/two' });
    expect(again.location).toBe(`/cases/${person.caseId}`);
    expect((await caseOf(scene, person.caseId)).returnTo).toBe('/interaction/two');
    const resumed = await person.walker.get('/proofing');
    expect(resumed.text).toContain('You have already begun');
  });

  it('on several nodes at once opens one case', async () => {
    const { accountId } = await signUp(scene, { email: 'race@example.org' });
    const opened = await Promise.all(
      Array.from({ length: 5 }, () => openCaseDirectly(scene.app, { accountId, returnTo: null })),
    );
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  });

  it('never leads to another site', async () => {
    for (const returnTo of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      const person = await startCase(scene, { returnTo });
      const { returnTo: kept } = await caseOf(scene, person.caseId);
      expect(kept === null || /^\/(?![/\\])/.test(kept)).toBe(true);
    }
  });
});

describe('the live picture', () => {
  it('is refused with its reason, and may be taken again', async () => {
    const person = await startCase(scene);
    await readChip(scene, person, await passportOf(scene));
    const bad: [Buffer, string][] = [
      [await plain(960, 1280, 10), 'It is too dark.'],
      [await plain(960, 1280, 250), 'There is too much light.'],
      [await plain(960, 1280, 128), 'There is nothing to see'],
      [
        await sharp(await livePicture())
          .resize({ width: 300 })
          .jpeg()
          .toBuffer(),
        'too small',
      ],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'No picture arrived.'],
      [Buffer.from('GIF89a not an image'), 'No picture arrived.'],
      [Buffer.alloc(0), 'No picture arrived.'],
    ];
    for (const [bytes, words] of bad) {
      const answer = await takePortrait(person, bytes);
      expect([answer.status, words, answer.text.includes(words)]).toEqual([422, words, true]);
    }
    expect((await takePortrait(person, await livePicture())).status).toBe(303);
  });

  it('is refused when it is larger than 8 MiB, before it is kept', async () => {
    const person = await startCase(scene);
    await readChip(scene, person, await passportOf(scene));
    const large = Buffer.concat([await livePicture(), Buffer.alloc(8 * 1024 * 1024)]);
    expect((await takePortrait(person, large)).status).toBe(413);
    const kinds = (await listExaminations(scene.app.db, person.caseId)).map(({ kind }) => kind);
    expect(kinds).not.toContain('portrait');
  });

  it('sent twice is one picture, re-encoded and without what the camera wrote into it', async () => {
    const person = await startCase(scene);
    await readChip(scene, person, await passportOf(scene));
    const exif = { IFD0: { Copyright: 'canary-exif' } };
    const bytes = await sharp(await livePicture())
      .withExif(exif)
      .jpeg()
      .toBuffer();
    expect(bytes.includes('canary-exif')).toBe(true);
    const [first, second] = [await takePortrait(person, bytes), await takePortrait(person, bytes)];
    expect([first.status, second.status]).toEqual([303, 303]);
    const portraits = (await listExaminations(scene.app.db, person.caseId)).filter(
      ({ kind }) => kind === 'portrait',
    );
    expect(portraits).toHaveLength(1);
    const kept = await readLivePortrait(scene.app.db, scene.app, person.caseId);
    expect(kept?.includes('canary-exif')).toBe(false);
    const rows = await scene.app
      .db('case_evidence')
      .where({ kind: 'live_portrait' })
      .select('content');
    for (const { content } of rows as { content: Buffer }[])
      expect(content.subarray(0, 2).toString('hex')).not.toBe('ffd8');
  });

  it('of more than 40 megapixels is refused by its header alone', async () => {
    const huge = await sharp({
      create: { width: 7000, height: 6000, channels: 3, background: '#777' },
    })
      .png()
      .toBuffer();
    expect(await judgePicture(huge)).toEqual({ ok: false, problem: 'too_many_pixels' });
  });

  it('may be sent as a PNG, and in no other form', async () => {
    const picture = sharp(await livePicture());
    expect((await judgePicture(await picture.clone().png().toBuffer())).ok).toBe(true);
    expect(await judgePicture(await picture.clone().webp().toBuffer())).toEqual({
      ok: false,
      problem: 'not_a_picture',
    });
  });
});

describe('going back, ending and expiring', () => {
  it('wipes what became stale, and asks the register anew for the next reading', async () => {
    const review = await reviewCase(scene);
    const { walker, caseId } = review;
    await walker.get(`/cases/${caseId}`);
    const back = await walker.post(`/cases/${caseId}/reopenings`, { step: 'document' });
    expect(back.location).toBe(`/cases/${caseId}/chip`);
    const examinations = await listExaminations(scene.app.db, caseId);
    expect(examinations.map(({ wipedAt }) => wipedAt !== null)).toEqual([true, true, true]);
    const left = await scene.app
      .db('case_evidence')
      .whereIn(
        'examination_id',
        examinations.map(({ id }) => id),
      )
      .whereNotNull('content')
      .select('id');
    expect(left).toEqual([]);
    const mai = await passportOf(scene, { person: 'mai' });
    const again = await reviewCase(scene, { person: review, passport: mai });
    expect(again.proofing.state).toMatchObject({ step: 'review', register: { finding: 'agrees' } });
  });

  it('ends a case at its holder’s word, once', async () => {
    const { walker, caseId } = await startCase(scene);
    expect((await walker.get(`/cases/${caseId}/withdrawal`)).text).toContain('End this case?');
    await walker.post(`/cases/${caseId}/withdrawal`);
    const after = await caseOf(scene, caseId);
    await walker.post(`/cases/${caseId}/withdrawal`);
    expect(await caseOf(scene, caseId)).toEqual(after);
    expect((await walker.get(`/cases/${caseId}`)).text).toContain('You ended this case');
  });

  it('is reminded of three days before its end, once, and not when nothing is left to do', async () => {
    const person = await startCase(scene);
    const remind = () => remindCase({ caseId: person.caseId }, scene.app);
    const { expiresAt } = await caseOf(scene, person.caseId);
    vi.useFakeTimers({ toFake: ['Date'], now: expiresAt.getTime() - 3 * 86_400_000 });
    await Promise.all([remind(), remind()]);
    vi.useRealTimers();
    const mail = await waitForMail(scene.url, person.email, ({ subject }) =>
      subject.includes('ends soon'),
    );
    expect(mail.text).toContain(`/cases/${person.caseId}`);
    const sent = await mailsTo(scene.url, person.email);
    expect(sent.filter(({ subject }) => subject.includes('ends soon'))).toHaveLength(1);
    const done = await startCase(scene);
    await done.walker.post(`/cases/${done.caseId}/withdrawal`);
    await remindCase({ caseId: done.caseId }, scene.app);
    const none = await mailsTo(scene.url, done.email);
    expect(none.filter(({ subject }) => subject.includes('ends soon'))).toEqual([]);
  });

  it('is gone on with on another device, where it stands', async () => {
    const person = await startCase(scene);
    const passport = await passportOf(scene, { documentNumber: 'DEVICE002' });
    await readChip(scene, person, passport);
    const other = newWalker(scene.url);
    await signIn(other, person.device);
    expect((await other.get('/home')).text).toContain(`/cases/${person.caseId}`);
    const begun = await other.get('/proofing');
    expect(begun.text).toContain('You have already begun');
    const overview = await other.get(`/cases/${person.caseId}`);
    expect(overview.text).toContain('on any device');
    expect(overview.text).toContain(`/cases/${person.caseId}/portrait`);
    const there = { ...person, walker: other };
    expect((await takePortrait(there, await livePicture())).status).toBe(303);
    expect((await person.walker.get(`/cases/${person.caseId}`)).text).not.toContain('/portrait"');
  });

  it('expires after 30 days, and another can be begun', async () => {
    const person = await startCase(scene);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 29 * 86_400_000 });
    await expireCase({ caseId: person.caseId }, scene.app);
    expect((await caseOf(scene, person.caseId)).state.step).toBe('document');
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    const next = await openCaseDirectly(scene.app, { accountId: person.accountId, returnTo: null });
    expect(next.id).not.toBe(person.caseId);
    expect((await caseOf(scene, person.caseId)).state.step).toBe('expired');
    await expireCase({ caseId: person.caseId }, scene.app);
  });
});

it('speaks Thai to who reads Thai', async () => {
  const { walker } = await signUp(scene, { email: 'thai@example.org', lang: 'th' });
  expect((await walker.get('/proofing')).text).toContain('พิสูจน์ตัวตนของคุณ');
  const caseId = await openCase({ walker } as Parameters<typeof openCase>[0]);
  for (const path of ['', '/chip', '/withdrawal'])
    expect((await walker.get(`/cases/${caseId}${path}`)).text).toContain('lang="th"');
});
