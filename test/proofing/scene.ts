import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWK } from 'jose';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPersonKey } from '../../src/dev/demo-people.ts';
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

/** Somebody with an account, a browser and a case. */
export type Applicant = SignedIn & { caseId: CaseId };

let strangers = 0;

/** Somebody new with an account and a case at the passport step. */
export async function startCase(
  scene: Scene,
  options: { returnTo?: string } = {},
): Promise<Applicant> {
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
  request: Omit<PassportRequest, 'person' | 'now'> & {
    person?: DemoPersonKey;
    /** Somebody else of the same name: whoever shares both may be the same person to the registry. */
    dateOfBirth?: string;
  } = {},
): Promise<SandboxPassport> {
  const key = JSON.stringify(request);
  const { person = 'anna', dateOfBirth, ...rest } = request;
  const holder = { ...demoPeople[person], ...(dateOfBirth ? { dateOfBirth } : {}) };
  const made =
    passports.get(key) ??
    makePassport(scene.pki, { ...rest, person: holder, now: systemClock.now() });
  passports.set(key, made);
  return made;
}

/** A live picture as a camera gives it: 960 × 1234, somebody drawn in it. */
export async function livePicture(person: DemoPersonKey = 'anna'): Promise<Buffer> {
  const drawn = await drawPortrait(demoPeople[person].look);
  return sharp(drawn).resize({ width: 960 }).jpeg({ quality: 90 }).toBuffer();
}

export async function takePortrait({ walker, caseId }: Applicant, bytes: Buffer) {
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
