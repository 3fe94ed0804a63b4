import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import Koa from 'koa';
import type { Context } from 'koa';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { COMPARISON_PATH, comparisonBody } from '../../proofing/matcher-port.ts';
import type { FaceStatement } from '../../proofing/matcher-port.ts';
import { ANSWER_MEDIA_TYPE, JWKS_PATH } from '../../visas/register-envelope.ts';
import { pinnedKeys } from '../../visas/register-keys.ts';
import { answerClaims } from '../sandbox-register/answer-question.ts';
import { createQuestionChecker } from '../sandbox-register/check-question.ts';
import { sendProblem } from '../sandbox-register/problem.ts';
import { readBody } from '../sandbox-register/read-body.ts';
import { importAnswerKey, makeSigningJwk, signAnswer } from '../sandbox-register/signing-key.ts';
import { magicOf } from './magic-corner.ts';
import type { Magic } from './magic-corner.ts';
import { readLook, similarityOf } from './read-look.ts';

export interface SandboxMatcherOptions {
  signingJwk: JWK;
  /** Its name and address; its paths are below the address's. */
  issuer: string;
  clientId: string;
  clientJwks: { keys: JWK[] };
  clock: Clock;
  random: Random;
}

const MATCHER = { name: 'sandbox', version: '1' };
const MAX_BYTES = 8 * 1024 * 1024;
/** A likelihood of an attack that any threshold takes for none. */
const NO_ATTACK = 0.02;

/**
 * The sandbox face matcher as an HTTP handler: docs/face-matcher.md. It compares drawn portraits by their look, the same way
 * every time; of anything else it says that it sees no face, and misbehaves as the picture's corner asks (magic-corner.ts).
 */
export async function createSandboxMatcher(
  options: SandboxMatcherOptions,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const { issuer, clientId, clock, random } = options;
  const key = await importAnswerKey(options.signingJwk);
  const stranger = await importAnswerKey(await makeSigningJwk());
  const clientKeys = await pinnedKeys(options.clientJwks);
  const checker = createQuestionChecker({ clientId, clientKeys, issuer, clock });
  const base = new URL(issuer).pathname.replace(/\/$/, '');

  async function compare(ctx: Context): Promise<void> {
    const body = await readBody(ctx, MAX_BYTES);
    if (!body) return sendProblem(ctx, 413, 'The pictures are too large.');
    const checked = await checker.check(ctx.get('authorization'), body, comparisonBody);
    if (!checked.ok) return sendProblem(ctx, checked.status, checked.detail);
    const live = Buffer.from(checked.question.live, 'base64');
    const document = Buffer.from(checked.question.document, 'base64');
    const magic = await magicOf(live);
    if (magic === 'timeout') return untilGone(ctx);
    ctx.set('content-type', ANSWER_MEDIA_TYPE);
    if (magic === 'garbage') {
      ctx.body = random.bytes(300).toString('latin1');
      return;
    }
    const statement = told(magic) ?? (await compared(document, live));
    const claims = answerClaims(statement, { issuer, clientId }, checked.binding, clock.now());
    const signing = magic === 'wrong_signature' ? { ...stranger, keyId: key.keyId } : key;
    ctx.body = await signAnswer(claims, signing);
  }

  const app = new Koa();
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? ''))
      console.error('sandbox matcher:', error.name, error.code ?? '', error.stack);
  });
  app.use(async (ctx) => {
    ctx.set('x-content-type-options', 'nosniff');
    const path = ctx.path.slice(base.length);
    if (ctx.method === 'POST' && path === COMPARISON_PATH) return compare(ctx);
    if (ctx.method === 'GET' && path === JWKS_PATH) {
      ctx.type = 'application/jwk-set+json';
      ctx.body = JSON.stringify({ keys: [key.publicJwk] });
      return;
    }
    sendProblem(ctx, 404, 'There is nothing here.');
  });
  const listen = app.callback();
  return (request, response) => void listen(request, response);
}

async function compared(document: Buffer, live: Buffer): Promise<FaceStatement> {
  const [one, other] = await Promise.all([readLook(document), readLook(live)]);
  if (!one || !other) return notCompared('no_face', one ? 'live' : 'document');
  const similarity = similarityOf(one, other);
  return { kind: 'compared', similarity, attack: NO_ATTACK, matcher: MATCHER };
}

/** What a corner has it say, whatever the faces are; null where it looks at them. */
function told(magic: Magic | null): FaceStatement | null {
  const said = { kind: 'compared', similarity: 0.97, attack: NO_ATTACK, matcher: MATCHER } as const;
  switch (magic) {
    case 'no_match':
      return { ...said, similarity: 0.11 };
    case 'attack':
      return { ...said, attack: 0.98 };
    case 'other_version':
      return { ...said, matcher: { ...MATCHER, version: '0-test' } };
    case 'no_face':
    case 'several_faces':
      return notCompared(magic, 'live');
    default:
      return null;
  }
}

function notCompared(
  reason: 'no_face' | 'several_faces',
  picture: 'document' | 'live',
): FaceStatement {
  return { kind: 'not_compared', reason, picture, matcher: MATCHER };
}

/** Never answers. */
function untilGone(ctx: Context): Promise<void> {
  ctx.respond = false;
  return new Promise((resolve) => {
    ctx.req.socket.once('close', () => resolve());
  });
}
