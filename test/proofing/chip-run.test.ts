import type { AddressInfo } from 'node:net';
import { beforeAll, afterEach, describe, expect, it, vi } from 'vitest';
import { createApp, createServer } from '../../src/app.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makeAgreementKey } from '../../src/dev/passport-maker/chip-authentication-key.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import type {
  PassportRequest,
  SandboxPassport,
} from '../../src/dev/passport-maker/make-passport.ts';
import { simulateChip } from '../../src/dev/passport-maker/simulate-chip.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { createLog } from '../../src/lib/log.ts';
import { chipRunAnswer } from '../../src/proofing/reader-answer.ts';
import { judgeAgain } from '../../src/proofing/document-record.ts';
import { atEnd } from '../at-end.ts';
import { callReader, newKey, openSession, sendFiles, submit } from './phone.ts';
import type { PhoneSession } from './phone.ts';
import { caseOf, linkOf, startCase, startScene } from './scene.ts';
import type { Scene } from './scene.ts';

// Whoever holds the files of a chip has no chip: what proves one is that it agrees on keys with us, now, and with nobody's
// help. The phone in between may drop, repeat, reorder and invent; none of that may end in `passed`.

let scene: Scene;
let german: SandboxPassport;

beforeAll(async () => {
  scene = await startScene();
  german = await passportWith();
});
afterEach(() => {
  vi.useRealTimers();
});

/** With a key of chip authentication alone, as German passports have it, unless told otherwise. */
function passportWith(changes: Partial<PassportRequest> = {}, kind: 'ecdh' | 'dh' = 'ecdh') {
  return makePassport(scene.pki, {
    person: demoPeople.anna,
    now: systemClock.now(),
    activeAuthentication: false,
    chipAuthentication: { key: makeAgreementKey(kind), cipher: 'aes-128' },
    ...changes,
  });
}

async function phoneWith(passport: SandboxPassport) {
  const person = await startCase(scene);
  const phone = await openSession(scene, await linkOf(person, person.caseId));
  await sendFiles(scene, phone, passport.files);
  return { person, phone };
}

const PATH = 'chip-authentication';
const start = (phone: PhoneSession, at: Pick<Scene, 'url'> = scene) =>
  callReader(at, 'POST', PATH, { session: phone.session });
const step = (phone: PhoneSession, json: unknown, at: Pick<Scene, 'url'> = scene) =>
  callReader(at, 'POST', `${PATH}/answers`, { session: phone.session, json });
const chipOf = ({ files, agreementKey }: SandboxPassport) => simulateChip(files, agreementKey!);

/** Carries commands and answers until the run has ended. */
async function relay(
  phone: PhoneSession,
  chip: { transmit(command: Buffer): Buffer },
  nodes: Pick<Scene, 'url'>[] = [scene],
) {
  let said = (await start(phone, nodes[0])).body;
  for (let count = 1; said.state === 'asking'; count += 1) {
    expect(chipRunAnswer.safeParse(said).error).toBeUndefined();
    const answer = chip.transmit(Buffer.from(said.command as string, 'base64url'));
    const sent = { run: said.run, step: said.step, answer: answer.toString('base64url') };
    said = (await step(phone, sent, nodes[count % nodes.length])).body;
  }
  return said;
}

const submitAlone = (phone: PhoneSession) =>
  callReader(scene, 'POST', 'submission', {
    session: phone.session,
    json: { idempotencyKey: newKey() },
  });

