import { describe, expect, it } from 'vitest';
import { drawDataPage, plainPrint } from '../../src/dev/data-page-maker/draw-data-page.ts';
import { sandboxDataPage } from '../../src/dev/data-page-maker/sandbox-data-page.ts';
import { plainShot, takePhoto } from '../../src/dev/data-page-maker/take-photo.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { writePassportMrz } from '../../src/dev/passport-maker/write-mrz.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { CaseId, OfficerId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { documentKindOf } from '../../src/proofing/document-kind.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import { counterCode, openAtCounter } from './papers.ts';
import { openSession, readChip, sendFiles, submit } from './phone.ts';
import { reviewCase } from './review.ts';
import { caseOf, passportOf, startCase, startScene } from './scene.ts';

/**
 * What a document is good for is dated data, by its kind; what kind it is, it says itself. A refugee's travel document leads
 * where a passport does; one that was issued in haste, or a card, does not, whatever its holder chose on the start page.
 */
const scene = await startScene();
const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });

describe('the kind of a document', () => {
  it.each([
    ['P', 'UTO', 'UTO', 'passport_chip'],
    ['P<', 'UTO', 'UTO', 'passport_chip'],
    ['PP', 'UTO', 'UTO', 'passport_chip'],
    ['PA', 'CHE', 'CHE', 'passport_chip'],
    ['PD', 'UTO', 'UTO', 'official_passport'],
    ['PO', 'UTO', 'UTO', 'official_passport'],
    ['PE', 'UTO', 'UTO', 'emergency_document'],
    ['PR', 'UTO', 'XXB', 'refugee_document'],
    ['P', 'UTO', 'XXB', 'refugee_document'],
    ['PS', 'UTO', 'XXA', 'stateless_document'],
    ['P', 'UTO', 'XXA', 'stateless_document'],
    ['PT', 'UTO', 'XXX', 'alien_document'],
    ['P', 'UTO', 'XXC', 'alien_document'],
    ['P', 'UNO', 'UNO', 'laissez_passer'],
    ['PL', 'EUE', 'SWE', 'laissez_passer'],
    ['IS', 'UTO', 'UTO', 'seafarer_identity'],
    ['I', 'UTO', 'UTO', 'national_card'],
    ['ID', 'UTO', 'UTO', 'national_card'],
    ['AC', 'UTO', 'UTO', 'national_card'],
    ['V', 'UTO', 'UTO', null],
    ['', 'UTO', 'UTO', null],
  ])('%s of %s, nationality %s: %s', (documentCode, issuingState, nationality, kind) => {
    const zone = { documentCode, issuingState, nationality };
    expect(documentKindOf(zone, { hasChip: true })).toBe(kind);
    const without = documentKindOf(zone, { hasChip: false });
    expect(without).toBe(kind === 'passport_chip' ? 'passport' : kind);
  });
});

let numbers = 0;
const documentNumber = () => `K${String((numbers += 1)).padStart(8, '0')}`;

