import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { JWK } from 'jose';
import Koa from 'koa';
import type { Context } from 'koa';
import type { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import {
  CORRECTION_PATH,
  JWKS_PATH,
  QUESTION_PATH,
  correctionBody,
  questionBody,
} from '../../visas/register-envelope.ts';
import { pinnedKeys } from '../../visas/register-keys.ts';
import { LABOUR_SOURCE, lookUpLabour } from './answer-labour.ts';
import { SANDBOX_SOURCE, answerClaims } from './answer-question.ts';
import { lookUpWatch } from './answer-watch.ts';
import { createQuestionChecker } from './check-question.ts';
import type { AnswerBinding, QuestionChecker } from './check-question.ts';
import { runControl } from './control.ts';
import { playByHand, showPage } from './play-by-hand.ts';
import { sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';
import { respondToQuestion, sendAnswer } from './respond-to-question.ts';
import type { Responder } from './respond-to-question.ts';
import { openSandboxState } from './sandbox-state.ts';
import { importAnswerKey, makeSigningJwk, signAnswer } from './signing-key.ts';

export interface SandboxRegisterOptions {
  /** The file of its records; made with the demo people where it is not there. */
  dataFile: string;
  /** What it signs its answers with: a private ES256 JWK with `kid`. */
  signingJwk: JWK;
  /** Its name: `iss` of its answers, `aud` of the questions it takes. */
  issuer: string;
  /** Who may ask, and their public keys (a JWK set). */
  clientId: string;
  clientJwks: { keys: JWK[] };
  clock: Clock;
  random: Random;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The sandbox immigration register as an HTTP handler: docs/immigration-register.md, plus a page and controls to play it. */
export async function createSandboxRegister(options: SandboxRegisterOptions): Promise<Listener> {
  const { issuer, clientId, clock, random } = options;
  const register: Responder = {
    state: openSandboxState(options.dataFile, clock),
    issuer,
    clientId,
    key: await importAnswerKey(options.signingJwk),
    strangerKey: await importAnswerKey(await makeSigningJwk()),
    clock,
    random,
  };
  const clientKeys = await pinnedKeys(options.clientJwks);
  const part = (path: string): Part => ({
    register: { ...register, issuer: issuer + path },
    checker: createQuestionChecker({ clientId, clientKeys, issuer: issuer + path, clock }),
  });
  const parts: Parts = { main: part(''), labour: part('/labour'), watch: part('/watch') };
  const app = new Koa();
  // A client that hung up is not a fault of ours; anything else must be seen.
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? ''))
      console.error('sandbox register:', error.name, error.code ?? '', error.stack);
  });
  app.use((ctx) => route(ctx, parts));
  const listen = app.callback();
  return (request, response) => void listen(request, response);
}

/** One register that this process plays: who it says it is, and whom it lets ask. */
interface Part {
  register: Responder;
  checker: QuestionChecker;
}
type Parts = Record<'main' | 'labour' | 'watch', Part>;

async function route(ctx: Context, parts: Parts): Promise<void> {
  const { register } = parts.main;
  const { state } = register;
  const { path } = ctx;
  ctx.set('x-content-type-options', 'nosniff');
  switch (`${ctx.method} ${path}`) {
    case `POST ${QUESTION_PATH}`:
      return takeQuestion(ctx, parts.main);
    case `POST /labour${QUESTION_PATH}`:
      return takeOther(ctx, parts.labour, 'LABDOWN', (asked) =>
        lookUpLabour(asked, state, register.clock),
      );
    case `POST /watch${QUESTION_PATH}`:
      return takeOther(ctx, parts.watch, 'LISTDOWN', (asked) => lookUpWatch(asked, register.clock));
    case `POST ${CORRECTION_PATH}`:
      return takeCorrection(ctx, parts.main, 'immigration');
    case `POST /labour${CORRECTION_PATH}`:
      return takeCorrection(ctx, parts.labour, 'labour');
    case `GET ${JWKS_PATH}`:
    case `GET /labour${JWKS_PATH}`:
    case `GET /watch${JWKS_PATH}`:
      ctx.type = 'application/jwk-set+json';
      ctx.body = JSON.stringify({ keys: [register.key.publicJwk] });
      return;
    case 'GET /health/live':
      ctx.body = { status: 'ok' };
      return;
    case 'GET /control/state':
      ctx.body = {
        down: state.isDown(),
        records: state.records(),
        corrections: state.corrections(),
      };
      return;
    case 'GET /fonts/thai-400.woff2':
    case 'GET /fonts/thai-600.woff2':
      return sendFont(ctx);
    case 'GET /':
      return showPage(ctx, state, register);
    default:
      if (ctx.method === 'POST' && path.startsWith('/control/'))
        return runControl(ctx, path.slice('/control/'.length), state);
      if (
        ctx.method === 'POST' &&
        /^\/(outage|reset|records\/[^/]+\/events|corrections\/[^/]+)$/.test(path)
      )
        return playByHand(ctx, state);
      sendProblem(ctx, 404, 'There is nothing here.');
  }
}

