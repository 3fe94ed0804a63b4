import { createHash } from 'node:crypto';
import { z } from 'zod';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { READER_API } from '../../src/proofing/reader-api.ts';
import { describeApi } from '../../src/web/describe-api.ts';
import { schemaOfAnswer } from '../published-schema.ts';
import { linkOf, tokenOf } from './scene.ts';
import type { Applicant, Scene } from './scene.ts';

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
  asPublished({ method, path: `/api/reader/${path}`, status: response.status }, body);
  return { status: response.status, body, headers: response.headers };
}

const published = describeApi(READER_API, { issuer: 'https://id.example', version: '1' });
const schemas = new Map<string, z.ZodType>();

/** Every answer that any test of ours gets is the one that /openapi.json lists for that status. */
function asPublished(call: { method: string; path: string; status: number }, body: unknown): void {
  const key = `${call.method} ${call.path} ${call.status}`;
  const schema = schemas.get(key) ?? compile(call, key);
  schemas.set(key, schema);
  const { error } = schema.safeParse(body);
  if (error) throw new Error(`${key} is not as published: ${z.prettifyError(error)}`);
}

function compile(call: { method: string; path: string; status: number }, key: string): z.ZodType {
  const schema = schemaOfAnswer(published, call);
  if (!schema) throw new Error(`/openapi.json lists no ${key}.`);
  return z.fromJSONSchema(schema);
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
export async function readChip(scene: Scene, person: Applicant, passport: SandboxPassport) {
  const phone = await openSession(scene, await linkOf(person, person.caseId));
  await sendFiles(scene, phone, passport.files);
  return submit(scene, phone, passport);
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');
