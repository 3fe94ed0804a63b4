import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { JWK } from 'jose';
import Koa from 'koa';
import type { Context } from 'koa';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { JWKS_PATH, QUESTION_PATH } from '../../visas/register-envelope.ts';
import { pinnedKeys } from '../../visas/register-keys.ts';
import { createQuestionChecker } from './check-question.ts';
import type { QuestionChecker } from './check-question.ts';
import { runControl } from './control.ts';
import { playByHand, showPage } from './play-by-hand.ts';
import { sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';
import { respondToQuestion } from './respond-to-question.ts';
import type { Responder } from './respond-to-question.ts';
import { openSandboxState } from './sandbox-state.ts';
import { importAnswerKey, makeSigningJwk } from './signing-key.ts';

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
  const checker = createQuestionChecker({ clientId, clientKeys, issuer, clock });
  const app = new Koa();
  // A client that hung up is not a fault of ours; anything else must be seen.
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? ''))
      console.error('sandbox register:', error.name, error.code ?? '', error.stack);
  });
  app.use((ctx) => route(ctx, register, checker));
  const listen = app.callback();
  return (request, response) => void listen(request, response);
}

async function route(ctx: Context, register: Responder, checker: QuestionChecker): Promise<void> {
  const { state } = register;
  const { path } = ctx;
  ctx.set('x-content-type-options', 'nosniff');
  switch (`${ctx.method} ${path}`) {
    case `POST ${QUESTION_PATH}`:
      return takeQuestion(ctx, register, checker);
    case `GET ${JWKS_PATH}`:
      ctx.type = 'application/jwk-set+json';
      ctx.body = JSON.stringify({ keys: [register.key.publicJwk] });
      return;
    case 'GET /health/live':
      ctx.body = { status: 'ok' };
      return;
    case 'GET /control/state':
      ctx.body = { down: state.isDown(), records: state.records() };
      return;
    case 'GET /fonts/thai-400.woff2':
    case 'GET /fonts/thai-600.woff2':
      return sendFont(ctx);
    case 'GET /':
      return showPage(ctx, state, register);
    default:
      if (ctx.method === 'POST' && path.startsWith('/control/'))
        return runControl(ctx, path.slice('/control/'.length), state);
      if (ctx.method === 'POST' && /^\/(outage|reset|records\/[^/]+\/events)$/.test(path))
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

async function takeQuestion(
  ctx: Context,
  register: Responder,
  checker: QuestionChecker,
): Promise<void> {
  const body = await readBody(ctx);
  if (!body) return sendProblem(ctx, 413, 'The question is too large.');
  if (register.state.isDown()) return sendProblem(ctx, 503, 'Played outage.');
  const checked = await checker.check(ctx.get('authorization'), body);
  if (!checked.ok) return sendProblem(ctx, checked.status, checked.detail);
  const { visaNumber, ...rest } = checked.question;
  const question = visaNumber === undefined ? rest : { ...rest, visaNumber };
  await respondToQuestion(ctx, { question, binding: checked.binding }, register);
}
