import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPersonKey } from '../../src/dev/demo-people.ts';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import { drawPortrait } from '../../src/dev/passport-maker/draw-portrait.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import type {
  PassportRequest,
  SandboxPassport,
} from '../../src/dev/passport-maker/make-passport.ts';
import { loadOrMakeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki-file.ts';
import type { SandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { trustSandboxPki } from '../../src/dev/passport-maker/trust-sandbox-pki.ts';
import { demoContent } from '../../src/dev/sandbox-register/demo-records.ts';
import type { SandboxRecord } from '../../src/dev/sandbox-register/sandbox-record.ts';
import { startSandboxRegister } from '../../src/dev/sandbox-register/start-sandbox-register.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import { CaseId } from '../../src/lib/ids.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { findCase } from '../../src/proofing/case-store.ts';
import type { ProofingCase } from '../../src/proofing/case-state.ts';
import { freePort, startTestServer, testConfig } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

/** The product with a sandbox register of its own, trusting Utopia. */
export interface Scene extends TestServer {
  pki: SandboxPki;
  register: {
    url: string;
    setDown(down: boolean): Promise<void>;
    /** Puts Anna's record on file under another document, changed as told. */
    remember(documentNumber: string, changes: RecordChanges): Promise<void>;
  };
}

export interface RecordChanges {
  person?: Partial<SandboxRecord['person']>;
  status?: SandboxRecord['documents'][number]['status'];
  entryPhotoHeld?: boolean;
}

/** Starts the register on a port that the product is told; both end with the test file. */
export async function startScene(settings: Record<string, string> = {}): Promise<Scene> {
  const port = await freePort();
  const registerUrl = `http://127.0.0.1:${port}`;
  const server = await startTestServer({ REGISTER_URL: registerUrl, ...settings });
  const dataDir = mkdtempSync(join(tmpdir(), 'tangchat-register-'));
  const { registerClientJwk } = loadKeys(testConfig().KEYS_DIR);
  const register = await startSandboxRegister({
    port,
    dataDir,
    clientId: server.url,
    clientJwks: { keys: [publicPart(registerClientJwk)] },
  });
  afterAll(async () => {
    await register.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const pki = loadOrMakeSandboxPki(server.app.config.KEYS_DIR, server.app);
  await transact(server.app.db, (tx) => trustSandboxPki(tx, server.app, pki));
  return {
    ...server,
    pki,
    register: {
      url: registerUrl,
      setDown: (down) => playRegister(registerUrl, 'outage', { down }),
      remember: (documentNumber, changes) =>
        playRegister(registerUrl, 'records', recordOf(documentNumber, changes)),
    },
  };
}

async function playRegister(url: string, control: string, body: unknown): Promise<void> {
  const answer = await fetch(`${url}/control/${control}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The register's control answered ${answer.status}.`);
}

function recordOf(documentNumber: string, changes: RecordChanges): SandboxRecord {
  const [anna] = demoContent(systemClock.now()).records;
  const document = { issuingState: 'UTO', documentNumber, status: changes.status ?? 'current' };
  return {
    ...anna!,
    person: { ...anna!.person, registerPersonId: `TEST-${documentNumber}`, ...changes.person },
    documents: [document],
    entryPhotoHeld: changes.entryPhotoHeld ?? true,
  };
}

function publicPart(jwk: JWK): JWK {
  const { d: _private, ...open } = jwk;
  return open;
}

let strangers = 0;

/** Somebody new with an account and a case at the passport step. */
export async function startCase(
  scene: Scene,
  options: { returnTo?: string } = {},
): Promise<SignedIn & { caseId: CaseId }> {
  strangers += 1;
  const person = await signUp(scene, { email: `applicant${strangers}@example.org` });
  const caseId = await openCase(person, options.returnTo ?? '');
  return { ...person, caseId };
}

export async function openCase({ walker }: SignedIn, returnTo = ''): Promise<CaseId> {
  await walker.get('/proofing');
  const opened = await walker.post('/cases', {
    consent: 'yes',
    biometric_consent: 'yes',
    return_to: returnTo,
  });
  const id = CaseId.parse(/\/cases\/([^/]+)/.exec(opened.location ?? '')?.[1]);
  if (!id) throw new Error(`Opening a case ended with ${opened.status} ${opened.location}.`);
  return id;
}

/** The link on the chip page; asks for a new code where none is shown. */
export async function linkOf({ walker }: SignedIn, caseId: CaseId): Promise<string> {
  const find = (text: string) => /<code[^>]*>(http[^<]*\/h\/[\w-]{43})<\/code>/.exec(text)?.[1];
  const shown = find((await walker.get(`/cases/${caseId}/chip`)).text);
  if (shown) return shown;
  await walker.post(`/cases/${caseId}/hand-offs`);
  const made = find((await walker.get(`/cases/${caseId}/chip`)).text);
  if (!made) throw new Error('The chip page shows no link.');
  return made;
}

export const tokenOf = (link: string) => link.slice(link.lastIndexOf('/') + 1);

const passports = new Map<string, Promise<SandboxPassport>>();

/** A sandbox passport; made once per request, since an RSA key takes its time. */
export function passportOf(
  scene: Scene,
  request: Omit<PassportRequest, 'person' | 'now'> & { person?: DemoPersonKey } = {},
): Promise<SandboxPassport> {
  const key = JSON.stringify(request);
  const { person = 'anna', ...rest } = request;
  const made =
    passports.get(key) ??
    makePassport(scene.pki, { ...rest, person: demoPeople[person], now: systemClock.now() });
  passports.set(key, made);
  return made;
}

export interface Problem {
  status: number;
  code: string;
  detail?: string;
}

/** One call of the reader protocol: status and JSON, whatever came. */
export async function callReader(
  scene: Pick<Scene, 'url'>,
  method: string,
  path: string,
  sent: { session?: string; json?: unknown; bytes?: Uint8Array; headers?: Record<string, string> },
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${scene.url}/api/reader/${path}`, {
    method,
    headers: {
      'content-type': sent.bytes ? 'application/octet-stream' : 'application/json',
      ...(sent.session ? { authorization: `Bearer ${sent.session}` } : {}),
      ...sent.headers,
    },
    ...(method === 'GET'
      ? {}
      : { body: sent.bytes ? Uint8Array.from(sent.bytes) : JSON.stringify(sent.json ?? {}) }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

export interface PhoneSession {
  session: string;
  challenge: string;
  matchNumber: number;
  accountHint: string;
  caseRef: string;
}

export async function openSession(scene: Scene, link: string): Promise<PhoneSession> {
  const { status, body } = await callReader(scene, 'POST', 'sessions', {
    json: { token: tokenOf(link) },
  });
  if (status !== 201)
    throw new Error(`Opening the hand-off answered ${status} ${String(body.code)}.`);
  return body as unknown as PhoneSession;
}

export async function sendFiles(
  scene: Scene,
  { session }: PhoneSession,
  files: ReadonlyMap<string, Buffer>,
): Promise<void> {
  for (const [name, bytes] of files) {
    const { status } = await callReader(scene, 'PUT', `files/${name}`, { session, bytes });
    if (status !== 200) throw new Error(`Sending ${name} answered ${status}.`);
  }
}

let keys = 0;

/** An idempotency key never used before. */
export const newKey = () => `submission-key-${(keys += 1)}-${Date.now()}`;

export async function submit(
  scene: Scene,
  phone: PhoneSession,
  passport: SandboxPassport,
  idempotencyKey = newKey(),
) {
  return callReader(scene, 'POST', 'submission', {
    session: phone.session,
    json: { activeAuthentication: exchangeOf(phone, passport), idempotencyKey },
  });
}

export function exchangeOf({ challenge }: PhoneSession, passport: SandboxPassport) {
  const bytes = Buffer.from(challenge, 'base64url');
  const response = answerActiveAuthentication(passport.chipKey, bytes, systemRandom);
  return { challenge, response: response.toString('base64url') };
}

/** A phone reads a passport into a case, from the link to the verdict. */
export async function readChip(
  scene: Scene,
  person: SignedIn & { caseId: CaseId },
  passport: SandboxPassport,
) {
  const phone = await openSession(scene, await linkOf(person, person.caseId));
  await sendFiles(scene, phone, passport.files);
  return submit(scene, phone, passport);
}

/** A live picture as a camera gives it: 960 × 1234, somebody drawn in it. */
export async function livePicture(person: DemoPersonKey = 'anna'): Promise<Buffer> {
  const drawn = await drawPortrait(demoPeople[person].look);
  return sharp(drawn).resize({ width: 960 }).jpeg({ quality: 90 }).toBuffer();
}

export async function takePortrait(
  { walker, caseId }: SignedIn & { caseId: CaseId },
  bytes: Buffer,
) {
  await walker.get(`/cases/${caseId}/portrait`);
  return walker.postFiles(`/cases/${caseId}/portraits`, {
    portrait: { name: 'portrait.jpg', type: 'image/jpeg', bytes },
  });
}

export async function caseOf(scene: Scene, id: CaseId): Promise<ProofingCase> {
  const found = await findCase(scene.app.db, id);
  if (!found) throw new Error('The case is gone.');
  return found;
}

/** Waits until a case is at a step. */
export async function waitForStep(
  scene: Scene,
  id: CaseId,
  wanted: (proofing: ProofingCase) => boolean,
): Promise<ProofingCase> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await caseOf(scene, id);
    if (wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`The case stays at ${(await caseOf(scene, id)).state.step}.`);
}

/** A case that waits for an officer: chip read, portrait taken, register answered. */
export async function reviewCase(
  scene: Scene,
  options: {
    passport?: SandboxPassport;
    returnTo?: string;
    person?: SignedIn & { caseId: CaseId };
  } = {},
): Promise<SignedIn & { caseId: CaseId; proofing: ProofingCase }> {
  const person = options.person ?? (await startCase(scene, options));
  const passport = options.passport ?? (await passportOf(scene));
  const read = await readChip(scene, person, passport);
  if (read.body.outcome !== 'accepted')
    throw new Error(`The chip was ${JSON.stringify(read.body)}.`);
  const taken = await takePortrait(person, await livePicture());
  if (taken.status !== 303) throw new Error(`The portrait answered ${taken.status}.`);
  const proofing = await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
  return { ...person, proofing };
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');
