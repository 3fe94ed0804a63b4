import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { readLivePortrait } from '../../src/proofing/officer-view.ts';
import { judgePicture } from '../../src/proofing/portrait-quality.ts';
import { callReader, newKey, openSession, readChip, sendFiles, submit } from '../proofing/phone.ts';
import { reviewCase } from '../proofing/review.ts';
import {
  caseOf,
  linkOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  tokenOf,
  waitForStep,
} from '../proofing/scene.ts';
import type { Scene } from '../proofing/scene.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

/* Evidence that is swapped, borrowed, sent twice at once or more than it seems. */
let scene: Scene;
let officer: Pick<SignedIn, 'walker' | 'accountId'>;
beforeAll(async () => {
  scene = await startScene();
  officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
}, 60_000);

let numbers = 0;
const freshPassport = (): Promise<SandboxPassport> => {
  numbers += 1;
  return passportOf(scene, { documentNumber: `E${String(numbers).padStart(8, '0')}` });
};

const versionOn = (text: string) => /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';

describe('a chip', () => {
  it('whose files are another’s than the key that signs is a clone', async () => {
    const person = await startCase(scene);
    const own = await freshPassport();
    const stolen = await freshPassport();
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    await sendFiles(scene, phone, stolen.files);
    const { body } = await submit(scene, phone, own);
    expect(body).toMatchObject({ outcome: 'refused', refusal: 'clone_check_failed' });
  });

  it('put together from two genuine ones is altered', async () => {
    const person = await startCase(scene);
    const own = await freshPassport();
    const stolen = await freshPassport();
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const mixed = new Map(stolen.files).set('DG2', own.files.get('DG2')!);
    await sendFiles(scene, phone, mixed.set('DG15', own.files.get('DG15') ?? Buffer.from('x')));
    const { body } = await submit(scene, phone, own);
    expect(body.outcome).toBe('refused');
    expect((await caseOf(scene, person.caseId)).state.step).toBe('document');
  });

  it('opened by many phones at once is opened by one', async () => {
    const person = await startCase(scene);
    const token = tokenOf(await linkOf(person, person.caseId));
    const opened = await Promise.all(
      Array.from({ length: 8 }, () => callReader(scene, 'POST', 'sessions', { json: { token } })),
    );
    expect(opened.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(opened.filter(({ status }) => status === 409)).toHaveLength(7);
  });

  it('submitted many times at once is judged once', async () => {
    const person = await startCase(scene);
    const passport = await freshPassport();
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    await sendFiles(scene, phone, passport.files);
    const key = newKey();
    const answers = await Promise.all(
      [key, key, key, newKey(), newKey()].map((one) => submit(scene, phone, passport, one)),
    );
    expect(answers.some(({ body }) => body.outcome === 'accepted')).toBe(true);
    expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true);
    expect(await listExaminations(scene.app.db, person.caseId)).toHaveLength(1);
  });
});

