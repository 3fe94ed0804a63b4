import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, it, vi, afterEach } from 'vitest';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { readHandOff } from '../../src/proofing/hand-off.ts';
import { chipAttempts } from '../../src/proofing/limits.ts';
import { openCase } from '../../src/proofing/start-case.ts';
import type { Scene } from './scene.ts';
import {
  callReader,
  exchangeOf,
  newKey,
  openSession,
  readChip,
  sendFiles,
  sha256,
  submit,
} from './phone.ts';
import { caseOf, linkOf, passportOf, startCase, startScene, tokenOf } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (token: string) => callReader(scene, 'POST', 'sessions', { json: { token } });
const pass = (seconds: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
};

describe('a hand-off', () => {
  it('opens once, for one phone', async () => {
    const person = await startCase(scene);
    const token = tokenOf(await linkOf(person, person.caseId));
    const [first, second] = await Promise.all([open(token), open(token)]);
    expect(new Set([first.status, second.status])).toEqual(new Set([201, 409]));
    expect((await open(token)).body).toMatchObject({ status: 409, code: 'hand_off_used' });
  });

  it('is unknown when it is a stranger’s invention', async () => {
    for (const token of ['x'.repeat(43), '', 'no token', '../..'])
      expect((await open(token)).body).toMatchObject({ status: 404, code: 'hand_off_unknown' });
    const page = await (await startCase(scene)).walker.get(`/h/${'x'.repeat(43)}`);
    expect(page.status).toBe(404);
  });

  it('is void once a newer one took its place', async () => {
    const person = await startCase(scene);
    const old = tokenOf(await linkOf(person, person.caseId));
    await person.walker.post(`/cases/${person.caseId}/hand-offs`);
    expect((await open(old)).body).toMatchObject({ status: 410, code: 'hand_off_replaced' });
    expect((await open(tokenOf(await linkOf(person, person.caseId)))).status).toBe(201);
  });

  it('stops the phone that opened it when its holder asks for a new code', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const passport = await passportOf(scene);
    await sendFiles(scene, phone, passport.files);
    await person.walker.post(`/cases/${person.caseId}/hand-offs`);
    const late = await submit(scene, phone, passport);
    expect(late.body).toMatchObject({ status: 410, code: 'hand_off_replaced' });
    expect((await caseOf(scene, person.caseId)).state.step).toBe('document');
  });

  it('runs out after ten minutes', async () => {
    const person = await startCase(scene);
    const link = await linkOf(person, person.caseId);
    pass(601);
    expect((await open(tokenOf(link))).body).toMatchObject({ code: 'hand_off_expired' });
  });

  it('says whose it is to a phone without the app, and stays unopened by that', async () => {
    const person = await startCase(scene);
    const link = await linkOf(person, person.caseId);
    const shown = await fetch(link);
    const text = await shown.text();
    expect(shown.status).toBe(200);
    expect(text).toMatch(/a•••@/);
    expect(text).not.toContain(person.email);
    expect((await open(tokenOf(link))).status).toBe(201);
    expect((await fetch(link)).status).toBe(410);
  });
});

