import { z } from 'zod';
import {
  correctionLetterPage,
  correctionPage,
  correctionsListPage,
} from '../../views/admin/corrections.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import {
  readCorrection,
  readCorrectionLetter,
  readOpenCorrections,
} from '../proofing/registers/read-corrections.ts';
import {
  correctableRegisters,
  dismissCorrection,
  recordCorrectionAnswer,
  requestCorrection,
} from '../proofing/registers/request-correction.ts';
import type { CorrectionResult } from '../proofing/registers/request-correction.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** GET /console/corrections: entries that applicants contest, oldest first. */
export async function showOpenCorrections(ctx: Context, app: ProofingApp): Promise<void> {
  await page(ctx, app, {
    view: correctionsListPage,
    model: { rows: await readOpenCorrections(app.db) },
    title: 'registers.correction.list_title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'corrections'),
  });
}

/** GET /console/corrections/:id: what the applicant says, and what may be done about it. */
export async function showCorrection(ctx: Context, app: ProofingApp): Promise<void> {
  await answerCorrection(ctx, app, idOf(ctx), null);
}

/** GET /console/corrections/:id/letter: the letter to a register that takes no requests by machine. */
export async function showCorrectionLetter(ctx: Context, app: ProofingApp): Promise<void> {
  const letter = await readCorrectionLetter(app.db, app, idOf(ctx));
  if (!letter) throw new Fault('not_found');
  await page(ctx, app, {
    view: correctionLetterPage,
    model: { ...letter, on: app.clock.now() },
    title: 'registers.letter.title',
    titleParams: { register: letter.register },
    area: 'console',
    nav: (ui) => consoleNav(ui, 'corrections'),
  });
}

const requestForm = z.object({
  to: z.string().regex(/^[a-z][a-z0-9_]{0,39}:(?:port|letter)$/),
});

/** POST /console/corrections/:id/request: asks a register, over its port or by letter. */
export async function postCorrectionRequest(ctx: Context, app: ProofingApp): Promise<void> {
  const correctionId = idOf(ctx);
  const sent = readForm(ctx, requestForm);
  if (!sent.ok) return answerCorrection(ctx, app, correctionId, 'unknown_register');
  const [register = '', by] = sent.value.to.split(':');
  const officerId = officerIdOf(ctx);
  const result = await requestCorrection(app, {
    correctionId,
    officerId,
    register,
    by: by === 'port' ? 'port' : 'letter',
  });
  await answerResult(ctx, app, correctionId, result);
}

const answerForm = z.object({ outcome: z.enum(['corrected', 'rejected']) });

/** POST /console/corrections/:id/answer: what a register answered to the letter. */
export async function postCorrectionAnswer(ctx: Context, app: ProofingApp): Promise<void> {
  const correctionId = idOf(ctx);
  const sent = readForm(ctx, answerForm);
  if (!sent.ok) throw new Fault('bad_request');
  const officerId = officerIdOf(ctx);
  const { outcome } = sent.value;
  const result = await recordCorrectionAnswer(app, { correctionId, officerId, outcome });
  await answerResult(ctx, app, correctionId, result);
}

/** POST /console/corrections/:id/dismissal: there is nothing to ask a register for. */
export async function postCorrectionDismissal(ctx: Context, app: ProofingApp): Promise<void> {
  const correctionId = idOf(ctx);
  const officerId = officerIdOf(ctx);
  const result = await dismissCorrection(app, { correctionId, officerId });
  await answerResult(ctx, app, correctionId, result);
}

function idOf(ctx: Context): RowId {
  const id = RowId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}

async function answerResult(
  ctx: Context,
  app: ProofingApp,
  id: RowId,
  result: CorrectionResult,
): Promise<void> {
  if (result.ok) return ctx.redirect(`/console/corrections/${id}`);
  if (result.reason === 'not_found') throw new Fault('not_found');
  if (result.reason === 'own_case') throw new Fault('not_allowed');
  await answerCorrection(ctx, app, id, result.reason);
}

async function answerCorrection(
  ctx: Context,
  app: ProofingApp,
  id: RowId,
  problem: string | null,
): Promise<void> {
  const correction = await readCorrection(app.db, app, id);
  if (!correction) throw new Fault('not_found');
  const actor = { kind: 'officer', id: officerIdOf(ctx) } as const;
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.correction_opened',
      actor,
      subject: { kind: 'case', id: correction.caseId },
      details: { correctionId: id },
    }),
  );
  await page(ctx, app, {
    view: correctionPage,
    model: {
      ...correction,
      registers: correctableRegisters(app).map(({ name, corrections }) => ({
        name,
        hasPort: corrections !== null,
      })),
      problem,
    },
    title: 'registers.correction.list_title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'corrections'),
    status: problem === null ? 200 : problem === 'wrong_state' ? 409 : 422,
  });
}
