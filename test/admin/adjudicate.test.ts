import { beforeAll, describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPerson } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { documentsOf } from '../../src/registry/person-file.ts';
import { caseOf, openCase, startScene } from '../proofing/scene.ts';
import type { Applicant, Scene } from '../proofing/scene.ts';
import { reviewCase } from '../proofing/review.ts';
import { signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let scene: Scene;
type Staff = Pick<SignedIn, 'walker' | 'accountId'>;
let officer: Staff;
let registrar: Staff;
let second: Staff;

beforeAll(async () => {
  scene = await startScene();
  officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer', 'registrar'] });
  registrar = await signUpOfficer(scene, { name: 'Wipa', roles: ['registrar'] });
  second = await signUpOfficer(scene, { name: 'Prasert', roles: ['registrar'] });
});

let serial = 0;

/** Somebody with a name of their own, so that nobody else in this file looks like them. */
function newcomer(changes: Partial<DemoPerson> = {}): DemoPerson {
  serial += 1;
  const syllables = 'BACADAFAGAKALAMANAPARASATAVAZA';
  const word = `${syllables.slice(serial * 2, serial * 2 + 2)}${syllables.slice(serial, serial + 4)}`;
  return {
    ...demoPeople.anna,
    primaryIdentifier: `LIND${word}`,
    printedPrimary: `LIND${word}`,
    dateOfBirth: `19${60 + serial}-0${1 + (serial % 8)}-1${serial % 9}`,
    documentNumber: `J${String(serial).padStart(8, '0')}`,
    ...changes,
  };
}

const passportFor = (person: DemoPerson, documentNumber = person.documentNumber) =>
  makePassport(scene.pki, { person, documentNumber, now: new Date() });

const hidden = (text: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';

/** Approves a case on its own page, and gives where that led to. */
async function approve({ caseId }: Applicant): Promise<string> {
  const { text } = await officer.walker.get(`/console/cases/${caseId}`);
  await officer.walker.post(`/console/cases/${caseId}/decision`, {
    version: hidden(text, 'version'),
    evidence: hidden(text, 'evidence'),
    reason: 'face_matches',
    note: '',
  });
  const { state } = await caseOf(scene, caseId);
  return state.step === 'review' ? (state.hold ?? 'review') : state.step;
}

/** Who has an ID, and comes with another passport. */
async function comesAgain(person: DemoPerson, passport: SandboxPassport) {
  const first = await reviewCase(scene, { passport: await passportFor(person) });
  expect(await approve(first)).toBe('approved');
  const number = (await standingOf(scene.app.db, scene.app, first.accountId))!.number();
  const caseId = await openCase(first);
  const again = await reviewCase(scene, { passport, person: { ...first, caseId } });
  return { again, number };
}

async function find(staff: Staff, caseId: string, finding: Record<string, string>) {
  const path = `/console/cases/${caseId}/adjudication`;
  const { text } = await staff.walker.get(path);
  return staff.walker.post(`${path}s`, {
    version: hidden(text, 'version'),
    evidence: hidden(text, 'evidence'),
    shown: hidden(text, 'shown'),
    replaces: /<select[^>]*name="replaces"[^>]*><option value="([^"]+)"/.exec(text)?.[1] ?? '',
    reason: 'face_matches',
    note: '',
    ...finding,
  });
}

const renewal = { kind: 'renewal', portraits: 'match' };

