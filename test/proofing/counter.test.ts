import { beforeAll, describe, expect, it } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId, CaseId, OfficerId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { evidenceHash } from '../../src/proofing/evidence-hash.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { sendFiles, openSession, submit } from './phone.ts';
import {
  allFeatures,
  atCounter,
  counterCode,
  decideOnPage,
  inspectByHand,
  openAtCounter,
  seenOn,
  zoneOf,
} from './papers.ts';
import { caseOf, livePicture, openCase, passportOf, startScene, waitForStep } from './scene.ts';
import type { Scene } from './scene.ts';

let scene: Scene;
let officer: Omit<SignedIn, 'email'>;
let second: Omit<SignedIn, 'email'>;
let strangers = 0;

beforeAll(async () => {
  scene = await startScene();
  officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  second = await signUpOfficer(scene, { name: 'Prasert', roles: ['officer'] });
});

const visitor = () => signUp(scene, { email: `visitor${(strangers += 1)}@example.org` });
const idOf = (text: string) => CaseId.parse(text)!;
const review = (caseId: string) =>
  waitForStep(scene, idOf(caseId), ({ state }) => state.step === 'review');

async function assuranceOf(person: SignedIn) {
  const standing = await standingOf(scene.app.db, scene.app, person.accountId);
  return standing ? personAssurance(standing, scene.app.clock.now()).identity : null;
}

