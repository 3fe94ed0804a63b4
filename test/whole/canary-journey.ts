import { expect } from 'vitest';
import { openHandOff } from '../../src/dev/reader/reader-client.ts';
import { embeddedSignerOf } from '../../src/documents/signer-reference.ts';
import { judgePicture } from '../../src/proofing/portrait-quality.ts';
import { signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { waitForMail } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { agencyBrowser, agreeAt, goOn, pressButton, pressSignIn } from './agency-visit.ts';
import { STEPS, STEP_NAMES, foreignIdOf, newApplicant } from './applicant.ts';
import type { Applicant, StepName } from './applicant.ts';
import { expectStatus } from './answers.ts';
import { canaryPerson, canaryPictures, canaryRecord, said } from './canary-person.ts';
import { approveCase, enrolOfficer } from './officer.ts';
import { passportFor, putOnRegister } from './papers.ts';
import { runBeside } from './running-product.ts';
import type { Place } from './running-product.ts';

/** What came up on the way that must be nowhere afterwards either. */
export interface Secrets {
  /** By name; the same value twice is kept once. */
  words: Map<string, string>;
  bytes: Map<string, Buffer>;
  contactCode: string;
}

/** The officer who decides is invited by our own command, under a name that stands nowhere else. */
export async function enrolCanaryOfficer(place: Place, secrets: Secrets): Promise<Walker> {
  const args = ['--name', said.officerName, '--role', 'officer', '--role', 'registrar'];
  const invited = await runBeside(place, ['officer', 'invite', ...args]);
  expect(invited.code, invited.err).toBe(0);
  const link = /http\S+/.exec(invited.out)![0];
  secrets.words.set('invitation', link.slice(link.lastIndexOf('/') + 1));
  const officer = await enrolOfficer(place.url, link);
  keepCookies(secrets, 'officer', officer);
  return officer;
}

/** From the agency's button over the whole proofing back to the agency, as issue 2 tells it. */
export async function walkToAgency(
  place: Place,
  officer: Walker,
  secrets: Secrets,
): Promise<Applicant> {
  const pictures = await canaryPictures();
  const passport = await passportFor(place, canaryPerson, pictures.chip);
  await putOnRegister(place, canaryRecord);
  secrets.words.set('zone, first line', passport.mrzLines[0]);
  secrets.words.set('zone, second line', passport.mrzLines[1]);
  const stored = await judgePicture(pictures.live);
  secrets.bytes.set('chip portrait', pictures.chip);
  secrets.bytes.set('live portrait as sent', pictures.live);
  if (stored.ok) secrets.bytes.set('live portrait as kept', stored.jpeg);
  for (const [name, part] of personalParts(passport.files.get('EF_SOD')!))
    secrets.bytes.set(name, part);

  const { email } = canaryPerson;
  const person = newApplicant({ url: place.url, email, passport, livePicture: pictures.live });
  const visitor = { agency: agencyBrowser(place, 0), browser: person.walker };
  const asked = await pressSignIn(place, visitor, { login_hint: email });
  if (asked.at !== 'provider') throw new Error('The agency let a stranger in.');
  person.returnTo = asked.path;
  await walk(person, ['address', 'code', 'passkey'], secrets);
  const level = await goOn(visitor, asked.path);
  if (level.at !== 'provider') throw new Error('The agency took an unproven person.');
  expect(level.page.text).toContain('/proofing?return_to=');
  person.returnTo = level.path;
  await walk(person, STEP_NAMES.slice(3), secrets);
  await approveCase(officer, person.caseId!, said.note);

  const status = await person.walker.get(`/cases/${person.caseId}/status`);
  const { location } = status.json() as { location: string };
  const consent = await goOn(visitor, location);
  expect(consent.page.text).toContain(canaryPerson.printedPrimary);
  const back = await agreeAt(visitor, consent);
  if (back.at !== 'agency') throw new Error('Not back at the agency.');
  expect(back.page.text).toContain('urn:tangchat:acr:ial2:aal2');
  secrets.words.set('authorization code', back.callback.searchParams.get('code')!);
  for (const path of ['/userinfo', '/refresh']) {
    const page = await pressButton(visitor.agency, path);
    expect(page.text).toContain(canaryPerson.printedPrimary);
  }
  return person;
}

async function walk(
  person: Applicant,
  steps: readonly StepName[],
  secrets: Secrets,
): Promise<void> {
  for (const step of steps) {
    await STEPS[step](person);
    keepCookies(secrets, step, person.walker);
    if (person.code) secrets.contactCode = person.code;
    if (person.handOffToken) secrets.words.set('hand-off token', person.handOffToken);
    if (person.phone) secrets.words.set('reader session', person.phone.session);
  }
}

/** They hold the name of an interaction, which stands in addresses as well: what opens it is the signature beside them. */
const NAMES_IN_ADDRESSES = ['tangchat_interaction', 'tangchat_resume'];

/** Cookies long enough to open something. */
function keepCookies(secrets: Secrets, when: string, { cookies }: Walker): void {
  for (const [name, value] of cookies) {
    const known = [...secrets.words.values()].includes(value);
    if (value.length >= 16 && !known && !NAMES_IN_ADDRESSES.includes(name))
      secrets.words.set(`cookie ${name} after ${when}`, value);
  }
}

/** The person's ID, their passkey's name, recovery code, mails and tokens. */
export async function useTheId(
  person: Applicant,
  party: RelyingParty,
  secrets: Secrets,
): Promise<string> {
  const { walker, url, email } = person;
  const number = await foreignIdOf(person);
  expect(number).toMatch(/^F\d{12}$/);
  secrets.words.set('ID', number!);
  secrets.words.set(
    'ID as shown',
    number!.replace(/^(.)(.{4})(.{4})(.{2})(.{2})$/, '$1 $2 $3 $4 $5'),
  );
  const passkey = /\/passkeys\/[\w-]{36}/.exec((await walker.get('/passkeys')).text)![0];
  expectStatus(await walker.post(`${passkey}/name`, { label: said.passkeyLabel }), 303);
  const made = await walker.post('/passkeys/recovery-code');
  secrets.words.set('recovery code', /\b[0-9A-Z]{4}(-[0-9A-Z]{4}){6}\b/.exec(made.text)![0]);
  const notice = await waitForMail(url, email, ({ text }) => text.includes('/freeze/'));
  secrets.words.set('freeze link', /\/freeze\/([\w-]{43})/.exec(notice.text)![1]!);
  const { tokens, url: callback } = await signInAt(walker, party, { login_hint: email });
  secrets.words.set('client secret', party.secret!);
  secrets.words.set('second authorization code', callback.searchParams.get('code')!);
  secrets.words.set('access token', tokens.access_token);
  secrets.words.set('refresh token', tokens.refresh_token!);
  secrets.words.set('ID token', tokens.id_token!.split('.')[1]!);
  keepCookies(secrets, 'signing in at a service', walker);
  return number!;
}

/** Everything that is refused must forget what it was given, too: its words come in by every door. */
export async function knockOnEveryDoor(place: Place, officer: Walker, number: string) {
  const { documentNumber, primaryIdentifier, email } = canaryPerson;
  const { url } = place;
  const headers = { 'user-agent': said.userAgent, 'x-forwarded-for': said.clientAddress };
  const twin = newApplicant({
    url,
    email: said.twinEmail,
    passport: await passportFor(place, canaryPerson),
    livePicture: (await canaryPictures()).live,
  });
  const { walker } = twin;
  await walker.get(`/${said.strayWord}/${documentNumber}?name=${primaryIdentifier}`, headers);
  await walker.post('/create', { email: `${said.unknownEmail} ${said.strayWord}` }, headers);
  // The address has an account: the mail says so, the page does not.
  await walker.post('/create', { email }, headers);
  await walker.post('/recover', { email: said.unknownEmail, code: said.strayWord }, headers);
  await walker.postJson('/sign-in', { credential: said.strayWord });
  await walker.get(`/sign-in?return_to=/${said.strayWord}&lang=${said.strayWord}`, headers);
  await walker.get(`/oidc/auth?client_id=${said.strayWord}&login_hint=${email}`, headers);
  await openHandOff(url, said.strayWord.padEnd(43, 'x')).catch(() => undefined);
  for (const body of [`{"token":"${primaryIdentifier}`, said.strayWord])
    await fetch(`${url}/api/reader/sessions`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
  await fetch(`${url}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: said.strayWord, code: documentNumber }),
    headers: { authorization: `Basic ${btoa(`whole-condo:${said.strayWord}`)}` },
  });
  for (const text of [number, documentNumber, said.strayWord, 'x'.repeat(50)])
    await officer.post('/console/people', { number: text }, headers);

  // The same passport for another account: held, and told to the officer alone.
  for (const step of STEP_NAMES) await STEPS[step](twin);
  const tooLong = `${said.note} `.repeat(60);
  const fields = { version: '1', reason: 'face_matches', note: tooLong };
  expectStatus(await officer.post(`/console/cases/${twin.caseId}/decision`, fields), 422);
  await approveCase(officer, twin.caseId!, said.note);
  await walker.post('/sign-out');
}

/** Of a security object, what is of this passport alone: its signer's certificate and issuer are on lists that states publish, and are kept. */
function personalParts(sod: Buffer): [string, Buffer][] {
  const { raw } = embeddedSignerOf(sod)!;
  const at = sod.indexOf(raw);
  if (at === -1) throw new Error('The certificate does not stand in the security object as it is.');
  return [
    ['digests in the security object', sod.subarray(0, at)],
    ['signature of the security object', sod.subarray(-SIGNATURE_BYTES)],
  ];
}

/** Two numbers of a curve of 256 bits. */
const SIGNATURE_BYTES = 64;