/** Not every machine has letters for Thai. */
async function sendFont(ctx: Context): Promise<void> {
  const weight = ctx.path.includes('600') ? 600 : 400;
  const name = `@fontsource/noto-sans-thai/files/noto-sans-thai-thai-${weight}-normal.woff2`;
  ctx.set('cache-control', 'max-age=86400');
  ctx.type = 'font/woff2';
  ctx.body = await readFile(fileURLToPath(import.meta.resolve(name)));
}

async function takeQuestion(ctx: Context, { register, checker }: Part): Promise<void> {
  const asked = await readAsked(ctx, { register, checker }, questionBody);
  if (!asked) return;
  const { visaNumber, ...rest } = asked.question;
  const question = visaNumber === undefined ? rest : { ...rest, visaNumber };
  await respondToQuestion(ctx, { question, binding: asked.binding }, register);
}

/** A register beside the main one: honest, but for document numbers at which it is out of order. */
async function takeOther(
  ctx: Context,
  part: Part,
  outOfOrder: string,
  lookUp: (asked: z.output<typeof questionBody>) => object,
): Promise<void> {
  const asked = await readAsked(ctx, part, questionBody);
  if (!asked) return;
  if (asked.question.documentNumber.startsWith(outOfOrder))
    return sendProblem(ctx, 503, 'Played failure.');
  await answer(ctx, part, lookUp(asked.question), asked.binding);
}

async function takeCorrection(
  ctx: Context,
  part: Part,
  name: 'immigration' | 'labour',
): Promise<void> {
  const asked = await readAsked(ctx, part, correctionBody);
  if (!asked) return;
  const { state, clock } = part.register;
  const taken = state.takeCorrection({
    register: name,
    request: asked.question,
    state: 'received',
  });
  const source = name === 'labour' ? LABOUR_SOURCE : SANDBOX_SOURCE;
  const said = { asOf: clock.now().toISOString(), source };
  await answer(ctx, part, { kind: 'correction', state: taken.state, ...said }, asked.binding);
}

async function answer(
  ctx: Context,
  { register }: Part,
  statement: object,
  binding: AnswerBinding,
): Promise<void> {
  const { issuer, clientId, clock, key } = register;
  const claims = answerClaims(statement, { issuer, clientId }, binding, clock.now());
  sendAnswer(ctx, await signAnswer(claims, key));
}

/** What was asked, once everything about it is right; else the request is answered already. */
async function readAsked<Asked extends { requestId: string }>(
  ctx: Context,
  { register, checker }: Part,
  schema: z.ZodType<Asked>,
): Promise<{ question: Asked; binding: AnswerBinding } | null> {
  const body = await readBody(ctx);
  const refuse = (status: number, detail: string): null => {
    sendProblem(ctx, status, detail);
    return null;
  };
  if (!body) return refuse(413, 'The question is too large.');
  if (register.state.isDown()) return refuse(503, 'Played outage.');
  const checked = await checker.check(ctx.get('authorization'), body, schema);
  return checked.ok ? checked : refuse(checked.status, checked.detail);
}