describe('a renewed passport', () => {
  it('is held, shown beside the earlier one with its portrait, and by one officer keeps the number', async () => {
    const person = newcomer();
    const { again, number } = await comesAgain(person, await passportFor(person, 'R10000001'));
    expect(await approve(again)).toBe('account_enrolled');
    const list = await registrar.walker.get('/console/adjudications');
    expect(list.text).toContain(`/console/cases/${again.caseId}/adjudication`);
    const path = `/console/cases/${again.caseId}/adjudication`;
    const { text } = await registrar.walker.get(path);
    for (const words of ['R10000001', person.documentNumber, 'you may decide alone'])
      expect(text).toContain(words);
    const pictures = [...text.matchAll(/src="([^"]+\/portraits\/[^"]+)"/g)].map(([, url]) => url!);
    expect(pictures).toHaveLength(3);
    for (const url of pictures)
      expect((await registrar.walker.get(url)).headers.get('content-type')).toBe('image/jpeg');

    const nothing = await find(registrar, again.caseId, { kind: 'renewal' });
    expect(nothing.status).toBe(422);
    expect(nothing.text).toContain('Say how the portraits compare.');
    const done = await find(registrar, again.caseId, renewal);
    expect(done.location).toBe('/console/adjudications');
    expect((await caseOf(scene, again.caseId)).state.step).toBe('approved');
    const standing = (await standingOf(scene.app.db, scene.app, again.accountId))!;
    expect(standing.number()).toBe(number);
    expect(await documentsOf(scene.app.db, scene.app, standing.personId)).toMatchObject([
      { facts: { documentNumber: 'R10000001' }, replacedOn: null },
      { replacedOn: expect.any(String) },
    ]);
    expect((await find(registrar, again.caseId, renewal)).status).toBe(404);
  });

  it('in another name takes two officers, of whom the first cannot be the second', async () => {
    const person = newcomer();
    const married = newcomer({ dateOfBirth: person.dateOfBirth, documentNumber: 'R20000001' });
    const { again, number } = await comesAgain(person, await passportFor(married));
    expect(await approve(again)).toBe('account_enrolled');
    const { text } = await registrar.walker.get(`/console/cases/${again.caseId}/adjudication`);
    expect(text).toContain('It takes two officers.');
    expect((await find(registrar, again.caseId, renewal)).status).toBe(302);
    expect((await caseOf(scene, again.caseId)).state.step).toBe('review');
    expect((await find(second, again.caseId, renewal)).status).toBe(409);

    const waiting = await second.walker.get(`/console/cases/${again.caseId}/adjudication`);
    const decision = /action="(\/console\/adjudications\/[\w-]+\/decision)"/.exec(
      waiting.text,
    )![1]!;
    expect((await registrar.walker.post(decision, { decision: 'confirm' })).status).toBe(409);
    expect((await second.walker.post(decision, { decision: 'confirm' })).status).toBe(302);
    expect((await caseOf(scene, again.caseId)).state.step).toBe('approved');
    const standing = (await standingOf(scene.app.db, scene.app, again.accountId))!;
    expect(standing.number()).toBe(number);
    expect(standing.attributes().primaryIdentifier).toBe(married.primaryIdentifier);
  });

  it('with another face, or of somebody else altogether, is joined by nobody', async () => {
    const person = newcomer();
    const { again } = await comesAgain(person, await passportFor(person, 'R30000001'));
    await approve(again);
    const differ = await find(registrar, again.caseId, { kind: 'renewal', portraits: 'differ' });
    expect(differ.status).toBe(422);
    expect(differ.text).toContain('Refuse the case.');
    const wrong = await find(registrar, again.caseId, { kind: 'another_person' });
    expect(wrong.status).toBe(422);
    const stranger = newcomer();
    const other = await comesAgain(newcomer(), await passportFor(stranger));
    expect(await approve(other.again)).toBe('account_enrolled');
    const page = await registrar.walker.get(`/console/cases/${other.again.caseId}/adjudication`);
    expect(page.text).toContain('This cannot be the same person.');
    // No form is offered; a forged one carries no version.
    expect(page.text).not.toContain('name="kind"');
    expect((await find(registrar, other.again.caseId, renewal)).status).toBe(409);
  });

  it('is declined by a second officer, or taken back, and then open again', async () => {
    const person = newcomer();
    const { again } = await comesAgain(person, await passportFor(person, 'R40000001'));
    await approve(again);
    const unsure = { kind: 'second_document', portraits: 'not_available' };
    for (const [who, outcome] of [
      [second, 'declined'],
      [registrar, 'declined'],
    ] as const) {
      expect((await find(registrar, again.caseId, unsure)).status).toBe(302);
      const { text } = await who.walker.get(`/console/cases/${again.caseId}/adjudication`);
      const decision = /action="(\/console\/adjudications\/[\w-]+\/decision)"/.exec(text)![1]!;
      await who.walker.post(decision, { decision: 'decline' });
      const rows = await scene.app
        .db('case_adjudications')
        .where({ case_id: again.caseId })
        .whereNotNull('settled_at')
        .select('outcome');
      expect(rows.at(-1).outcome).toBe(outcome);
    }
    expect((await find(registrar, again.caseId, renewal)).status).toBe(302);
    expect((await caseOf(scene, again.caseId)).state.step).toBe('approved');
  });
});