describe('a chip', () => {
  it.each([
    ['a refugee', 'PR', 'XXB'],
    ['a refugee, by the nationality alone', 'P', 'XXB'],
    ['a stateless person', 'PS', 'XXA'],
    ['a diplomat', 'PD', undefined],
  ])('of %s is taken from a phone', async (_, documentCode, nationality) => {
    const person = await startCase(scene);
    const about = { documentCode, ...(nationality ? { nationality } : {}) };
    const passport = await passportOf(scene, { ...about, documentNumber: documentNumber() });
    const { body } = await readChip(scene, person, passport);
    expect(body).toMatchObject({ outcome: 'accepted', refusal: null });
  });

  it.each([
    ['an emergency document', 'PE', undefined],
    ['a document for aliens', 'PT', 'XXX'],
    ['a document for aliens, by the nationality alone', 'P', 'XXC'],
    ['a laissez-passer that no organisation issued', 'PL', undefined],
  ])('of %s is not, and the page says where to go', async (_, documentCode, nationality) => {
    const person = await startCase(scene);
    const about = { documentCode, ...(nationality ? { nationality } : {}) };
    const passport = await passportOf(scene, { ...about, documentNumber: documentNumber() });
    const { body } = await readChip(scene, person, passport);
    expect(body).toMatchObject({
      outcome: 'refused',
      refusal: 'not_a_passport',
      next: 'other_way',
    });
    const page = await person.walker.get(`/cases/${person.caseId}/chip`);
    expect(page.text).toContain('go to a service counter');
    expect((await caseOf(scene, person.caseId)).state.step).toBe('document');
  });

  it('of a document for aliens is read at a counter', async () => {
    const person = await signUp(scene, { email: 'alien@example.org' });
    const caseId = await openAtCounter(officer, await counterCode(person));
    await officer.walker.post(`/console/cases/${caseId}/readings`);
    const shown = await officer.walker.get(`/console/cases/${caseId}/counter`);
    const link = /<code[^>]*>(http[^<]*\/h\/[\w-]{43})<\/code>/.exec(shown.text)![1]!;
    const reader = await openSession(scene, link);
    const about = { documentCode: 'PT', nationality: 'XXX', documentNumber: documentNumber() };
    const passport = await passportOf(scene, about);
    await sendFiles(scene, reader, passport.files);
    expect((await submit(scene, reader, passport)).body).toMatchObject({ outcome: 'accepted' });
    expect((await caseOf(scene, CaseId.parse(caseId)!)).state.step).toBe('face');
  });

  it('of a refugee whom the register knows gets the ID', async () => {
    const number = documentNumber();
    const about = { documentCode: 'PR', nationality: 'XXB', documentNumber: number };
    await scene.register.remember(number, { person: { nationality: 'XXB' } });
    const person = await reviewCase(scene, { passport: await passportOf(scene, about) });
    const decided = await decideCase(scene.app, {
      caseId: person.caseId,
      officerId: OfficerId.parse(officer.accountId)!,
      expectedVersion: person.proofing.version,
      decision: 'approve',
      reasonCode: 'face_matches',
      note: null,
    });
    expect(decided).toMatchObject({ ok: true, outcome: 'approved' });
    expect((await person.walker.get('/home')).text).toMatch(/F \d{4} \d{4} \d{2} \d{2}/);
  });
});

describe('a data page', () => {
  async function sendPage(content: Parameters<typeof drawDataPage>[0]) {
    numbers += 1;
    const { walker } = await signUp(scene, { email: `kind${numbers}@example.org` });
    await walker.get('/proofing?document=passport');
    const start = { consent: 'yes', pathway: 'data_page', document: 'passport' };
    const opened = await walker.post('/cases', start);
    const caseId = /\/cases\/([\w-]+)\/page/.exec(opened.location ?? '')?.[1];
    const shot = { ...plainShot, width: plainShot.width * 0.65, height: plainShot.height * 0.65 };
    const bytes = await takePhoto(await drawDataPage(content, plainPrint), shot);
    await walker.get(`/cases/${caseId}/page`);
    const answer = await walker.postFiles(`/cases/${caseId}/pages`, {
      page: { name: 'page.jpg', type: 'image/jpeg', bytes },
    });
    return { answer, caseId };
  }

  it('of an identity card is none of a travel document', async () => {
    const card = sandboxDataPage(demoPeople.mai, 'TD1', systemClock.now());
    const { answer } = await sendPage(card);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('This is not the page of a travel document');
  });

  it('of an emergency document is taken', async () => {
    const { mai } = demoPeople;
    const page = sandboxDataPage(mai, 'TD3', systemClock.now());
    const about = { documentCode: 'PE', issuingState: 'UTO', nationality: 'UTO' };
    const mrzLines = writePassportMrz({ ...mai, ...about, dateOfExpiry: '2030-01-31' });
    const { answer, caseId } = await sendPage({ ...page, mrzLines });
    expect(answer.location).toBe(`/cases/${caseId}/confirmation`);
  });
});
