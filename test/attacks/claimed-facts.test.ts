import { beforeAll, describe, expect, it } from 'vitest';
import { OfficerId } from '../../src/lib/ids.ts';
import type { CaseId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import type { DecisionInput } from '../../src/proofing/decide-case.ts';
import { standingOf } from '../../src/registry/standing.ts';
import {
  callReader,
  exchangeOf,
  newKey,
  openSession,
  readChip,
  sendFiles,
} from '../proofing/phone.ts';
import { reviewCase } from '../proofing/review.ts';
import {
  caseOf,
  linkOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
} from '../proofing/scene.ts';
import type { Applicant, Scene } from '../proofing/scene.ts';
import { mailsTo, signUp, signUpOfficer, waitForMail } from '../walk.ts';

/**
 * A client's word is never evidence (DESIGN section 9): what it claims beside what it sends is ignored. And who probes for what a
 * register or an officer knows of somebody gets the same refusal, word for word.
 */
let scene: Scene;
let officerId: OfficerId;
beforeAll(async () => {
  scene = await startScene();
  const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  officerId = OfficerId.parse(officer.accountId)!;
});

let numbers = 0;
const newNumber = () => `C${String((numbers += 1)).padStart(8, '0')}`;

const CLAIMS = {
  verified: 'true',
  ial: '3',
  level: '3',
  step: 'approved',
  outcome: 'approved',
  pathway: 'counter',
  account_id: '01900000-0000-7000-8000-000000000001',
  accountId: '01900000-0000-7000-8000-000000000001',
  officer_id: '01900000-0000-7000-8000-000000000002',
  face_match: 'passed',
  capture: 'capture_page',
};

describe('what a client claims', () => {
  it('about itself opens no case of another, of another pathway, or past its first step', async () => {
    const person = await signUp(scene, { email: 'claims@example.org' });
    await person.walker.get('/proofing');
    const consents = { consent: 'yes', biometric_consent: 'yes' };
    const counter = await person.walker.post('/cases', { ...consents, ...CLAIMS });
    expect(counter.status).toBe(400);
    const opened = await person.walker.post('/cases', { ...consents, ...CLAIMS, pathway: 'chip' });
    const id = /\/cases\/([^/]+)/.exec(opened.location!)![1] as CaseId;
    expect(await caseOf(scene, id)).toMatchObject({
      accountId: person.accountId,
      pathway: 'chip',
      officerId: null,
      state: { step: 'document' },
    });
  });

  it('about a chip makes no clone genuine, and no case another’s', async () => {
    const person = await startCase(scene);
    const passport = await passportOf(scene, { documentNumber: newNumber(), defect: 'clone' });
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    await sendFiles(scene, phone, passport.files);
    const { status, body } = await callReader(scene, 'POST', 'submission', {
      session: phone.session,
      json: {
        ...CLAIMS,
        activeAuthentication: { ...exchangeOf(phone, passport), verified: true },
        cloneCheck: 'passed',
        verdict: 'genuine',
        document: { documentNumber: 'L898902C3' },
        caseId: person.caseId,
        idempotencyKey: newKey(),
      },
    });
    // A field that the protocol does not know is refused or left aside; it never counts.
    expect(status === 200 ? body.refusal : 'not_understood').toMatch(
      /^(clone_check_failed|not_understood)$/,
    );
    expect((await caseOf(scene, person.caseId)).state.step).toBe('document');
  });

  it('about a picture does not make a file a camera’s', async () => {
    const person = await startCase(scene);
    await readChip(scene, person, await passportOf(scene, { documentNumber: newNumber() }));
    await person.walker.get(`/cases/${person.caseId}/portrait`);
    const picture = { name: 'me.jpg', type: 'image/jpeg', bytes: await livePicture() };
    await person.walker.postFiles(`/cases/${person.caseId}/portraits`, { picture }, CLAIMS);
    const checks = await scene.app
      .db('case_checks as c')
      .join('case_examinations as x', 'x.id', 'c.examination_id')
      .where({ 'x.case_id': person.caseId, 'x.kind': 'portrait', 'c.name': 'capture' })
      .pluck('c.reason');
    expect(checks).toEqual(['uploaded']);
    expect((await caseOf(scene, person.caseId)).state.step).not.toBe('approved');
    expect(await standingOf(scene.app.db, scene.app, person.accountId)).toBeNull();
  });
});

/** What an applicant reads, without what names this one case. */
function plain(text: string): string {
  const main = /<main[\s\S]*<\/main>/.exec(text)?.[0] ?? text;
  return main
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/[0-9A-F]{4}-[0-9A-F]{4}/g, 'REFERENCE')
    .replaceAll(/name="csrf" value="[^"]*"/g, 'CSRF')
    .replaceAll(/data-version="\d+"|"version":\d+|:\d\d\b/g, '');
}

async function told(person: Applicant) {
  const page = await person.walker.get(`/cases/${person.caseId}`);
  const status = await person.walker.get(`/cases/${person.caseId}/status`);
  return { code: page.status, page: plain(page.text), status: plain(status.text) };
}

const decide = (
  { caseId, proofing }: Awaited<ReturnType<typeof reviewCase>>,
  given: Pick<DecisionInput, 'decision' | 'reasonCode'> & Partial<DecisionInput>,
) =>
  decideCase(scene.app, {
    caseId,
    officerId,
    expectedVersion: proofing.version,
    note: null,
    ...given,
  });

const inReview = async (documentNumber = newNumber()) =>
  reviewCase(scene, { passport: await passportOf(scene, { documentNumber }) });

describe('who probes', () => {
  it('cannot tell a case that only waits from one that a register contradicts or a record holds', async () => {
    const owner = await inReview();
    const { proofing } = owner;
    await decide(owner, {
      decision: 'approve',
      reasonCode: 'face_matches',
      settlement: { dismissed: 'all' },
    });
    const taken = await passportOf(scene, {
      documentNumber: `C${String(numbers).padStart(8, '0')}`,
    });
    expect((await caseOf(scene, proofing.id)).state.step).toBe('approved');

    const waits = await inReview();
    const held = await reviewCase(scene, { passport: taken });
    const outcome = await decide(held, { decision: 'approve', reasonCode: 'face_matches' });
    expect(outcome).toMatchObject({ outcome: 'held', hold: 'document_on_record' });
    const lost = newNumber();
    await scene.register.remember(lost, { status: 'reported_stolen' });
    const contradicted = await inReview(lost);
    expect(contradicted.proofing.state).toMatchObject({ register: { finding: 'contradicts' } });
    const another = newNumber();
    await scene.register.remember(another, { person: { dateOfBirth: '1971-01-01' } });
    const differs = await inReview(another);

    const ordinary = await told(waits);
    for (const probe of [held, contradicted, differs]) expect(await told(probe)).toEqual(ordinary);
  });

  it('is refused in the same words whatever did not match', async () => {
    const answers = [];
    for (const reasonCode of [
      'face_differs',
      'not_a_live_person',
      'register_contradicts',
    ] as const) {
      const person = await inReview();
      expect(await decide(person, { decision: 'refuse', reasonCode })).toMatchObject({ ok: true });
      const { email } = person;
      const mail = await waitForMail(scene.url, email, ({ text }) =>
        /decided|could not/i.test(text),
      );
      const codes = (await mailsTo(scene.url, email)).length;
      answers.push({
        ...(await told(person)),
        mail: plain(mail.text).replaceAll(email, ''),
        codes,
      });
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });
});