describe('a chip with a key of chip authentication alone', () => {
  it.each([
    ['ECDH, AES', 'ecdh', 'aes-128'],
    ['DH, AES', 'dh', 'aes-256'],
    ['ECDH, 3DES', 'ecdh', '3des'],
  ] as const)('is accepted once our own run of it passed: %s', async (_name, kind, cipher) => {
    const passport = await passportWith({
      chipAuthentication: { key: makeAgreementKey(kind), cipher, keyId: 7 },
    });
    const { person, phone } = await phoneWith(passport);
    expect(await relay(phone, chipOf(passport))).toMatchObject({ state: 'passed', reason: null });
    const { body } = await submitAlone(phone);
    expect(body).toMatchObject({ outcome: 'accepted', cloneCheck: 'passed' });
    const { state } = await caseOf(scene, person.caseId);
    expect(state).toMatchObject({ step: 'portrait', document: { cloneCheck: 'passed' } });
  });

  it('still passes when its evidence is judged anew for the decision', async () => {
    const { person, phone } = await phoneWith(german);
    await relay(phone, chipOf(german));
    await submitAlone(phone);
    const proofing = await caseOf(scene, person.caseId);
    if (proofing.state.step !== 'portrait') throw new Error('The chip was not accepted.');
    const { examinationId } = proofing.state.document!;
    const again = await judgeAgain(scene.app.db, scene.app, { proofing, examinationId });
    expect(again).toMatchObject({ outcome: 'genuine', cloneCheck: 'passed' });
  });

  it('is not accepted when nobody ran it, or when it was not run to its end', async () => {
    for (const begin of [false, true]) {
      const { phone } = await phoneWith(german);
      if (begin) await start(phone);
      const { body } = await submitAlone(phone);
      expect(body).toMatchObject({
        refusal: 'clone_check_missing',
        cloneCheck: 'not_attempted',
        next: 'read_again',
      });
    }
  });

  it('is refused as a clone when it has the files and not the key', async () => {
    const clone = await passportWith({ defect: 'clone' });
    const { person, phone } = await phoneWith(clone);
    expect(await relay(phone, chipOf(clone))).toMatchObject({ state: 'failed' });
    expect((await start(phone)).body).toMatchObject({ status: 409, code: 'chip_run_ended' });
    const { body } = await submitAlone(phone);
    expect(body).toMatchObject({ refusal: 'clone_check_failed', cloneCheck: 'failed' });
    expect((await caseOf(scene, person.caseId)).state.step).toBe('document');
  });

  it('is refused when another chip answers for it', async () => {
    const other = await passportWith({ documentNumber: 'OTHER0001' });
    const { phone } = await phoneWith(german);
    expect(await relay(phone, chipOf(other))).toMatchObject({ state: 'failed' });
  });
});

describe('a chip with both keys', () => {
  it('may be asked for both proofs, and each is on record', async () => {
    const both = await passportWith({ activeAuthentication: true });
    const { phone } = await phoneWith(both);
    expect(await relay(phone, chipOf(both))).toMatchObject({ state: 'passed' });
    const { body } = await submit(scene, phone, both);
    expect(body).toMatchObject({ outcome: 'accepted', cloneCheck: 'passed' });
    const proofs = (body.checks as { name: string; outcome: string }[])
      .filter(({ name }) => name.endsWith('_authentication'))
      .map(({ outcome }) => outcome);
    expect(proofs).toEqual(['passed', 'passed']);
  });

  it('is a clone where one of the two fails', async () => {
    const both = await passportWith({ activeAuthentication: true });
    const { phone } = await phoneWith(both);
    const wrong = { key: makeAgreementKey('ecdh'), cipher: 'aes-128' as const };
    await relay(phone, simulateChip(both.files, wrong));
    expect((await submit(scene, phone, both)).body).toMatchObject({
      refusal: 'clone_check_failed',
    });
  });
});

