import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'koa';
import type { Clock } from '../../lib/clock.ts';
import { addSeconds } from '../../lib/clock.ts';
import { newUuid } from '../../lib/ids.ts';
import type { Random } from '../../lib/random.ts';
import { ANSWER_MEDIA_TYPE, questionHash } from '../../visas/register-envelope.ts';
import type { RegisterQuestion } from '../../visas/register-port.ts';
import { answerClaims, lookUp } from './answer-question.ts';
import type { AnswerBinding } from './check-question.ts';
import { magicOf } from './magic-inputs.ts';
import type { Magic } from './magic-inputs.ts';
import { sendProblem } from './problem.ts';
import { recordId } from './sandbox-record.ts';
import type { SandboxState } from './sandbox-state.ts';
import { signAnswer } from './signing-key.ts';
import type { AnswerKey } from './signing-key.ts';

export interface Responder {
  state: SandboxState;
  issuer: string;
  clientId: string;
  key: AnswerKey;
  /** A key that is not the register's, for answers that must not be believed. */
  strangerKey: AnswerKey;
  clock: Clock;
  random: Random;
}

interface Asked {
  question: RegisterQuestion;
  binding: AnswerBinding;
}

/** Answers a checked question as a register does, or as its document number asks it to misbehave. */
export async function respondToQuestion(
  ctx: Context,
  asked: Asked,
  register: Responder,
): Promise<void> {
  const magic = magicOf(asked.question.documentNumber);
  if (magic === null) return sendAnswer(ctx, await usualAnswer(asked, register));
  if (await misbehaveOnTheWire(ctx, magic, asked, register)) return;
  sendAnswer(ctx, await strangeAnswer(magic, asked, register));
}

/** Sends a signed answer. */
export function sendAnswer(ctx: Context, jws: string): void {
  ctx.status = 200;
  ctx.set('content-type', ANSWER_MEDIA_TYPE);
  ctx.body = jws;
}

/** The honest answer, or one with some part of it exchanged. */
function usualAnswer(
  { question, binding }: Asked,
  register: Responder,
  changes: {
    statement?: unknown;
    binding?: Partial<AnswerBinding>;
    issuedAt?: Date;
    clientId?: string;
    key?: AnswerKey;
  } = {},
): Promise<string> {
  const { state, clock, issuer, clientId } = register;
  const claims = answerClaims(
    changes.statement ?? lookUp(question, state, clock),
    { issuer, clientId: changes.clientId ?? clientId },
    { ...binding, ...changes.binding },
    changes.issuedAt ?? clock.now(),
  );
  return signAnswer(claims, changes.key ?? register.key);
}

/** Failures below the answer itself. True where it has dealt with the request. */
async function misbehaveOnTheWire(
  ctx: Context,
  magic: Magic,
  { question }: Asked,
  { state }: Responder,
): Promise<boolean> {
  switch (magic) {
    case 'TIMEOUT':
      await untilGone(ctx, 60_000);
      ctx.respond = false;
      ctx.req.socket.destroy();
      return true;
    case 'SLOW':
      await wait(1500);
      return false;
    case 'DRIP':
      await drip(ctx);
      return true;
    case 'DROP':
      ctx.respond = false;
      ctx.req.socket.destroy();
      return true;
    case 'CUT':
      ctx.respond = false;
      ctx.res.writeHead(200, { 'content-type': ANSWER_MEDIA_TYPE, 'content-length': 2000 });
      ctx.res.write('eyJ', () => ctx.req.socket.destroy());
      return true;
    case 'ERROR':
      sendProblem(ctx, 500, 'Played failure.');
      return true;
    case 'REFUSE':
      sendProblem(ctx, 403, 'Played refusal.');
      return true;
    case 'FLAKY':
      if (state.timesSeen(`try ${question.requestId}`) > 0) return false;
      sendProblem(ctx, 503, 'Played failure of the first try.');
      return true;
    case 'REDIRECT':
      ctx.redirect('/.well-known/jwks.json');
      return true;
    case 'HTML':
      ctx.body = '<!doctype html><title>Welcome</title>';
      return true;
    default:
      return false;
  }
}

/** Answers that arrive whole, most of which must not be believed. */
async function strangeAnswer(magic: Magic, asked: Asked, register: Responder): Promise<string> {
  const { question, binding } = asked;
  const { state, clock, random, strangerKey, key } = register;
  const answer = (changes: Parameters<typeof usualAnswer>[2]) =>
    usualAnswer(asked, register, changes);
  switch (magic) {
    case 'BIG':
      return `${await answer({})}.${'A'.repeat(1024 * 1024)}`;
    case 'GARBAGE':
      return random.bytes(300).toString('latin1');
    case 'BADSIG':
      return answer({ key: { ...strangerKey, keyId: key.keyId } });
    case 'NOKEY':
      return answer({ key: strangerKey });
    case 'UNSIGNED': {
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      return `${header}.${(await answer({})).split('.')[1]}.`;
    }
    case 'BADAUD':
      return answer({ clientId: 'somebody-else' });
    case 'BADSHAPE':
      return answer({ statement: { kind: 'found', person: 'yes' } });
    case 'REPLAY':
      return answer({
        binding: { requestId: newUuid({ clock, random }), assertionId: random.token(24) },
        issuedAt: addSeconds(clock.now(), -10),
      });
    case 'RETRIED':
      return answer({ binding: { assertionId: random.token(24) } });
    case 'STALE':
      return answer({ issuedAt: addSeconds(clock.now(), -3600) });
    case 'OTHER':
      return answer({ binding: { questionHash: questionHash('another question') } });
    case 'SWAPPED':
      return answer({ statement: strangersStatement(question, register) });
    case 'PENDING': {
      const said = { asOf: clock.now().toISOString(), source: 'sandbox_immigration' };
      const early = state.timesSeen(`pending ${question.documentNumber}`) < 2;
      return answer(early ? { statement: { kind: 'pending', ...said } } : {});
    }
    case 'CANCEL': {
      const jws = await usualAnswer({ question, binding }, register);
      const record = state.findByDocument(question.issuingState, question.documentNumber);
      if (record) state.play(recordId(record), 'cancel_visa');
      return jws;
    }
    default:
      return answer({});
  }
}

/** What the records say of somebody else than was asked about. */
function strangersStatement(asked: RegisterQuestion, { state, clock }: Responder): unknown {
  const stranger = state
    .records()
    .find((record) => record.documents[0]?.documentNumber !== asked.documentNumber);
  const { issuingState = '', documentNumber = '' } = stranger?.documents[0] ?? {};
  const dateOfBirth = stranger?.person.dateOfBirth ?? '';
  return lookUp({ issuingState, documentNumber, dateOfBirth }, state, clock);
}

async function drip(ctx: Context): Promise<void> {
  ctx.respond = false;
  ctx.res.writeHead(200, { 'content-type': ANSWER_MEDIA_TYPE });
  const drips = setInterval(() => ctx.res.write('e'), 100);
  await untilGone(ctx, 60_000);
  clearInterval(drips);
  ctx.req.socket.destroy();
}

/** Until the other side hangs up, at most `timeoutMs`. */
async function untilGone(ctx: Context, timeoutMs: number): Promise<void> {
  const gone = new AbortController();
  ctx.req.socket.once('close', () => gone.abort());
  await wait(timeoutMs, undefined, { signal: gone.signal, ref: false }).catch(() => undefined);
}