describe('an upload', () => {
  async function phoneOf() {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    return { person, phone };
  }
  const put = (session: string, name: string, bytes: Uint8Array, headers = {}) =>
    callReader(scene, 'PUT', `files/${name}`, { session, bytes, headers });
  const listed = async (session: string) =>
    (await callReader(scene, 'GET', 'files', { session })).body.files;

  it('needs the session of the hand-off, and no cookie', async () => {
    for (const session of ['', 'x'.repeat(43)]) {
      const refused = await put(session, 'DG1', Buffer.from('a'));
      expect(refused.body).toMatchObject({ status: 401, code: 'session_unknown' });
      expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('may come in any order and again, and the last one counts', async () => {
    const { phone } = await phoneOf();
    const passport = await passportOf(scene);
    await put(phone.session, 'DG2', Buffer.from('broken off'));
    await sendFiles(scene, phone, new Map([...passport.files].toReversed()));
    expect((await submit(scene, phone, passport)).body).toMatchObject({ outcome: 'accepted' });
  });

  it('is refused when it is too large, and what came before stays', async () => {
    const { phone } = await phoneOf();
    await put(phone.session, 'DG1', Buffer.from('kept'));
    const large = await put(phone.session, 'DG2', Buffer.alloc(1024 * 1024 + 1));
    expect(large.body).toMatchObject({ status: 413, code: 'too_large' });
    expect(await listed(phone.session)).toEqual([{ name: 'DG1', sizeBytes: 4 }]);
  });

  it('is refused when all files together are too large', async () => {
    const { phone } = await phoneOf();
    const most = Buffer.alloc(1024 * 1024, 1);
    await put(phone.session, 'DG2', most);
    await put(phone.session, 'DG1', most);
    const over = await put(phone.session, 'DG11', Buffer.from('x'));
    expect(over.body).toMatchObject({ status: 413, code: 'files_too_large' });
    expect((await put(phone.session, 'DG1', Buffer.from('less'))).status).toBe(200);
    expect((await put(phone.session, 'DG11', Buffer.from('x'))).status).toBe(200);
  });

  it('is refused when its bytes are not those of its digest', async () => {
    const { phone } = await phoneOf();
    const bytes = Buffer.from('DG1 in full');
    const good = sha256(bytes);
    const cut = bytes.subarray(0, 5);
    const answers = await Promise.all([
      put(phone.session, 'DG1', cut, { 'content-digest': `sha-256=:${good}:` }),
      put(phone.session, 'DG1', cut, { digest: `SHA-256=${good}` }),
      put(phone.session, 'DG1', bytes, { 'content-digest': 'sha-256=nonsense' }),
      put(phone.session, 'DG1', bytes, { 'content-digest': `sha-512=:AAAA:, sha-256=:${good}:` }),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'digest_mismatch'],
      [422, 'digest_mismatch'],
      [400, 'digest_malformed'],
      [200, undefined],
    ]);
  });

  it('that breaks off leaves nothing behind', async () => {
    const { phone } = await phoneOf();
    await breakOff(`${scene.url}/api/reader/files/DG1`, phone.session);
    expect(await listed(phone.session)).toEqual([]);
  });

  it('is refused under a name that no chip of ours has, and when it is empty', async () => {
    const { phone } = await phoneOf();
    for (const name of ['DG3', 'dg1', '..%2Fetc'])
      expect((await put(phone.session, name, Buffer.from('x'))).status).toBe(404);
    const empty = await put(phone.session, 'DG1', Buffer.alloc(0));
    expect(empty.body).toMatchObject({ status: 422, code: 'file_empty' });
  });
});

describe('a submission', () => {
  it('waits for the files that every chip has, and spends nothing meanwhile', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const passport = await passportOf(scene);
    const early = await submit(scene, phone, passport);
    expect(early.body).toMatchObject({ status: 409, code: 'files_missing' });
    expect(early.body.detail).toContain('EF_SOD');
    await sendFiles(scene, phone, passport.files);
    expect((await submit(scene, phone, passport)).body).toMatchObject({ outcome: 'accepted' });
  });

  it('gets the same answer when it is repeated, and makes one examination', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const passport = await passportOf(scene);
    await sendFiles(scene, phone, passport.files);
    const json = { activeAuthentication: exchangeOf(phone, passport), idempotencyKey: newKey() };
    const send = () => callReader(scene, 'POST', 'submission', { session: phone.session, json });
    const [first, second] = await Promise.all([send(), send()]);
    const third = await send();
    expect(first.status).toBe(200);
    expect([second.body, third.body]).toEqual([first.body, first.body]);
    const other = await submit(scene, phone, passport);
    expect(other.body).toMatchObject({ status: 409, code: 'already_submitted' });
    const examinations = await listExaminations(scene.app.db, person.caseId);
    expect(examinations.filter(({ kind }) => kind === 'document')).toHaveLength(1);
  });

  it('is refused with the challenge of another case', async () => {
    const passport = await passportOf(scene);
    const [mine, other] = [await startCase(scene), await startCase(scene)];
    const phone = await openSession(scene, await linkOf(mine, mine.caseId));
    const foreign = await openSession(scene, await linkOf(other, other.caseId));
    await sendFiles(scene, phone, passport.files);
    for (const challenge of [foreign.challenge, 'AAAAAAAAAAA', 'AA']) {
      const refused = await submit(scene, { ...phone, challenge }, passport);
      expect(refused.body).toMatchObject({ status: 409, code: 'challenge_foreign' });
    }
    expect((await caseOf(scene, mine.caseId)).state.step).toBe('document');
  });

  it('is refused with a challenge that was spent before', async () => {
    const person = await startCase(scene);
    const bad = await passportOf(scene, { defect: 'flipped-byte' });
    const spent = await openSession(scene, await linkOf(person, person.caseId));
    await sendFiles(scene, spent, bad.files);
    expect((await submit(scene, spent, bad)).body).toMatchObject({ outcome: 'refused' });
    const passport = await passportOf(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    await sendFiles(scene, phone, passport.files);
    const replay = await submit(scene, { ...phone, challenge: spent.challenge }, passport);
    expect(replay.body).toMatchObject({ status: 409, code: 'challenge_replayed' });
  });

  it('is refused with a challenge that is too old, and later the session is over', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const passport = await passportOf(scene);
    await sendFiles(scene, phone, passport.files);
    pass(601);
    expect((await submit(scene, phone, passport)).body).toMatchObject({
      code: 'challenge_expired',
    });
    pass(301);
    expect((await submit(scene, phone, passport)).body).toMatchObject({ code: 'session_expired' });
  });

  it('moves no case that has ended or gone on', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const passport = await passportOf(scene);
    await sendFiles(scene, phone, passport.files);
    await person.walker.post(`/cases/${person.caseId}/withdrawal`);
    expect((await submit(scene, phone, passport)).body).toMatchObject({ status: 410 });
    expect((await caseOf(scene, person.caseId)).state.step).toBe('withdrawn');
  });

  it('is refused when it is no JSON of ours', async () => {
    const person = await startCase(scene);
    const { session } = await openSession(scene, await linkOf(person, person.caseId));
    for (const json of [
      {},
      { idempotencyKey: 'short' },
      { idempotencyKey: newKey(), activeAuthentication: { challenge: '*', response: '' } },
    ])
      expect((await callReader(scene, 'POST', 'submission', { session, json })).status).toBe(422);
  });
});

