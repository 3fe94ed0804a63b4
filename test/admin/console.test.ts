import { beforeAll, describe, expect, it } from 'vitest';
import { reviewCase } from '../proofing/review.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { startScene } from '../proofing/scene.ts';
import type { Scene } from '../proofing/scene.ts';
import { newWalker, signUpOfficer, waitForMail } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let scene: Scene;
type Staff = Pick<SignedIn, 'walker' | 'accountId'>;
let officer: Staff;
let registrar: Staff;
let supervisor: Staff;

beforeAll(async () => {
  scene = await startScene();
  officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  registrar = await signUpOfficer(scene, { name: 'Wipa', roles: ['registrar'] });
  supervisor = await signUpOfficer(scene, { name: 'Prasert', roles: ['supervisor'] });
});

let numbers = 0;
/** Erikssons who share a name and nothing else: a look-alike would be held for a registrar. */
async function freshReview() {
  numbers += 1;
  const person = {
    ...demoPeople.anna,
    documentNumber: `A${String(numbers).padStart(8, '0')}`,
    dateOfBirth: `19${50 + numbers}-0${1 + (numbers % 9)}-${10 + numbers}`,
  };
  const passport = await makePassport(scene.pki, { person, now: new Date() });
  const applicant = await reviewCase(scene, { passport });
  return { applicant, caseId: applicant.caseId };
}

const versionOn = (text: string) => /name="version" value="(\d+)"/.exec(text)![1]!;

async function approve(caseId: string): Promise<void> {
  const shown = await officer.walker.get(`/console/cases/${caseId}`);
  const fields = { version: versionOn(shown.text), reason: 'face_matches', note: '' };
  const answer = await officer.walker.post(`/console/cases/${caseId}/decision`, fields);
  expect(answer.status).toBe(302);
}

/** The page of the person that a number belongs to. */
async function openPerson(walker: SignedIn['walker'], number: string) {
  const found = await walker.post('/console/people', { number });
  expect(found.status).toBe(302);
  return { path: found.location!, page: await walker.get(found.location!) };
}

async function numberOf(applicant: SignedIn): Promise<string> {
  const home = await applicant.walker.get('/home');
  return /F \d{4} \d{4} \d{2} \d{2}/.exec(home.text)![0];
}

