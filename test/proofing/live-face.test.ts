import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { listChecks } from '../../src/proofing/examination-store.ts';
import { onFile } from '../../src/proofing/case.ts';
import { readCaseForOfficer } from '../../src/proofing/officer-view.ts';
import {
  caseOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';
import type { Applicant } from './scene.ts';
import { readChip } from './phone.ts';

/**
 * Our own look at the live picture: advice to whoever takes it, a finding for the officer. It must keep nobody out: a face that no
 * detector finds gets through, to an officer's eyes.
 */
const scene = await startScene();

let numbers = 0;
async function atPortrait(): Promise<Applicant> {
  numbers += 1;
  const person = await startCase(scene);
  const documentNumber = `T${String(numbers).padStart(8, '0')}`;
  await readChip(scene, person, await passportOf(scene, { documentNumber }));
  return person;
}

/** Sharp and well lit, and nobody in it. */
async function nobody(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="960"><rect width="720" height="960" fill="#b9c4c9"/><path d="M100 240h520v480H100z" fill="#6b4f3a"/><circle cx="400" cy="500" r="150" fill="#d9b38c"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

async function twoPeople(): Promise<Buffer> {
  const wall = { width: 1280, height: 960, channels: 3 as const, background: '#9aa' };
  const faces = [
    {
      input: await sharp(await livePicture('anna'))
        .resize({ height: 800 })
        .toBuffer(),
      left: 10,
      top: 100,
    },
    {
      input: await sharp(await livePicture('mai'))
        .resize({ height: 800 })
        .toBuffer(),
      left: 640,
      top: 100,
    },
  ];
  return sharp({ create: wall }).composite(faces).jpeg().toBuffer();
}

async function farAway(): Promise<Buffer> {
  const wall = { width: 600, height: 800, channels: 3 as const, background: '#9aa' };
  const input = await sharp(await livePicture())
    .resize({ height: 300 })
    .toBuffer();
  return sharp({ create: wall })
    .composite([{ input, left: 180, top: 200 }])
    .jpeg()
    .toBuffer();
}

async function send(
  { walker, caseId }: Applicant,
  bytes: Buffer,
  fields: { field?: 'portrait' | 'picture'; asItIs?: string } = {},
) {
  await walker.get(`/cases/${caseId}/portrait`);
  const files = { [fields.field ?? 'portrait']: { name: 'p.jpg', type: 'image/jpeg', bytes } };
  return walker.postFiles(
    `/cases/${caseId}/portraits`,
    files,
    fields.asItIs ? { as_it_is: fields.asItIs } : {},
  );
}

async function lookOnRecord({ caseId }: Applicant) {
  const { portrait } = onFile((await caseOf(scene, caseId)).state);
  const checks = await listChecks(scene.app.db, portrait!.examinationId);
  const { outcome, reason } = checks.find(({ name }) => name === 'one_face')!;
  return { outcome, reason };
}

describe('a live picture', () => {
  it('of one face is taken at once, and the record says so', async () => {
    const person = await atPortrait();
    expect((await takePortrait(person, await livePicture())).status).toBe(303);
    const { outcome, reason } = await lookOnRecord(person);
    expect(outcome).toBe('passed');
    expect(reason).toMatch(/^one_face 0\.\d\d, eyes \d+ px apart$/);
  });

  it.each([
    ['nobody', nobody, 'find a face in it'],
    ['two people', twoPeople, 'more than one face'],
    ['somebody far away', farAway, 'too small in it'],
  ])('of %s is not taken, and the page says why and offers a way past', async (_, make, words) => {
    const person = await atPortrait();
    const answer = await send(person, await make());
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('name="as_it_is"');
    expect((await caseOf(scene, person.caseId)).state.step).toBe('portrait');
  });

  it('offers no way past before anything was found, nor past a picture that cannot be used', async () => {
    const person = await atPortrait();
    const { text } = await person.walker.get(`/cases/${person.caseId}/portrait`);
    expect(text).not.toContain('as_it_is');
    const dark = await sharp(await livePicture())
      .linear(0.1)
      .jpeg()
      .toBuffer();
    const answer = await send(person, dark, { asItIs: 'yes' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('too dark');
    expect(answer.text).not.toContain('as_it_is');
  });

  it('is taken as it is where its sender says so, and an officer sees why', async () => {
    const person = await atPortrait();
    expect((await send(person, await nobody(), { asItIs: 'no' })).status).toBe(422);
    expect((await send(person, await nobody(), { asItIs: 'yes' })).status).toBe(303);
    expect(await lookOnRecord(person)).toEqual({ outcome: 'warned', reason: 'no_face' });
    await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
    const view = await readCaseForOfficer(scene.app.db, scene.app, person.caseId);
    expect(view?.checks).toContainEqual(
      expect.objectContaining({ source: 'portrait', name: 'one_face', outcome: 'warned' }),
    );
    expect(view?.approvalBlockers).not.toContain('face_doubtful');
  });

  it('from a file is looked at as well', async () => {
    const person = await atPortrait();
    const answer = await send(person, await nobody(), { field: 'picture' });
    expect(answer.status).toBe(422);
    expect(answer.text.match(/name="as_it_is"/g)).toHaveLength(1);
    expect(answer.text).toContain('<details class="ds-details" open>');
  });
});
