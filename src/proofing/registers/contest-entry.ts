import { z } from 'zod';
import { correctionsPage } from '../../../views/proofing/corrections.ts';
import type { CorrectionsModel } from '../../../views/proofing/corrections.ts';
import { seeOther } from '../../accounts/see-other.ts';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import { CONTESTED_ENTRIES } from '../../visas/register-port.ts';
import type { ContestedEntry } from '../../visas/register-port.ts';
import { readForm } from '../../web/body.ts';
import type { Context } from '../../web/context.ts';
import { page } from '../../web/page.ts';
import { countCall } from '../../web/rate-limit.ts';
import type { Limit } from '../../web/rate-limit.ts';
import { caseReference } from '../case-reference.ts';
import { isOpen } from '../case-state.ts';
import type { ProofingCase } from '../case-state.ts';
import { lockCase } from '../case-store.ts';
import { applicantOf, ownCase } from '../own-case.ts';
import type { ProofingApp } from '../proofing-app.ts';
import { insertCorrection, listCorrectionsOfCase } from './correction-store.ts';

const CONTEST_LIMIT: Limit = { name: 'proofing-contest', calls: 20, windowSeconds: 86_400 };
export const STATEMENT_CHARACTERS = 1000;

/** Where a contested statement is sealed. */
export const statementPlace = (id: RowId) => ({
  table: 'entry_corrections',
  column: 'statement',
  row: id,
});

/**
 * GET /cases/:id/corrections: where an applicant says that a register has them wrong, and how earlier ones stand. The page
 * is the same whatever a register said: nothing of its answer can be read off it (DESIGN section 9).
 */
export async function showCorrections(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  await answerCorrections(ctx, app, proofing, { entry: null, statement: '', errors: {} });
}

const contestForm = z.object({
  entry: z.enum(CONTESTED_ENTRIES, { error: 'registers.contest.error_entry' }),
  statement: z
    .string()
    .trim()
    .min(1, 'registers.contest.error_statement')
    .max(STATEMENT_CHARACTERS, 'registers.contest.error_long'),
});

/** POST /cases/:id/corrections: contests one entry. The same entry again, while it is open, changes nothing. */
export async function submitCorrection(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  await countCall(app, CONTEST_LIMIT, applicantOf(ctx));
  const sent = readForm(ctx, contestForm);
  if (!sent.ok) {
    const entry = CONTESTED_ENTRIES.find((known) => known === sent.input.entry) ?? null;
    const statement = sent.input.statement ?? '';
    return answerCorrections(ctx, app, proofing, { entry, statement, errors: sent.errors });
  }
  await contestEntry(app, proofing, sent.value);
  seeOther(ctx, `/cases/${proofing.id}/corrections`);
}

async function contestEntry(
  app: ProofingApp,
  { id, accountId }: ProofingCase,
  contest: { entry: ContestedEntry; statement: string },
): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing || !isOpen(proofing.state) || app.clock.now() >= proofing.expiresAt) return;
    const correctionId = RowId.make(app);
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    const isNew = await insertCorrection(tx, {
      id: correctionId,
      caseId: id,
      entry: contest.entry,
      statement: key.encrypt(statementPlace(correctionId), contest.statement),
      contestedAt: app.clock.now(),
    });
    if (!isNew) return;
    await appendAudit(tx, app, {
      action: 'proofing.entry_contested',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'case', id },
      details: { correctionId, entry: contest.entry },
    });
  });
}

async function answerCorrections(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  sent: Pick<CorrectionsModel, 'entry' | 'statement'> & { errors: Record<string, string> },
): Promise<void> {
  const known = await listCorrectionsOfCase(app.db, proofing.id);
  const t = app.languages.translator(ctx.state.lang);
  const errors = Object.entries(sent.errors).map(([field, key]) => ({ field, message: t(key) }));
  await page(ctx, app, {
    view: correctionsPage,
    model: {
      caseId: proofing.id,
      reference: caseReference(proofing.id),
      mayContest: isOpen(proofing.state) && app.clock.now() < proofing.expiresAt,
      entries: CONTESTED_ENTRIES,
      entry: sent.entry,
      statement: sent.statement,
      maxLength: STATEMENT_CHARACTERS,
      errors,
      known: known.map(({ entry, state, contestedAt }) => ({
        entry,
        state: state.kind,
        at: contestedAt,
      })),
    },
    title: 'registers.contest.title',
    status: errors.length > 0 ? 422 : 200,
  });
}
