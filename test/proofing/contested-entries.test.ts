import { beforeAll, describe, expect, it } from 'vitest';
import type { CaseId } from '../../src/lib/ids.ts';
import { readCaseForOfficer } from '../../src/proofing/officer-view.ts';
import { waitForMail } from '../walk.ts';
import { makeSeal, makeSigner } from '../documents/seal-maker.ts';
import { waitForStep } from './scene.ts';
import { registersScene } from './registers-scene.ts';
import type { Staff } from './registers-scene.ts';
import type { Applicant, Scene } from './scene.ts';

/** What an applicant may say and show besides: entries that are wrong, a visa sticker. Over real HTTP. */
const around = registersScene();
let scene: Scene;
let officer: Staff;
let security: Staff;

beforeAll(async () => {
  ({ scene, officer, security } = await around.begin());
});

const { review, consolePage, tryToApprove, isBlocked } = around;

describe('an entry that its holder contests', () => {
  const contest = (person: Applicant, fields: Record<string, string>) =>
    person.walker.post(`/cases/${person.caseId}/corrections`, fields);

  async function correctionOf(caseId: CaseId): Promise<{ id: string; state: string }> {
    const { rows } = await scene.app.db.raw<{ rows: { id: string; state: string }[] }>(
      'select id, state from entry_corrections where case_id = ? order by contested_at desc',
      [caseId],
    );
    return rows[0]!;
  }

  const settleAtRegister = (requestId: string, state: string, value = '') =>
    fetch(`${scene.register.url}/control/corrections`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ requestId, state, value }),
    });

  it('is requested of the register by machine; the case waits, and goes on with the new answer', async () => {
    const person = await review('WRONG0001');
    const before = await readCaseForOfficer(scene.app.db, scene.app, person.caseId);
    expect(before?.attentionReasons).toContain('register_contradicts');
    const page = await person.walker.get(`/cases/${person.caseId}/corrections`);
    expect(page.text).not.toMatch(/ERIKSEN|MARIE/);
    expect((await contest(person, { entry: 'name', statement: '' })).status).toBe(422);
    expect((await contest(person, { entry: 'shoe_size', statement: 'x' })).status).toBe(422);
    const statement = 'My name is Anna Maria Eriksson, as in my passport.';
    expect((await contest(person, { entry: 'name', statement })).status).toBe(303);
    expect((await contest(person, { entry: 'name', statement: 'again' })).status).toBe(303);

    const { id } = await correctionOf(person.caseId);
    const path = `/console/corrections/${id}`;
    expect((await officer.walker.get('/console/corrections')).text).toContain(path);
    expect((await officer.walker.get(path)).text).toContain(statement);
    expect((await consolePage(person.caseId)).text).toContain('The applicant contests an entry');
    const wrong = await officer.walker.post(`${path}/request`, { to: 'nobody:port' });
    expect(wrong.status).toBe(422);
    const asked = await officer.walker.post(`${path}/request`, { to: 'immigration:port' });
    expect(asked.status).toBe(302);
    expect((await officer.walker.post(`${path}/request`, { to: 'labour:port' })).status).toBe(409);
    await waitFor(async () =>
      (await stateAtRegister()).some(({ request }) => request.requestId === id),
    );
    expect((await tryToApprove(person.caseId)).status).toBe(422);
    expect((await person.walker.get(`/cases/${person.caseId}/corrections`)).text).toContain(
      'your case waits for its answer',
    );

    expect((await settleAtRegister(id, 'corrected', 'ERIKSSON, ANNA MARIA')).status).toBe(200);
    await waitFor(async () => (await correctionOf(person.caseId)).state === 'answered');
    await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
    const after = await readCaseForOfficer(scene.app.db, scene.app, person.caseId);
    expect(after?.register?.differences).toEqual([]);
    expect(await isBlocked(person.caseId)).toBe(false);
    await waitForMail(scene.url, person.email, ({ subject }) =>
      subject.includes('The office has answered'),
    );
  }, 60_000);

  it('goes to a register without a port as a letter, whose answer an officer records', async () => {
    const person = await review('Q00000003');
    await contest(person, { entry: 'stay', statement: 'I was given until December.' });
    const { id } = await correctionOf(person.caseId);
    const path = `/console/corrections/${id}`;
    expect((await officer.walker.get(`${path}/letter`)).status).toBe(404);
    expect((await officer.walker.post(`${path}/answer`, { outcome: 'corrected' })).status).toBe(
      409,
    );
    await officer.walker.post(`${path}/request`, { to: 'immigration:letter' });
    const letter = await officer.walker.get(`${path}/letter`);
    for (const text of ['Q00000003', 'I was given until December.', id])
      expect(letter.text).toContain(text);
    expect((await officer.walker.post(`${path}/answer`, { outcome: 'rejected' })).status).toBe(302);
    await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
    expect(await isBlocked(person.caseId)).toBe(false);
  });

  it('may be left unasked, and then the case goes on as it is', async () => {
    const person = await review('Q00000004');
    await contest(person, { entry: 'visa', statement: 'It was a B visa.' });
    expect((await tryToApprove(person.caseId)).status).toBe(422);
    const { id } = await correctionOf(person.caseId);
    expect((await officer.walker.post(`/console/corrections/${id}/dismissal`)).status).toBe(302);
    expect(await isBlocked(person.caseId)).toBe(false);
    expect((await correctionOf(person.caseId)).state).toBe('dismissed');
  });

  it('is nobody else’s to see or to decide', async () => {
    const person = await review('Q00000005');
    await contest(person, { entry: 'name', statement: 'x' });
    const { id } = await correctionOf(person.caseId);
    const other = await review('Q00000006');
    expect((await other.walker.get(`/cases/${person.caseId}/corrections`)).status).toBe(404);
    expect((await security.walker.get(`/console/corrections/${id}`)).status).toBe(403);
    expect((await person.walker.get(`/console/corrections/${id}`)).status).not.toBe(200);
  });

  async function stateAtRegister() {
    const answer = await fetch(`${scene.register.url}/control/state`);
    const state = (await answer.json()) as { corrections: { request: { requestId: string } }[] };
    return state.corrections;
  }
});

