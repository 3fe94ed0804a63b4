import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import type { DemoMessage } from '../../src/dev/demo-mail.ts';
import { openHandOff, sendFile, submitFiles } from '../../src/dev/reader/reader-client.ts';
import { ReaderRefused } from '../../src/dev/reader/reader-client.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { PasskeyDevice } from '../passkey-device.ts';
import { mailsTo, newWalker, signIn, waitForCode } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { expectStatus } from './answers.ts';

/** What the phone has of its session with us. */
interface Phone {
  session: string;
  challenge: string;
  idempotencyKey: string;
  /** Files whose receipt was acknowledged, with their sizes. */
  sent: Map<string, number>;
}

/** Somebody on the way from an address to an ID, who knows of us only what HTTP told them. */
export interface Applicant {
  url: string;
  email: string;
  passport: SandboxPassport;
  livePicture: Buffer;
  walker: Walker;
  device: PasskeyDevice;
  /** Where the journey came from and shall end. */
  returnTo: string;
  caseId: string | null;
  handOffToken: string | null;
  phone: Phone | null;
  code: string | null;
  foreignId: string | null;
  /** The steps whose success was acknowledged. */
  acknowledged: Set<StepName>;
}

export function newApplicant(
  given: Pick<Applicant, 'url' | 'email' | 'passport' | 'livePicture'> & { returnTo?: string },
): Applicant {
  return {
    returnTo: '/proofing',
    ...given,
    walker: newWalker(given.url),
    device: passkeyDevice({ origin: given.url }),
    caseId: null,
    handOffToken: null,
    phone: null,
    code: null,
    foreignId: null,
    acknowledged: new Set(),
  };
}

/**
 * The applicant's part of the journey. Each step may be done again after its answer got lost, as a person who loads
 * the page again would: it first looks how far things are.
 */
export const STEPS = {
  address: giveAddress,
  code: confirmCode,
  passkey: registerPasskey,
  consent: openCase,
  session: openReaderSession,
  files: sendFiles,
  chip: submitChip,
  portrait: takePortrait,
  review: waitForReview,
} as const;
export type StepName = keyof typeof STEPS;
export const STEP_NAMES = Object.keys(STEPS) as StepName[];

async function giveAddress({ walker, email, returnTo }: Applicant): Promise<void> {
  await walker.get('/create');
  const answer = await walker.post('/create', { email, return_to: returnTo });
  expectStatus(answer, 303, '/create/code');
}

async function confirmCode(person: Applicant): Promise<void> {
  const { walker, url, email } = person;
  const seen = await walker.get('/create/code');
  if (seen.location === '/create/passkey') return;
  // Who gave the address again has two mails, of which one is the right one.
  const others: DemoMessage[] = [];
  for (let tries = 0; tries < 4; tries++) {
    person.code = await waitForCode(url, email, others);
    const answer = await walker.post('/create/code', { code: person.code });
    if (answer.status === 303) return expectStatus(answer, 303, '/create/passkey');
    expectStatus(answer, 422);
    const spelled = person.code.replace(/(...)/, '$1 ');
    others.push(...(await mailsTo(url, email)).filter(({ text }) => text.includes(spelled)));
  }
  throw new Error('None of the codes that came is the right one.');
}

async function registerPasskey(person: Applicant): Promise<void> {
  const { walker, device } = person;
  if ((await walker.get('/home')).status === 200) return;
  // The account may be there though the answer got lost: then this passkey opens it.
  if (device.credentials.length > 0 && (await signIn(walker, device)).status === 303) return;
  await walker.get('/create/passkey');
  const options = (await walker.postJson('/create/passkey/options')).json();
  const credential = JSON.stringify(device.register(options as never));
  expectStatus(await walker.post('/create/passkey', { credential }), 303);
}

async function openCase(person: Applicant): Promise<void> {
  const { walker } = person;
  await walker.get('/proofing');
  const answer = await walker.post('/cases', {
    consent: 'yes',
    biometric_consent: 'yes',
    return_to: person.returnTo === '/proofing' ? '' : person.returnTo,
  });
  expectStatus(answer, 303);
  person.caseId = /^\/cases\/([\w-]{36})/.exec(answer.location ?? '')![1]!;
}