describe('a look-alike', () => {
  it('is shown before a number is issued, and gets one when an officer found another person', async () => {
    const person = newcomer();
    const first = await reviewCase(scene, { passport: await passportFor(person) });
    expect(await approve(first)).toBe('approved');
    const twin = await reviewCase(scene, { passport: await passportFor(person, 'R50000001') });
    expect(await approve(twin)).toBe('candidates_found');
    const { text } = await registrar.walker.get(`/console/cases/${twin.caseId}/adjudication`);
    expect(text).toContain('name and birth date');
    expect(
      (await find(registrar, twin.caseId, { kind: 'renewal', portraits: 'match' })).status,
    ).toBe(422);
    // Whom the page did not show, nobody compared.
    expect((await find(registrar, twin.caseId, { kind: 'another_person', shown: '' })).status).toBe(
      302,
    );
    expect((await caseOf(scene, twin.caseId)).state).toMatchObject({
      step: 'review',
      hold: 'candidates_found',
    });
    expect((await find(registrar, twin.caseId, { kind: 'another_person' })).status).toBe(302);
    expect((await caseOf(scene, twin.caseId)).state.step).toBe('approved');
    const numbers = await Promise.all(
      [first, twin].map(async ({ accountId }) =>
        (await standingOf(scene.app.db, scene.app, accountId))!.number(),
      ),
    );
    expect(new Set(numbers).size).toBe(2);
  });
});

describe('what is settled', () => {
  it('is settled on the evidence that the page showed, by registrars, and is on the audit trail', async () => {
    const person = newcomer();
    const { again } = await comesAgain(person, await passportFor(person, 'R60000001'));
    await approve(again);
    const stale = await find(registrar, again.caseId, { ...renewal, version: '1' });
    expect(stale.status).toBe(409);
    const changed = await find(registrar, again.caseId, { ...renewal, evidence: 'x' });
    expect(changed.status).toBe(409);
    const forged = await find(registrar, again.caseId, {
      ...renewal,
      replaces: again.caseId,
    });
    expect(forged.status).toBe(422);
    expect((await find(registrar, again.caseId, { ...renewal, kind: 'merge' })).status).toBe(422);
    await find(registrar, again.caseId, renewal);
    const audit = await scene.app
      .db('audit_events')
      .where({ subject_id: again.caseId })
      .whereIn('action', ['admin.adjudication_opened', 'proofing.case_adjudicated'])
      .orderBy('at')
      .pluck('action');
    expect(audit).toContain('admin.adjudication_opened');
    expect(audit.at(-1)).toBe('proofing.case_adjudicated');
    const plain = await signUpOfficer(scene, { name: 'Nok', roles: ['officer'] });
    const path = `/console/cases/${again.caseId}/adjudication`;
    expect((await plain.walker.get(path)).status).toBe(403);
    expect((await plain.walker.get('/console/adjudications')).status).toBe(403);
  });
});
