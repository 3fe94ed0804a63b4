import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  chipRunAnswer,
  fileReceipt,
  readerSession,
  submissionAnswer,
} from '../../proofing/reader-answer.ts';
import type {
  ChipRunAnswer,
  ReaderSession,
  SubmissionAnswer,
} from '../../proofing/reader-answer.ts';

/** The phone's side of docs/reader-protocol.md, over HTTP. */

export type OpenedSession = ReaderSession;
export type ChipAnswer = SubmissionAnswer;

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
  return readerSession.parse(
    await call(server, 'POST', '/api/reader/sessions', { json: { token } }),
  );
}

/** Sends one file of the chip, with the digest of its bytes (RFC 9530). Throws `ReaderRefused`. */
export async function sendFile(
  server: string,
  token: string,
  file: { name: string; bytes: Buffer },
): Promise<z.output<typeof fileReceipt>> {
  const digest = createHash('sha256').update(file.bytes).digest('base64');
  const answer = await call(server, 'PUT', `/api/reader/files/${file.name}`, {
    token,
    bytes: file.bytes,
    headers: { 'content-digest': `sha-256=:${digest}:` },
  });
  return fileReceipt.parse(answer);
}

/** Has the server run chip authentication: carries its commands to the chip, and the chip's answers back. Throws `ReaderRefused`. */
export async function relayChipAuthentication(
  server: string,
  token: string,
  transmit: (command: Buffer) => Buffer,
): Promise<Exclude<ChipRunAnswer, { state: 'asking' }>> {
  const path = '/api/reader/chip-authentication';
  let said = chipRunAnswer.parse(await call(server, 'POST', path, { token }));
  while (said.state === 'asking') {
    const { run, step } = said;
    const answer = transmit(Buffer.from(said.command, 'base64url')).toString('base64url');
    const json = { run, step, answer };
    said = chipRunAnswer.parse(await call(server, 'POST', `${path}/answers`, { token, json }));
  }
  return said;
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
  return submissionAnswer.parse(answer);
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
    body: sent.bytes ? new Uint8Array(sent.bytes) : JSON.stringify(sent.json ?? {}),
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const read = problem.safeParse(body);
  const code = read.success ? read.data.code : 'unknown';
  throw new ReaderRefused(response.status, code, (read.success && read.data.detail) || code);
}