describe('a counter', () => {
  it('proves a passport without a chip to IAL2, with a second document and the face in person', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    const page = await person.walker.get(`/cases/${caseId}`);
    expect(page.text).toContain('Your visit at the counter');
    await inspectByHand(officer, caseId, 'anna');
    await review(caseId);
    const decided = await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
    expect(decided.status).toBe(302);
    expect((await caseOf(scene, idOf(caseId))).state.step).toBe('approved');
    expect(await assuranceOf(person)).toMatchObject({ ial: 2, pathway: 'counter' });
    expect((await person.walker.get('/home')).text).toMatch(/F \d{4} \d{4} \d{2} \d{2}/);
  });

  it('reads a chip by its own reader, and then asks for no second document', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    await officer.walker.post(`/console/cases/${caseId}/readings`);
    const shown = await officer.walker.get(`/console/cases/${caseId}/counter`);
    const link = /<code[^>]*>(http[^<]*\/h\/[\w-]{43})<\/code>/.exec(shown.text)![1]!;
    const reader = await openSession(scene, link);
    const passport = await passportOf(scene, { person: 'mai' });
    await sendFiles(scene, reader, passport.files);
    expect((await submit(scene, reader, passport)).body).toMatchObject({ outcome: 'accepted' });
    expect((await caseOf(scene, idOf(caseId))).state.step).toBe('face');
    expect((await atCounter(officer, caseId, 'face', { same: 'yes' })).status).toBe(302);
    await review(caseId);
    await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
    expect(await assuranceOf(person)).toMatchObject({ ial: 2, cloneCheck: 'passed' });
  });

  it('keeps no sample where the kind of document ends at IAL2', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    await inspectByHand(officer, caseId, 'mai', 'alien_document');
    await person.walker.get(`/cases/${caseId}`);
    await person.walker.post(`/cases/${caseId}/sample-consent`, { agree: 'yes' });
    const shown = await officer.walker.get(`/console/cases/${caseId}/counter`);
    const picture = {
      portrait: { name: 'p.jpg', type: 'image/jpeg', bytes: await livePicture('mai') },
    };
    const refused = await officer.walker.postFiles(`/console/cases/${caseId}/sample`, picture, {
      seen: seenOn(shown.text),
    });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Documents of this kind do not carry IAL3');
    expect((await caseOf(scene, idOf(caseId))).state).not.toHaveProperty('sample.examinationId');
  });

  it('reaches IAL3 with a consented sample and a second officer, and falls to 2 when the consent goes', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    await inspectByHand(officer, caseId, 'tomas');
    await review(caseId);
    const picture = {
      portrait: { name: 'p.jpg', type: 'image/jpeg', bytes: await livePicture('tomas') },
    };
    const sample = async () => {
      const shown = await officer.walker.get(`/console/cases/${caseId}/counter`);
      const fields = { seen: seenOn(shown.text) };
      return officer.walker.postFiles(`/console/cases/${caseId}/sample`, picture, fields);
    };
    expect((await sample()).text).toContain('has not agreed on their own phone');
    await person.walker.get(`/cases/${caseId}`);
    await person.walker.post(`/cases/${caseId}/sample-consent`, { agree: 'yes' });
    expect((await sample()).status).toBe(302);

    await decideOnPage(officer, caseId, { reason: 'holder_is_present' });
    expect((await caseOf(scene, idOf(caseId))).state).toMatchObject({
      step: 'review',
      proposal: { reason: 'holder_is_present' },
    });
    const alone = await decideOnPage(officer, caseId, { reason: 'second_look_agrees' });
    expect(alone.text).toContain('another officer must confirm');
    const confirmed = await decideOnPage(second, caseId, { reason: 'second_look_agrees' });
    expect(confirmed.status).toBe(302);
    expect(await assuranceOf(person)).toMatchObject({ ial: 3 });
    const kept = await officer.walker.get(`/console/cases/${caseId}/portraits/sample`);
    expect(kept.headers.get('content-type')).toBe('image/jpeg');

    await person.walker.get(`/cases/${caseId}`);
    await person.walker.post(`/cases/${caseId}/sample-consent`, { agree: 'no' });
    expect(await assuranceOf(person)).toMatchObject({ ial: 2 });
    expect((await officer.walker.get(`/console/cases/${caseId}/portraits/sample`)).status).toBe(
      404,
    );
  });

  it('opens nothing by a wrong, used or replaced code, always with the same answer', async () => {
    const person = await visitor();
    const replaced = await counterCode(person);
    const used = await counterCode(person);
    await openAtCounter(officer, used);
    const answers = [];
    for (const code of [replaced, used, '0000 0000', 'abc', '1'.repeat(20)]) {
      await officer.walker.get('/console/counter');
      const { status, text } = await officer.walker.post('/console/counter', { code });
      answers.push(`${status} ${/ds-error-summary[\s\S]*?<\/ul>/.exec(text)?.[0]}`);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('This code opens nothing');
  });

  it('makes no code without both consents', async () => {
    const person = await visitor();
    await person.walker.get('/proofing/counter');
    const made = await person.walker.post('/proofing/counter-codes', { consent: 'yes' });
    expect(made.status).toBe(422);
    expect(made.text).not.toMatch(/\d{4} \d{4}<\/strong>/);
  });

  it('ends a remote case under way, and goes on with its own', async () => {
    const person = await visitor();
    const remote = await openCase(person);
    const caseId = await openAtCounter(officer, await counterCode(person));
    expect((await caseOf(scene, remote)).state.step).toBe('withdrawn');
    expect(await openAtCounter(second, await counterCode(person))).toBe(caseId);
  });

  it.each([
    ['a zone whose check digits do not hold', { zone: 'P<UTOERIKSSON<<ANNA\nL898902C36UTO' }],
    ['a document that was not looked at wholly', { features: ['genuine_material'] }],
    ['a kind that is no first document', { kind: 'border_pass' }],
    ['an emergency passport, which carries no IAL2', { kind: 'emergency_document' }],
  ])('refuses %s', async (_, departure) => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    const sent = { kind: 'passport', zone: zoneOf('anna'), features: allFeatures, ...departure };
    expect((await atCounter(officer, caseId, 'document', sent)).status).toBe(422);
    expect((await caseOf(scene, idOf(caseId))).state).toMatchObject({
      step: 'document',
      document: null,
    });
  });

  it('refuses the first document as the second, and a step out of turn', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    expect((await atCounter(officer, caseId, 'face', { same: 'yes' })).status).toBe(422);
    await atCounter(officer, caseId, 'document', {
      kind: 'passport',
      zone: zoneOf('anna'),
      features: allFeatures,
    });
    const same = {
      kind: 'passport',
      issuing_state: 'UTO',
      document_number: 'L898902C3',
      features: allFeatures,
    };
    const answer = await atCounter(officer, caseId, 'second-document', same);
    expect(answer.text).toContain('must be another one');
    expect((await atCounter(officer, caseId, 'face', { same: 'yes' })).status).toBe(422);
  });

  it('wipes what rested on a step that is done again', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    await inspectByHand(officer, caseId, 'anna');
    expect((await atCounter(officer, caseId, 'reopenings', { step: 'document' })).status).toBe(302);
    expect((await caseOf(scene, idOf(caseId))).state).toMatchObject({
      step: 'document',
      document: null,
      secondDocument: null,
      register: null,
      face: null,
    });
  });
});