describe('too many readings', () => {
  it('pause after five in six hours, whatever case they were for', async () => {
    const person = await startCase(scene);
    const bad = await passportOf(scene, { defect: 'flipped-byte' });
    for (let left = 4; left >= 0; left--)
      expect((await readChip(scene, person, bad)).body).toMatchObject({ attemptsLeft: left });
    const page = await person.walker.get(`/cases/${person.caseId}/chip`);
    expect(page.text).toContain('The chip was read too often');
    await person.walker.post(`/cases/${person.caseId}/withdrawal`);
    const next = await openCase(scene.app, { accountId: person.accountId, returnTo: null });
    expect((await person.walker.get(`/cases/${next.id}/chip`)).text).toContain('too often');
    const handOff = await readHandOff(scene.app.db, scene.app, next);
    const refused = await open(handOff.phase === 'shown' ? tokenOf(handOff.link) : '');
    expect(refused.body).toMatchObject({ status: 429, code: 'too_many_attempts' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(6 * 3600 - 60);
    pass(6 * 3600 + 1);
    const attempts = await chipAttempts(scene.app.db, person.accountId, scene.app.clock.now());
    expect(attempts).toEqual({ left: 5, nextAt: null });
  });
});

/** Announces 1,000 bytes, sends 10 and hangs up. */
function breakOff(url: string, session: string): Promise<void> {
  return new Promise((resolve) => {
    const call = httpRequest(url, {
      method: 'PUT',
      headers: { authorization: `Bearer ${session}`, 'content-length': '1000' },
    });
    call.on('error', () => resolve());
    call.on('close', () => resolve());
    call.write(Buffer.alloc(10), () => setTimeout(() => call.destroy(), 50));
  });
}
