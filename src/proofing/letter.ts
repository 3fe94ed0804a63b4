import { letterPage } from '../../views/proofing/letter.ts';
import type { LetterModel } from '../../views/proofing/letter.ts';
import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Db } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { appealableUntil, readAppeal } from './appeal.ts';
import { onFile } from './case.ts';
import { caseReference } from './case-reference.ts';
import type { ProofingCase } from './case-state.ts';
import { listDecisions } from './decision-store.ts';
import { legalBasisOn } from './legal-basis.ts';
import { toldOf } from './officer-note.ts';
import { actorOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/**
 * GET /cases/:id/letter: the decision in writing, to print: reasons, legal basis, route and deadline (DESIGN section 9). Only
 * for a holder whose identity an officer was sure of, at a counter or on appeal; everybody else gets a category and no letter.
 */
export async function showLetter(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  await renderLetter(ctx, app, proofing, { kind: 'account', id: actorOf(proofing) });
}

/** The letter of a case for whoever may read it; recorded. Throws `not_found` where there is none. */
export async function renderLetter(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  actor: Actor,
): Promise<void> {
  const model = await letterOf(app.db, app, proofing);
  if (!model) throw new Fault('not_found');
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'proofing.letter_opened',
      actor,
      subject: { kind: 'case', id: proofing.id },
      details: { which: model.appeal ? 'appeal' : 'refusal' },
    }),
  );
  await page(ctx, app, {
    view: letterPage,
    model,
    title: 'proofing.letter.title',
    area: 'plain',
  });
}

/** Whether there is a letter to show: an officer was sure of the holder, in person or on appeal. */
export async function letterOf(
  db: Db,
  app: Pick<App, 'cipher'>,
  proofing: ProofingCase,
): Promise<LetterModel | null> {
  const { state } = proofing;
  if (state.step !== 'refused') return null;
  const appeal = await readAppeal(db, app, { caseId: proofing.id });
  const decidedAppeal = appeal?.appeal.decided ?? null;
  const metInPerson = proofing.pathway === 'counter' && onFile(state).face !== null;
  if (!metInPerson && !decidedAppeal?.holderVerified) return null;
  const decisions = await listDecisions(db, proofing.id);
  const refusal = decisions.findLast(({ outcome }) => outcome === 'refused');
  if (!refusal) return null;
  const key = await app.cipher.findDataKey(db, proofing.dataKeyId);
  const basis = legalBasisOn(toPlainDate(state.closedAt));
  return {
    reference: caseReference(proofing.id),
    decidedAt: state.closedAt,
    reason: refusal.reason,
    told: key && refusal.told ? toldOf(refusal.id).open(key, refusal.told) : null,
    citations: basis.citations,
    appealUntil: appeal ? null : appealableUntil(proofing),
    decidedWithinDays: basis.decidedWithinDays,
    appeal:
      appeal && decidedAppeal?.holderVerified
        ? {
            filedAt: appeal.appeal.filedAt,
            decidedAt: decidedAppeal.at,
            outcome: decidedAppeal.outcome,
            reasons: appeal.reasons ?? '',
          }
        : null,
  };
}
