import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The phone's side of docs/reader-protocol.md, over HTTP. */

const session = z.object({
  session: z.string(),
  sessionExpiresAt: z.string(),
  caseRef: z.string(),
  matchNumber: z.int(),
  accountHint: z.string().nullable(),
  challenge: z.base64url(),
  challengeExpiresAt: z.string(),
  files: z.object({ required: z.array(z.string()), optional: z.array(z.string()) }),
  limits: z.object({ fileBytes: z.int(), totalBytes: z.int() }),
});
export type OpenedSession = z.output<typeof session>;

const received = z.object({ name: z.string(), sizeBytes: z.int(), sha256: z.string() });

const verdict = z.object({
  outcome: z.enum(['accepted', 'refused']),
  refusal: z.string().nullable(),
  verdict: z.string(),
  cloneCheck: z.string(),
  checks: z.array(
    z.object({ name: z.string(), outcome: z.string(), reason: z.string().nullable() }),
  ),
  files: z.array(z.object({ name: z.string(), verdict: z.string() })),
  attemptsLeft: z.int(),
  next: z.string(),
});
export type ChipAnswer = z.output<typeof verdict>;

const problem = z.object({ code: z.string(), detail: z.string().optional() });

/** The server refused a call: an RFC 9457 problem, with its stable code. */
export class ReaderRefused extends Error {
  override readonly name = 'ReaderRefused';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Opens the hand-off of a token. Throws `ReaderRefused`. */
export async function openHandOff(server: string, token: string): Promise<OpenedSession> {
  return session.parse(await call(server, 'POST', '/api/reader/sessions', { json: { token } }));
}

/** Sends one file of the chip, with the digest of its bytes (RFC 9530). Throws `ReaderRefused`. */
export async function sendFile(
  server: string,
  token: string,
  file: { name: string; bytes: Buffer },
): Promise<z.output<typeof received>> {
  const digest = createHash('sha256').update(file.bytes).digest('base64');
  const answer = await call(server, 'PUT', `/api/reader/files/${file.name}`, {
    token,
    bytes: file.bytes,
    headers: { 'content-digest': `sha-256=:${digest}:` },
  });
  return received.parse(answer);
}

/** Has the files judged. The same idempotency key may be sent again when the answer got lost. Throws `ReaderRefused`. */
export async function submitFiles(
  server: string,
  token: string,
  submission: {
    activeAuthentication: { challenge: string; response: string } | null;
    idempotencyKey: string;
  },
): Promise<ChipAnswer> {
  const answer = await call(server, 'POST', '/api/reader/submission', { token, json: submission });
  return verdict.parse(answer);
}

async function call(
  server: string,
  method: string,
  path: string,
  sent: { token?: string; json?: unknown; bytes?: Buffer; headers?: Record<string, string> },
): Promise<unknown> {
  const response = await fetch(new URL(path, server), {
    method,
    headers: {
      accept: 'application/json',
      'content-type': sent.bytes ? 'application/octet-stream' : 'application/json',
      ...(sent.token ? { authorization: `Bearer ${sent.token}` } : {}),
      ...sent.headers,
    },
    body: sent.bytes ? new Uint8Array(sent.bytes) : JSON.stringify(sent.json),
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const read = problem.safeParse(body);
  const code = read.success ? read.data.code : 'unknown';
  throw new ReaderRefused(response.status, code, (read.success && read.data.detail) || code);
}