describe('a live picture', () => {
  it('that is also something else is kept as a picture alone', async () => {
    const person = await startCase(scene);
    await readChip(scene, person, await freshPassport());
    const tail = Buffer.from('<script>alert(1)</script>PK\u0003\u0004canary-tail');
    const bytes = await sharp(await livePicture())
      .withExif({ IFD3: { GPSLatitude: '13/1 44/1 0/1', GPSLatitudeRef: 'N' } })
      .jpeg()
      .toBuffer();
    const sent = await takePortrait(person, Buffer.concat([bytes, tail]));
    expect(sent.status).toBe(303);
    const kept = await readLivePortrait(scene.app.db, scene.app, person.caseId);
    expect(kept!.includes('canary-tail')).toBe(false);
    const { exif, iptc, xmp } = await sharp(kept!).metadata();
    expect([exif, iptc, xmp]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"/>'],
    ['an SVG after a declaration', '<?xml version="1.0"?><svg width="900" height="900"/>'],
    ['a PDF', '%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj'],
    ['a TIFF', 'II*\u0000\u0008\u0000\u0000\u0000'],
    ['a GIF', 'GIF89a\u0001\u0000\u0001\u0000'],
    ['a page', '<!doctype html><img src=x onerror=alert(1)>'],
    ['the start of a JPEG and no more', '\u00ff\u00d8\u00ff\u00e0'],
    ['a JPEG that says nothing', `\u00ff\u00d8\u00ff${'\u0000'.repeat(4000)}`],
  ])('is refused when it is %s, by name or not', async (_what, text) => {
    expect(await judgePicture(Buffer.from(text, 'latin1'))).toEqual({
      ok: false,
      problem: 'not_a_picture',
    });
  });
});

describe('a case of somebody else', () => {
  it('is not there, whatever is asked of it', async () => {
    const victim = await reviewCase(scene, { passport: await freshPassport() });
    const thief = await signUp(scene, { email: 'idor@example.org' });
    const base = `/cases/${victim.caseId}`;
    for (const path of ['', '/status', '/chip', '/portrait', '/withdrawal'])
      expect([path, (await thief.walker.get(base + path)).status]).toEqual([path, 404]);
    for (const path of ['/hand-offs', '/reopenings', '/withdrawal'])
      expect([path, (await thief.walker.post(base + path, { step: 'document' })).status]).toEqual([
        path,
        404,
      ]);
    const taken = await thief.walker.postFiles(`${base}/portraits`, {
      portrait: { name: 'a.jpg', type: 'image/jpeg', bytes: await livePicture() },
    });
    expect(taken.status).toBe(404);
    expect((await caseOf(scene, victim.caseId)).state.step).toBe('review');
  });
});

describe('a decision', () => {
  it('on evidence that was swapped after the page was opened is refused', async () => {
    const person = await reviewCase(scene, { passport: await freshPassport() });
    const path = `/console/cases/${person.caseId}`;
    const shown = await officer.walker.get(path);
    await person.walker.post(`/cases/${person.caseId}/reopenings`, { step: 'portrait' });
    await takePortrait(person, await livePicture('mai'));
    await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
    const late = await officer.walker.post(`${path}/decision`, {
      version: versionOn(shown.text),
      reason: 'face_matches',
    });
    expect(late.status).toBe(409);
    expect((await caseOf(scene, person.caseId)).state.step).toBe('review');
  });

  it('posted many times at once is made once', async () => {
    const person = await reviewCase(scene, { passport: await freshPassport() });
    const path = `/console/cases/${person.caseId}`;
    const version = versionOn((await officer.walker.get(path)).text);
    const sent = { version, reason: 'face_matches' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => officer.walker.post(`${path}/decision`, sent)),
    );
    expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
    const decisions = await scene.app.db('case_decisions').where({ case_id: person.caseId });
    expect(decisions).toHaveLength(1);
  });

  it('shows the officer’s words, the register’s and the chip’s as text, never as markup', async () => {
    const attack = '<img src=x onerror=alert(1)>"\'&{{7*7}}$t(common.product.name)';
    const documentNumber = 'E99999901';
    await scene.register.remember(documentNumber, { person: { nameAsRecorded: attack } });
    const passport = await makePassport(scene.pki, {
      documentNumber,
      now: new Date(),
      person: {
        ...demoPeople.anna,
        printedPrimary: `\u202e${attack}`,
        placeOfBirth: '\u0007Zenith',
      },
    });
    const person = await reviewCase(scene, { passport });
    const path = `/console/cases/${person.caseId}`;
    const version = versionOn((await officer.walker.get(path)).text);
    const note = `${attack} of the officer`;
    await officer.walker.post(`${path}/decision`, { version, reason: 'face_differs', note });
    const { text } = await officer.walker.get(path);
    expect(text).not.toContain('<img src=x');
    expect(text.match(/[\u202A-\u202E]/)).toBeNull();
    expect(text.includes('\u0007')).toBe(false);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).toContain('{{7*7}}$t(common.product.name) of the officer');
  });
});

it('puts every look of an officer on record: the page shown with an error, and each portrait', async () => {
  const { caseId } = await reviewCase(scene, { passport: await freshPassport() });
  const path = `/console/cases/${caseId}`;
  const looks = async () => {
    const rows = await scene.app
      .db('audit_events')
      .where({ subject_id: caseId })
      .whereLike('action', 'admin.%')
      .select('action');
    return rows.map(({ action }) => action as string).toSorted();
  };
  await officer.walker.post(`${path}/decision`, { version: '0', reason: 'face_differs' });
  expect(await looks()).toEqual(['admin.case_opened']);
  await officer.walker.post(`${path}/decision`, { version: '0', reason: 'no such' });
  for (const which of ['chip', 'live']) await officer.walker.get(`${path}/portraits/${which}`);
  expect(await looks()).toEqual([
    'admin.case_opened',
    'admin.case_opened',
    'admin.portrait_opened',
    'admin.portrait_opened',
  ]);
});