describe('a visa sticker', () => {
  const LINES =
    'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<';
  const give = (person: Applicant, fields: Record<string, string>) =>
    person.walker.postFiles(`/cases/${person.caseId}/visa`, {}, fields);

  it('of another person holds the case until an officer finds it explained, and the applicant is told only that it was read', async () => {
    const person = await review('Q00000007');
    const given = await give(person, { lines: LINES });
    expect(given.status).toBe(303);
    expect(given.location).toContain('given=yes');
    const { text } = await consolePage(person.caseId);
    expect(text).toContain('differs from the passport');
    expect(text).toContain('Another date of birth.');
    const refused = await tryToApprove(person.caseId);
    expect(refused.text).toContain('The visa sticker differs from the passport.');
    const sticker = /name="sticker" value="([^"]+)"/.exec(text)![1]!;
    const aside = (note: string) =>
      officer.walker.post(`/console/cases/${person.caseId}/stickers`, { sticker, note });
    expect((await aside('')).status).toBe(422);
    expect((await aside('An older visa of her sister; she showed the right one.')).status).toBe(
      302,
    );
    expect((await aside('Twice.')).status).toBe(404);
    expect(await isBlocked(person.caseId)).toBe(false);
  });

  it('whose seal is of nobody that we know is noted and holds nobody', async () => {
    const person = await review('Q00000008');
    const seal = makeSeal({ signer: makeSigner() });
    expect((await give(person, { seal: seal.toString('hex') })).location).toContain('given=no');
    expect((await consolePage(person.caseId)).text).toContain('not known or not fully proven');
    expect(await isBlocked(person.caseId)).toBe(false);
  });

  it.each([
    ['nothing', {}, 'Nothing was given'],
    ['what is no hex', { seal: 'zz' }, 'not in hex'],
  ] as const)('that is %s is asked for again', async (_what, fields, words) => {
    const person = await review('Q00000009');
    const answer = await give(person, fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(words);
  });
});

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 800; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It did not come to be so.');
}