async function openReaderSession(person: Applicant): Promise<void> {
  try {
    await openLink(person);
  } catch (error) {
    if (!(error instanceof ReaderRefused && error.code === 'hand_off_used')) throw error;
    // The token was taken, its answer lost: a new code is asked for.
    await person.walker.post(`/cases/${person.caseId}/hand-offs`);
    await openLink(person);
  }
}

async function openLink(person: Applicant): Promise<void> {
  const { walker, caseId, url } = person;
  const find = (text: string) => /<code[^>]*>http[^<]*\/h\/([\w-]{43})<\/code>/.exec(text)?.[1];
  let token = find((await walker.get(`/cases/${caseId}/chip`)).text);
  if (!token) {
    await walker.post(`/cases/${caseId}/hand-offs`);
    token = find((await walker.get(`/cases/${caseId}/chip`)).text);
  }
  if (!token) throw new Error('The chip page shows no link.');
  person.handOffToken = token;
  const { session, challenge } = await openHandOff(url, token);
  const idempotencyKey = systemRandom.token(18);
  person.phone = { session, challenge, idempotencyKey, sent: new Map() };
}

async function sendFiles({ phone, passport, url }: Applicant): Promise<void> {
  for (const [name, bytes] of passport.files) {
    if (phone!.sent.has(name)) continue;
    await sendFile(url, phone!.session, { name, bytes });
    phone!.sent.set(name, bytes.length);
  }
}

async function submitChip({ phone, passport, url }: Applicant): Promise<void> {
  const challenge = Buffer.from(phone!.challenge, 'base64url');
  const response = answerActiveAuthentication(passport.chipKey, challenge, systemRandom);
  const answer = await submitFiles(url, phone!.session, {
    activeAuthentication: {
      challenge: phone!.challenge,
      response: response.toString('base64url'),
    },
    idempotencyKey: phone!.idempotencyKey,
  });
  if (answer.outcome !== 'accepted') throw new Error(`The chip: ${JSON.stringify(answer)}`);
}

async function takePortrait({ walker, caseId, livePicture }: Applicant): Promise<void> {
  await walker.get(`/cases/${caseId}/portrait`);
  const answer = await walker.postFiles(`/cases/${caseId}/portraits`, {
    portrait: { name: 'portrait.jpg', type: 'image/jpeg', bytes: livePicture },
  });
  expectStatus(answer, 303, `/cases/${caseId}`);
}

async function waitForReview(person: Applicant): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const state = await caseStateOf(person);
    if (state === 'review' || state === 'approved') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The case stays at ${await caseStateOf(person)}.`);
}

/** What the page that waits is told: `document.shown.0`, `portrait`, `register`, `review`, `approved` … */
export async function caseStateOf({ walker, caseId }: Applicant): Promise<string> {
  const answer = await walker.get(`/cases/${caseId}/status`);
  expectStatus(answer, 200);
  return (answer.json() as { state: string }).state;
}

/** The foreign-national ID on the start page, without spaces; null while there is none. */
export async function foreignIdOf({ walker }: Applicant): Promise<string | null> {
  const answer = await walker.get('/home');
  expectStatus(answer, 200);
  const shown = /F \d{4} \d{4} \d{2} \d{2}/.exec(answer.text.replaceAll('\u00a0', ' '));
  return shown ? shown[0].replaceAll(' ', '') : null;
}

/** The files that the server says it has of the phone's session, with their sizes. */
export async function receivedFiles({ url, phone }: Applicant): Promise<Map<string, number>> {
  const answer = await fetch(`${url}/api/reader/files`, {
    headers: { authorization: `Bearer ${phone!.session}` },
  });
  if (answer.status !== 200) throw new Error(`The reader's session answered ${answer.status}.`);
  const { files } = (await answer.json()) as { files: { name: string; sizeBytes: number }[] };
  return new Map(files.map(({ name, sizeBytes }) => [name, sizeBytes]));
}