describe('the phone in between', () => {
  it('gets no command without the files that the run rests on, or without a key in them', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    expect((await start(phone)).body).toMatchObject({ code: 'files_missing' });
    const without = await makePassport(scene.pki, {
      person: demoPeople.anna,
      now: systemClock.now(),
    });
    await sendFiles(scene, phone, without.files);
    expect((await start(phone)).body).toMatchObject({ status: 409, code: 'no_chip_key' });
    const foreign = new Map([['DG14', german.files.get('DG14')!]]);
    await sendFiles(scene, phone, foreign);
    expect((await start(phone)).body).toMatchObject({ status: 409, code: 'chip_key_unusable' });
  });

  it('can’t answer a step twice, or one that was not asked', async () => {
    const { phone } = await phoneWith(german);
    const first = (await start(phone)).body;
    const chip = chipOf(german);
    const answer = chip.transmit(Buffer.from(first.command as string, 'base64url'));
    const sent = { run: first.run, step: 1, answer: answer.toString('base64url') };
    const both = await Promise.all([step(phone, sent), step(phone, sent)]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
    for (const number of [1, 3, 9])
      expect((await step(phone, { ...sent, step: number })).body).toMatchObject({
        status: 409,
        code: 'chip_step_not_asked',
      });
  });

  it('that lost our word starts anew, with another key, and the run before is void', async () => {
    const { phone } = await phoneWith(german);
    const first = (await start(phone)).body;
    const second = (await start(phone)).body;
    expect(second.run).not.toBe(first.run);
    const sent = { run: first.run, step: 1, answer: 'kAA' };
    expect((await step(phone, sent)).body).toMatchObject({ status: 404, code: 'chip_run_unknown' });
    expect(await relay(phone, chipOf(german))).toMatchObject({ state: 'passed' });
    for (let more = 0; more < 3; more += 1)
      expect((await start(phone)).body).toMatchObject({ code: 'chip_run_ended' });
  });

  it('starts at most five runs with one code', async () => {
    const { phone } = await phoneWith(german);
    for (let count = 0; count < 5; count += 1) expect((await start(phone)).status).toBe(201);
    expect((await start(phone)).body).toMatchObject({ status: 409, code: 'too_many_chip_runs' });
  });

  it('can’t put another chip’s file in while a run is under way', async () => {
    const other = await passportWith({ documentNumber: 'OTHER0002' });
    const { phone } = await phoneWith(german);
    const first = (await start(phone)).body;
    await sendFiles(scene, phone, new Map([['EF_SOD', other.files.get('EF_SOD')!]]));
    const sent = { run: first.run, step: 1, answer: 'kAA' };
    expect((await step(phone, sent)).body).toMatchObject({ status: 409, code: 'chip_run_stale' });
  });

  it('can’t bring a run of one hand-off into another', async () => {
    const mine = await phoneWith(german);
    const first = (await start(mine.phone)).body;
    const { phone } = await phoneWith(german);
    const sent = { run: first.run, step: 1, answer: 'kAA' };
    expect((await step(phone, sent)).body).toMatchObject({ code: 'chip_run_unknown' });
    await start(phone);
    expect((await step(phone, sent)).body).toMatchObject({ code: 'chip_run_unknown' });
  });

  it('has ten minutes, and proves nothing after that', async () => {
    const { phone } = await phoneWith(german);
    expect(await relay(phone, chipOf(german))).toMatchObject({ state: 'passed' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect((await submitAlone(phone)).body).toMatchObject({
      status: 409,
      code: 'chip_run_expired',
    });
    expect((await start(phone)).body).toMatchObject({ status: 409, code: 'chip_run_expired' });
  });

  it('may meet another node at every step', async () => {
    const other = await secondNode();
    const { phone } = await phoneWith(german);
    expect(await relay(phone, chipOf(german), [scene, other])).toMatchObject({ state: 'passed' });
  });

  it('leaves no key of ours behind once the files are judged, and none readable before', async () => {
    const { phone } = await phoneWith(german);
    await relay(phone, chipOf(german));
    const contents = async () => {
      const rows = await scene.app.db('chip_runs').whereNotNull('content').select('content');
      return rows.map(({ content }: { content: Buffer }) => content.toString('latin1'));
    };
    const before = await contents();
    expect(before.some((content) => content.includes('secret'))).toBe(false);
    await submitAlone(phone);
    expect((await contents()).length).toBe(before.length - 1);
  });
});

/** Another process of the same deployment would be the same: what it shares with the first is PostgreSQL alone. */
async function secondNode(): Promise<{ url: string }> {
  const { config, db } = scene.app;
  const app = await createApp({
    config,
    db,
    keys: loadKeys(config.KEYS_DIR),
    log: createLog('silent'),
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  atEnd(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
