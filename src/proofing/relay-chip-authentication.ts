import { parseBody, readJson } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { countCall } from '../web/rate-limit.ts';
import { answerRun, startRun } from './chip-run.ts';
import type { ChipRunResult } from './chip-run.ts';
import { READER_FILE_LIMIT } from './limits.ts';
import type { ProofingApp } from './proofing-app.ts';
import { chipRunStep } from './reader-answer.ts';
import { answerProblem } from './reader-problem.ts';
import { handOffOf } from './reader-session.ts';

/** POST /api/reader/chip-authentication: our server starts it; the phone gets the first command for the chip. */
export async function startChipAuthenticationRun(ctx: Context, app: ProofingApp): Promise<void> {
  const { id } = handOffOf(ctx);
  await countCall(app, READER_FILE_LIMIT, id);
  answer(ctx, app, await startRun(app, id), 201);
}

/** POST /api/reader/chip-authentication/answers: what the chip said to a command; gives the next one, or the end. */
export async function submitChipAnswer(ctx: Context, app: ProofingApp): Promise<void> {
  const { id } = handOffOf(ctx);
  await countCall(app, READER_FILE_LIMIT, id);
  ctx.state.body = await parseBody(ctx);
  const { run, step, answer: said } = readJson(ctx, chipRunStep);
  const result = await answerRun(app, id, { run, step, answer: Buffer.from(said, 'base64url') });
  answer(ctx, app, result, 200);
}

function answer(ctx: Context, app: ProofingApp, result: ChipRunResult, status: number): void {
  if (!result.ok) return answerProblem(ctx, app, result);
  ctx.status = status;
  ctx.set('cache-control', 'no-store');
  ctx.body = result.answer;
}
