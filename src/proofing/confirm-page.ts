import { z } from 'zod';
import { confirmationPage } from '../../views/proofing/confirmation.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { nameSpellings } from '../visas/normalise-name.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { askRegisterSoon } from './ask-register.ts';
import { confirmDocument } from './pathway-acts.ts';
import type { DoneOnFile, ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { readDocumentFacts } from './document-record.ts';
import { recordExamination } from './evidence.ts';
import { listChecks } from './examination-store.ts';
import { applicantOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';
import { saveChange } from './save-case.ts';

/** GET /cases/:id/confirmation: what was read from the page, to be held against what is printed on it. */
export async function showConfirmation(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (proofing.state.step !== 'confirmation') return ctx.redirect(`/cases/${proofing.id}`);
  await answer(ctx, app, proofing, { name: null, error: null });
}

const form = z.object({
  name: z.string().trim().min(1, 'proofing.confirmation.name_missing').max(200),
  agrees: z.enum(['yes', 'no'], { error: 'proofing.confirmation.agrees_missing' }),
});

/**
 * POST /cases/:id/confirmation. `agrees: no` leads back to the photo. What the holder types is compared with what was read
 * and kept as their words; it never becomes a fact of the document.
 */
export async function submitConfirmation(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (proofing.state.step !== 'confirmation') return seeOther(ctx, `/cases/${proofing.id}`);
  const sent = readForm(ctx, form);
  if (!sent.ok) {
    const [field, key] = Object.entries(sent.errors)[0]!;
    return answer(ctx, app, proofing, { name: sent.input.name ?? '', error: { field, key } });
  }
  if (sent.value.agrees === 'no') return seeOther(ctx, `/cases/${proofing.id}/page?again=1`);
  await confirm(app, proofing, sent.value.name);
  seeOther(ctx, `/cases/${proofing.id}`);
}

async function confirm(app: ProofingApp, { id }: ProofingCase, printed: string): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing) throw new Fault('not_found');
    const { state } = proofing;
    const now = app.clock.now();
    if (state.step !== 'confirmation' || !state.document || now >= proofing.expiresAt) return;
    const { examinationId: read } = state.document;
    const document = await readDocumentFacts(tx, app, { proofing, examinationId: read });
    if (!document) throw new Error('A page that was read is gone.');
    const zone = `${document.primaryIdentifier} ${document.secondaryIdentifier}`.trim();
    const same = sameName(printed, zone);
    const outcome = same ? 'agrees' : 'differs';
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'confirmation',
      outcome,
      checks: [
        {
          name: NAME_CHECK,
          outcome: same ? 'passed' : 'warned',
          reason: same ? null : 'name_differs',
          clause: null,
        },
      ],
      evidence: new Map([['name_printed', Buffer.from(printed)]]),
    });
    const confirmed = confirmDocument(proofing, {
      confirmation: { examinationId, at: now },
      requestId: RowId.make(app),
      now,
    });
    if (!confirmed.ok) throw new Error('A page was confirmed for a case that waits for none.');
    await saveChange(tx, app, proofing, confirmed.change);
    await askRegisterSoon(tx, id);
    await appendAudit(tx, app, {
      action: 'proofing.document_confirmed',
      actor: { kind: 'account', id: proofing.openedBy ?? proofing.accountId },
      subject: { kind: 'case', id },
      details: { examinationId, outcome },
    });
  });
}

const NAME_CHECK = 'printed_name';

/** Whether what the holder confirmed agrees with what was read; true where a pathway asks for no confirmation. */
export async function confirmationAgrees(
  db: Db | Tx,
  confirmation: DoneOnFile | null,
): Promise<boolean> {
  if (!confirmation) return true;
  const checks = await listChecks(db, confirmation.examinationId);
  return checks.every(({ outcome }) => outcome === 'passed');
}

/** The same words by any transcription and in any order. */
function sameName(printed: string, zone: string): boolean {
  const sorted = (text: string) => nameSpellings(text).map((words) => words.toSorted().join(' '));
  const ours = new Set(sorted(zone));
  return sorted(printed).some((spelling) => spelling !== '' && ours.has(spelling));
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  given: { name: string | null; error: { field: string; key: string } | null },
): Promise<void> {
  const { document: onFile } = proofing.state.step === 'confirmation' ? proofing.state : {};
  const document = onFile
    ? await readDocumentFacts(app.db, app, { proofing, examinationId: onFile.examinationId })
    : null;
  if (!document) throw new Fault('not_found');
  const zone = [document.primaryIdentifier, document.secondaryIdentifier].filter(Boolean).join(' ');
  await page(ctx, app, {
    view: confirmationPage,
    model: {
      caseId: proofing.id,
      forChild: proofing.accountId !== applicantOf(ctx),
      facts: {
        name: zone,
        documentNumber: document.documentNumber,
        issuingState: document.issuingState,
        nationality: document.nationality,
        dateOfBirth: document.dateOfBirth,
        dateOfExpiry: document.dateOfExpiry,
      },
      name: given.name ?? zone,
      error: given.error,
    },
    title: 'proofing.confirmation.title',
    status: given.error ? 422 : 200,
  });
}
