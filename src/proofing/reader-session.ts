import { z } from 'zod';
import { contactAddresses, maskAddress } from '../accounts/contact-address.ts';
import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { parseBody, readJson } from '../web/body.ts';
import { bearerToken } from '../web/bearer-token.ts';
import type { Context, Guard } from '../web/context.ts';
import { countCaller } from '../web/rate-limit.ts';
import { caseReference } from './case-reference.ts';
import type { ProofingCase } from './case-state.ts';
import { findCase } from './case-store.ts';
import { refusalOf } from './hand-off.ts';
import { findHandOffBySession, findHandOffByToken, openHandOff } from './hand-off-store.ts';
import type { HandOff } from './hand-off-store.ts';
import { FILES_BYTES_MAX, FILE_BYTES_MAX, READER_LIMIT, chipAttempts } from './limits.ts';
import type { ProofingApp } from './proofing-app.ts';
import { OPTIONAL_FILES, REQUIRED_FILES } from './reader-answer.ts';
import type { ReaderSession } from './reader-answer.ts';
import { answerProblem } from './reader-problem.ts';
import type { ReaderProblem } from './reader-problem.ts';

/** Doc 9303-11 §6.1: RND.IFD has 8 bytes. */
const CHALLENGE_BYTES = 8;
/** A session outlives its challenge by this much, so that a phone that is late learns which of the two it was. */
const SESSION_GRACE_SECONDS = 300;
const TOKEN = /^[\w-]{43}$/;

export type OpenResult =
  | { ok: true; session: ReaderSession }
  | { ok: false; code: ReaderProblem; retryAfterSeconds?: number };

/** POST /api/reader/sessions `{ token }`: a phone opens the hand-off, once. */
export async function submitReaderSession(ctx: Context, app: ProofingApp): Promise<void> {
  await countCaller(ctx, app, READER_LIMIT);
  ctx.state.body = await parseBody(ctx);
  const { token } = readJson(ctx, z.object({ token: z.string().max(200) }));
  const opened = await openSession(app, token);
  if (!opened.ok) return answerProblem(ctx, app, opened);
  ctx.status = 201;
  ctx.set('cache-control', 'no-store');
  ctx.body = opened.session;
}

/** Opens the hand-off of a token for one phone: a session, and a challenge of its own, good for HANDOFF_SECONDS. */
export async function openSession(app: ProofingApp, token: string): Promise<OpenResult> {
  const handOff = TOKEN.test(token)
    ? await findHandOffByToken(app.db, digestToken(app.keys.tokenDigestKey, token))
    : null;
  if (!handOff) return { ok: false, code: 'hand_off_unknown' };
  const now = app.clock.now();
  const refusal = refusalOf(handOff, now);
  if (refusal) return { ok: false, code: refusal };
  const proofing = await findCase(app.db, handOff.caseId);
  if (proofing?.state.step !== 'document' || now >= proofing.expiresAt)
    return { ok: false, code: 'wrong_step' };
  const { nextAt } = await chipAttempts(app.db, proofing.accountId, now);
  if (nextAt && nextAt > now) return tooMany(nextAt, now);
  return open(app, proofing, handOff);
}

export function tooMany(nextAt: Date, now: Date): OpenResult & { ok: false } {
  const retryAfterSeconds = Math.max(1, Math.ceil((nextAt.getTime() - now.getTime()) / 1000));
  return { ok: false, code: 'too_many_attempts', retryAfterSeconds };
}

async function open(
  app: ProofingApp,
  proofing: ProofingCase,
  handOff: HandOff,
): Promise<OpenResult> {
  const now = app.clock.now();
  const session = app.random.token();
  const challenge = app.random.bytes(CHALLENGE_BYTES);
  const challengeExpiresAt = addSeconds(now, app.config.HANDOFF_SECONDS);
  const sessionExpiresAt = addSeconds(challengeExpiresAt, SESSION_GRACE_SECONDS);
  const opened = await transact(app.db, async (tx) => {
    const first = await openHandOff(tx, handOff.id, {
      at: now,
      sessionDigest: digestToken(app.keys.tokenDigestKey, session),
      sessionExpiresAt,
      challenge,
      challengeExpiresAt,
    });
    if (first)
      await appendAudit(tx, app, {
        action: 'proofing.hand_off_opened',
        actor: { kind: 'reader', id: handOff.id },
        subject: { kind: 'case', id: proofing.id },
        details: { handOffId: handOff.id },
      });
    return first;
  });
  if (!opened) return { ok: false, code: 'hand_off_used' };
  return {
    ok: true,
    session: {
      session,
      sessionExpiresAt: sessionExpiresAt.toISOString(),
      caseRef: caseReference(proofing.id),
      matchNumber: handOff.matchNumber,
      accountHint: await accountHint(app, proofing),
      reader: handOff.officerId ? 'counter' : 'phone',
      challenge: challenge.toString('base64url'),
      challengeExpiresAt: challengeExpiresAt.toISOString(),
      files: { required: [...REQUIRED_FILES], optional: [...OPTIONAL_FILES] },
      limits: { fileBytes: FILE_BYTES_MAX, totalBytes: FILES_BYTES_MAX },
    },
  };
}

/** The first contact address, masked: `a•••@example.org`. */
export async function accountHint(app: App, proofing: ProofingCase): Promise<string | null> {
  const account = { id: proofing.accountId, dataKeyId: proofing.dataKeyId };
  const [first] = await contactAddresses(app.db, app, account);
  return first ? maskAddress(first.address) : null;
}

const sessions = new WeakMap<Context, HandOff>();

/** A phone with the session of a hand-off. It has no cookie of the browser's, and needs none. */
export const reader: Guard<ProofingApp> = {
  name: 'reader',
  csrf: 'none',
  check: async (ctx, app) => {
    const token = bearerToken(ctx);
    const digest = token ? digestToken(app.keys.tokenDigestKey, token) : null;
    const handOff = digest ? await findHandOffBySession(app.db, digest) : null;
    const expiresAt = handOff?.sessionExpiresAt;
    if (!handOff || !expiresAt) return refuse(ctx, app, 'session_unknown');
    if (app.clock.now() >= expiresAt && !handOff.submittedAt)
      return refuse(ctx, app, 'session_expired');
    sessions.set(ctx, handOff);
  },
};

/** The hand-off that the guard of this route has established. */
export function handOffOf(ctx: Context): HandOff {
  const handOff = sessions.get(ctx);
  if (!handOff) throw new Error('This route is not guarded by reader.');
  return handOff;
}

function refuse(ctx: Context, app: App, code: ReaderProblem): 'answered' {
  answerProblem(ctx, app, { code });
  return 'answered';
}