describe('nobody decides on themselves', () => {
  it('at a counter, once an officer has named their own account', async () => {
    const self = await visitor();
    await officer.walker.get('/console/counter');
    const named = await officer.walker.post('/console/own-account', {
      code: await counterCode(self),
    });
    expect(named.text).toContain('Recorded');
    await officer.walker.get('/console/counter');
    const own = await officer.walker.post('/console/counter', { code: await counterCode(self) });
    expect(own.status).toBe(403);
    const caseId = await openAtCounter(second, await counterCode(self));
    const act = { kind: 'passport', zone: zoneOf('anna'), features: allFeatures };
    expect((await atCounter(officer, caseId, 'document', act)).status).toBe(403);
    expect((await decideOnPage(officer, caseId, { reason: 'suspected_fraud' })).status).toBe(403);
    const { version } = await caseOf(scene, idOf(caseId));
    await officer.walker.get(`/console/cases/${caseId}`);
    const taken = { version: String(version), to: 'me' };
    expect((await officer.walker.post(`/console/cases/${caseId}/assignment`, taken)).status).toBe(
      403,
    );
  });
});

describe('a decision is made on what the page showed', () => {
  it('409 where evidence was replaced after the page was opened', async () => {
    const person = await visitor();
    const caseId = await openAtCounter(officer, await counterCode(person));
    await inspectByHand(officer, caseId, 'anna');
    const proofing = await review(caseId);
    const seen = await evidenceHash(scene.app.db, scene.app, proofing);
    const { state } = proofing;
    if (state.step !== 'review') throw new Error('not in review');
    // Behind the back of every version: the row of the zone takes other bytes.
    const evidence = await scene.app.db('case_evidence').where({
      examination_id: state.document.examinationId,
      kind: 'mrz_lines',
    });
    const { id } = evidence[0] as { id: string };
    const key = await scene.app.cipher.openDataKey(scene.app.db, proofing.dataKeyId);
    const forged = key.encrypt({ table: 'case_evidence', column: 'content', row: id }, 'forged');
    await scene.app.db('case_evidence').where({ id }).update({ content: forged });
    const shown = { version: String(proofing.version), evidence: seen, note: '' };
    const answer = await officer.walker.post(`/console/cases/${caseId}/decision`, {
      ...shown,
      reason: 'holder_is_present',
    });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('no longer what this page showed');
  });

  it('one decision and one number, whatever many nodes post at once', async () => {
    const person = await visitor();
    const caseId = idOf(await openAtCounter(officer, await counterCode(person)));
    await inspectByHand(officer, caseId, 'sukarno');
    const { version } = await review(caseId);
    const officers = [officer, second].map(({ accountId }) => OfficerId.parse(accountId)!);
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, at) =>
        decideCase(scene.app, {
          caseId,
          officerId: officers[at % 2]!,
          expectedVersion: version,
          decision: 'approve',
          reasonCode: 'holder_is_present',
          note: null,
        }),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    const rows = await transact(scene.app.db, (tx) =>
      tx('case_decisions').where({ case_id: caseId }),
    );
    expect(rows).toHaveLength(1);
    const account = AccountId.parse(person.accountId)!;
    expect(await standingOf(scene.app.db, scene.app, account)).toMatchObject({ idState: 'active' });
  });
});