describe('the queue and the page of a case', () => {
  it('shows what waits, with the portraits and every check on one page', async () => {
    const { caseId } = await freshReview();
    const queue = await officer.walker.get('/console/cases');
    expect(queue.text).toContain(`/console/cases/${caseId}`);
    const shown = await officer.walker.get(`/console/cases/${caseId}`);
    for (const text of ['ERIKSSON', 'Signature of the security object', 'The register'])
      expect(shown.text).toContain(text);
    for (const which of ['chip', 'live']) {
      const portrait = await officer.walker.get(`/console/cases/${caseId}/portraits/${which}`);
      expect(portrait.headers.get('content-type')).toBe('image/jpeg');
      expect(portrait.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('puts every look at a case on the audit trail', async () => {
    const { caseId } = await freshReview();
    const seen = async () => {
      const { rows } = await scene.app.db.raw<{ rows: { actor_id: string }[] }>(
        `select actor_id from audit_events where action = 'admin.case_opened' and subject_id = ?`,
        [caseId],
      );
      return rows.map((row) => row.actor_id);
    };
    expect(await seen()).toEqual([]);
    await officer.walker.get(`/console/cases/${caseId}`);
    expect(await seen()).toEqual([officer.accountId]);
  });

  it('takes and gives back a case, and refuses a stale take', async () => {
    const { caseId } = await freshReview();
    const shown = await officer.walker.get(`/console/cases/${caseId}`);
    const take = { version: versionOn(shown.text), to: 'me' };
    const taken = await officer.walker.post(`/console/cases/${caseId}/assignment`, take);
    expect(taken.status).toBe(302);
    const again = await supervisor.walker.post(`/console/cases/${caseId}/assignment`, take);
    expect(again.status).toBe(409);
  });
});

describe('a decision', () => {
  it('issues the ID once; a second officer with the older page gets 409 and loses nothing typed', async () => {
    const { caseId, applicant } = await freshReview();
    const older = await supervisor.walker.get(`/console/cases/${caseId}`);
    await approve(caseId);
    expect(await numberOf(applicant)).toMatch(/^F /);
    const portrait = await applicant.walker.get('/home/portrait');
    expect(portrait.headers.get('content-type')).toBe('image/jpeg');
    const { applicant: another } = await freshReview();
    expect((await another.walker.get('/home/portrait')).status).toBe(404);
    const late = await supervisor.walker.post(`/console/cases/${caseId}/decision`, {
      version: versionOn(older.text),
      reason: 'face_differs',
      note: 'Not the same person.',
    });
    expect(late.status).toBe(409);
    expect(late.text).toContain('has changed since you opened it');
  });

  it('asks for a reason and keeps the note', async () => {
    const { caseId } = await freshReview();
    const shown = await officer.walker.get(`/console/cases/${caseId}`);
    const answer = await officer.walker.post(`/console/cases/${caseId}/decision`, {
      version: versionOn(shown.text),
      note: 'Ears agree.',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Choose a decision and its reason.');
    expect(answer.text).toContain('Ears agree.');
  });

  it('keeps what was decided on readable after the case is closed', async () => {
    const { caseId } = await freshReview();
    await approve(caseId);
    const closed = await supervisor.walker.get(`/console/cases/${caseId}`);
    expect(closed.text).toContain('ERIKSSON');
    expect(closed.text).toContain(`/console/cases/${caseId}/portraits/live`);
    expect(closed.text).toContain('the face is the one on the chip');
  });
});

describe('who may', () => {
  it.each([
    ['an officer', () => officer, '/console/people', 403],
    ['a registrar', () => registrar, '/console/cases', 403],
    ['a supervisor', () => supervisor, '/console/people', 200],
    ['nobody signed in', () => ({ walker: newWalker(scene.url) }), '/console/cases', 302],
  ] as const)('%s: %s answers as the role says', async (_who, who, path, status) => {
    expect((await who().walker.get(path)).status).toBe(status);
  });

  it('leads each officer to where they work', async () => {
    expect((await officer.walker.get('/console')).location).toBe('/console/cases');
    expect((await registrar.walker.get('/console')).location).toBe('/console/people');
    const people = await registrar.walker.get('/console/people');
    expect(people.text).not.toContain('href="/console/cases"');
  });

  it('lets no subscriber into the console', async () => {
    const { applicant, caseId } = await freshReview();
    const answer = await applicant.walker.get(`/console/cases/${caseId}`);
    expect(answer.location).toMatch(/^\/console\/sign-in/);
    const portrait = await applicant.walker.get(`/console/cases/${caseId}/portraits/live`, {
      accept: 'image/jpeg',
    });
    expect(portrait.status).not.toBe(200);
  });
});

describe('an ID', () => {
  it('is found by the whole number only, the number in no address, and a wrong one tells nothing', async () => {
    const { caseId, applicant } = await freshReview();
    await approve(caseId);
    const number = await numberOf(applicant);
    const { path, page } = await openPerson(registrar.walker, number);
    expect(path).not.toContain(number.replaceAll(' ', ''));
    expect(page.text).toContain('ERIKSSON');
    const answers = await Promise.all(
      ['F012345678907', 'F999', 'ERIKSSON'].map((text) =>
        registrar.walker.post('/console/people', { number: text }),
      ),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('No person has this number.');
    }
  });

  it('is suspended with a reason, tells its holder, and comes back; an older page answers 409', async () => {
    const { caseId, applicant } = await freshReview();
    await approve(caseId);
    const { path, page } = await openPerson(registrar.walker, await numberOf(applicant));
    const change = { version: versionOn(page.text), to: 'suspended', reason: 'suspected_fraud' };
    const done = await registrar.walker.post(`${path}/id-state`, change);
    expect(done.location).toBe(`${path}?changed=1`);
    await waitForMail(scene.url, applicant.email, ({ subject }) => /suspended/i.test(subject));
    expect((await registrar.walker.post(`${path}/id-state`, change)).status).toBe(409);
    const suspended = await registrar.walker.get(path);
    expect(suspended.text).toContain('Reactivate');
    const back = { version: versionOn(suspended.text), to: 'active', reason: 'question_settled' };
    expect((await registrar.walker.post(`${path}/id-state`, back)).status).toBe(302);
    expect((await applicant.walker.get('/home')).text).toContain('Active');
  });

  it('takes no reason that does not go with the change', async () => {
    const { caseId, applicant } = await freshReview();
    await approve(caseId);
    const { path, page } = await openPerson(registrar.walker, await numberOf(applicant));
    const wrong = { version: versionOn(page.text), to: 'suspended', reason: 'death_recorded' };
    expect((await registrar.walker.post(`${path}/id-state`, wrong)).status).toBe(400);
  });
});
