import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OfficerId } from '../../src/lib/ids.ts';
import { onFile } from '../../src/proofing/case.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { listChecks } from '../../src/proofing/examination-store.ts';
import { judgePicture } from '../../src/proofing/portrait-quality.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { signUpOfficer } from '../walk.ts';
import { readChip } from './phone.ts';
import {
  caseOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';
import type { Applicant, Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (seconds: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
};

let numbers = 0;
async function atPortrait(documentNumber?: string): Promise<Applicant> {
  numbers += 1;
  const number = documentNumber ?? `T${String(numbers).padStart(8, '0')}`;
  const person = await startCase(scene);
  await readChip(scene, person, await passportOf(scene, { documentNumber: number }));
  return person;
}
const stepOf = async ({ caseId }: Applicant) => (await caseOf(scene, caseId)).state.step;

describe('chip, portrait and passkey of one case', () => {
  it('belong within ten minutes: after that the passkey is asked for again', async () => {
    const person = await atPortrait();
    pass(601);
    const page = await person.walker.get(`/cases/${person.caseId}/portrait`);
    const again = `/sign-in?again=1&return_to=${encodeURIComponent(`/cases/${person.caseId}/portrait`)}`;
    expect(page).toMatchObject({ status: 302, location: again });
    const sent = await person.walker.postFiles(`/cases/${person.caseId}/portraits`, {
      portrait: { name: 'portrait.jpg', type: 'image/jpeg', bytes: await livePicture() },
    });
    expect(sent).toMatchObject({ status: 303, location: again });
    expect(await stepOf(person)).toBe('portrait');
  });

  it('and then the chip: a fresh passkey does not bring an old reading back', async () => {
    const person = await atPortrait();
    pass(601);
    await scene.app.db('sessions').update({ auth_time: new Date() });
    const { text } = await person.walker.get(`/cases/${person.caseId}/portrait`);
    expect(text).toContain('Your passport comes first, once more');
    expect(text).not.toContain('data-camera');
    const sent = await takePortrait(person, await livePicture());
    expect(sent.status).toBe(409);
    expect(await stepOf(person)).toBe('portrait');
    const back = await person.walker.post(`/cases/${person.caseId}/reopenings`, {
      step: 'document',
    });
    expect(back.location).toBe(`/cases/${person.caseId}/chip`);
    await readChip(scene, person, await passportOf(scene, { documentNumber: 'T00000002' }));
    expect((await takePortrait(person, await livePicture())).status).toBe(303);
  });

  it('hold just before the ten minutes are over', async () => {
    const person = await atPortrait();
    pass(590);
    expect((await takePortrait(person, await livePicture())).status).toBe(303);
  });

  it('need no other reading when an officer asks for the picture alone', async () => {
    const person = await atPortrait();
    await takePortrait(person, await livePicture());
    const { version } = await waitForStep(
      scene,
      person.caseId,
      ({ state }) => state.step === 'review',
    );
    const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
    await decideCase(scene.app, {
      caseId: person.caseId,
      officerId: OfficerId.parse(officer.accountId)!,
      expectedVersion: version,
      decision: 'ask_again',
      reasonCode: 'portrait_unclear',
      note: null,
    });
    pass(3000);
    await scene.app.db('sessions').update({ auth_time: new Date() });
    expect((await takePortrait(person, await livePicture())).status).toBe(303);
  });
});

describe('a picture from a file', () => {
  const upload = async ({ walker, caseId }: Applicant, bytes: Buffer) => {
    await walker.get(`/cases/${caseId}/portrait`);
    return walker.postFiles(`/cases/${caseId}/portraits`, {
      picture: { name: 'me.jpg', type: 'image/jpeg', bytes },
    });
  };

  it('is taken where there is no camera, is marked, and never carries more than IAL1', async () => {
    const person = await atPortrait('L898902C3');
    expect((await upload(person, await livePicture())).status).toBe(303);
    const { state, version } = await waitForStep(
      scene,
      person.caseId,
      ({ state: { step } }) => step === 'review',
    );
    const checks = await listChecks(scene.app.db, onFile(state).portrait!.examinationId);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'capture', outcome: 'warned', reason: 'uploaded' }),
    );
    const officer = await signUpOfficer(scene, { name: 'Prasert', roles: ['officer'] });
    const decided = await decideCase(scene.app, {
      caseId: person.caseId,
      officerId: OfficerId.parse(officer.accountId)!,
      expectedVersion: version,
      decision: 'approve',
      reasonCode: 'face_matches',
      note: null,
    });
    expect(decided).toMatchObject({ ok: true, outcome: 'approved' });
    const { accountId } = await caseOf(scene, person.caseId);
    const standing = await standingOf(scene.app.db, scene.app, accountId);
    expect(standing?.proofs[0]).toMatchObject({ capture: 'uploaded' });
    expect(standing?.idState).toBe('none');
    expect(standing?.number()).toBeNull();
  });

  it('that can’t be used is refused beside its own field, which stays open', async () => {
    const person = await atPortrait();
    const refused = await upload(person, Buffer.from('no picture'));
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/<details[^>]* open/);
    expect(refused.text).toContain('aria-invalid="true"');
  });
});

describe('a picture’s sharpness', () => {
  it('is measured, and a picture that is all blur is sent back', async () => {
    const sharpOne = await livePicture();
    const blurred = (sigma: number) => sharp(sharpOne).blur(sigma).jpeg().toBuffer();
    const good = await judgePicture(sharpOne);
    const soft = await judgePicture(await blurred(3));
    expect(good.ok && soft.ok && good.measures.sharpness > soft.measures.sharpness).toBe(true);
    expect(await judgePicture(await blurred(8))).toEqual({ ok: false, problem: 'too_blurred' });
    const person = await atPortrait();
    const refused = await takePortrait(person, await blurred(8));
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('The picture is blurred');
  });
});
