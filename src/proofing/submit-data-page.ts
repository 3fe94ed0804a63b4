import { dataPagePage } from '../../views/proofing/data-page.ts';
import type { DataPageModel } from '../../views/proofing/data-page.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { chipDocumentOf } from '../documents/chip-document.ts';
import type { Mrz } from '../documents/mrz.ts';
import { transact } from '../lib/database.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { toDisplayJpeg } from '../lib/portrait-image.ts';
import { RowId } from '../lib/ids.ts';
import { readDataPage } from '../trust/read-data-page.ts';
import type { DataPageReading } from '../trust/read-data-page.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { callerOf, countCall } from '../web/rate-limit.ts';
import { acceptDocument } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { documentKindOf } from './document-kind.ts';
import { pageEvidence, zoneOptions } from './document-record.ts';
import { documentRule } from './documents-accepted.ts';
import { recordExamination } from './evidence.ts';
import type { CheckRow } from './examination-store.ts';
import { DATA_PAGE_NETWORK_LIMIT, PAGE_LIMITS, countDocument, pageAttempts } from './limits.ts';
import { actorOf, applicantOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';
import { saveChange } from './save-case.ts';

/** GET /cases/:id/page: the camera, or a file, for the data page. */
export async function showDataPage(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { state } = proofing;
  const takesPage = state.step === 'document' || state.step === 'confirmation';
  if (proofing.pathway !== 'data_page' || !takesPage || app.clock.now() >= proofing.expiresAt)
    return ctx.redirect(`/cases/${proofing.id}`);
  await answer(ctx, app, proofing, null);
}

/** Why a photo does not go on file. Each has its words; all of it is about the picture that was sent. */
export type PageRefusal =
  | 'not_a_picture'
  | 'too_many_pixels'
  | 'too_slow'
  | 'unreadable'
  | 'inconsistent'
  | 'not_a_travel_document'
  | 'document_expired';

type Judged =
  | { ok: true; mrz: Mrz }
  | { ok: false; refusal: PageRefusal; advice: readonly string[] };

/**
 * POST /cases/:id/pages: a photo of the data page (multipart field `page`). Only a zone that was read whole, with every check
 * digit right, goes on file; candidates are guesses and never evidence. What can't be used answers 422 and says what to do.
 */
export async function submitDataPage(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { state } = proofing;
  if (
    proofing.pathway !== 'data_page' ||
    (state.step !== 'document' && state.step !== 'confirmation')
  )
    return seeOther(ctx, `/cases/${proofing.id}`);
  await countCall(app, DATA_PAGE_NETWORK_LIMIT, callerOf(ctx));
  const attempts = await pageAttempts(app.db, actorOf(proofing), app.clock.now());
  if (attempts.nextAt) return answer(ctx, app, proofing, null);
  const photo = ctx.state.body.files.page?.bytes ?? Buffer.alloc(0);
  const reading: DataPageReading = photo.length
    ? await readDataPage(photo, zoneOptions(app))
    : { ok: false, reason: 'not_an_image' };
  if (!reading.ok && reading.reason === 'busy')
    return answer(ctx, app, proofing, { refusal: 'busy', advice: [] }, 503);
  const judged = judgeReading(app, reading);
  if (judged.ok) await countDocument(app, judged.mrz);
  const saved = await save(app, proofing, { photo, judged });
  if (saved) return seeOther(ctx, `/cases/${proofing.id}/confirmation`);
  if (judged.ok) return seeOther(ctx, `/cases/${proofing.id}`);
  await answer(ctx, app, proofing, { refusal: judged.refusal, advice: judged.advice });
}

/** What is on the page, if it is a travel document of today. */
function judgeReading(app: ProofingApp, reading: DataPageReading): Judged {
  const refuse = (refusal: PageRefusal, advice: readonly string[] = []): Judged => ({
    ok: false,
    refusal,
    advice,
  });
  if (!reading.ok) {
    if (reading.reason === 'too_slow') return refuse('too_slow');
    return refuse(reading.reason === 'too_many_pixels' ? 'too_many_pixels' : 'not_a_picture');
  }
  const { reading: zone } = reading;
  if (zone.outcome === 'unreadable' || zone.outcome === 'candidates')
    return refuse('unreadable', zone.advice);
  if (zone.outcome === 'inconsistent') return refuse('inconsistent');
  const now = app.clock.now();
  const document = chipDocumentOf(zone.mrz, {}, now);
  // A visa is no travel document (Doc 9303-7), though its zone reads as well.
  const kind = zone.mrz.format.startsWith('MRV')
    ? null
    : documentKindOf(document, { hasChip: false });
  const rule = kind && documentRule(kind, document.issuingState, toPlainDate(now));
  if (!rule?.routes.includes('data_page')) return refuse('not_a_travel_document');
  return document.expired ? refuse('document_expired') : { ok: true, mrz: zone.mrz };
}

/** On record whatever came of it: attempts are counted there. True where the case went on. */
async function save(
  app: ProofingApp,
  { id }: ProofingCase,
  given: { photo: Buffer; judged: Judged },
): Promise<boolean> {
  const shown = given.photo.length ? await toDisplayJpeg(given.photo, PAGE_LIMITS) : null;
  return transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    const now = app.clock.now();
    if (!proofing || now >= proofing.expiresAt) return false;
    // A second photo takes the place of the first while nothing rests on it.
    if (proofing.state.step !== 'document' && proofing.state.step !== 'confirmation') return false;
    const { judged } = given;
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'document',
      outcome: judged.ok ? 'accepted' : judged.refusal,
      checks: checksOf(judged),
      evidence: pageEvidence({
        lines: judged.ok ? judged.mrz.lines : null,
        photo: shown?.ok ? shown.jpeg : null,
        inspection: null,
      }),
    });
    await appendAudit(tx, app, {
      action: 'proofing.data_page_submitted',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: { examinationId, outcome: judged.ok ? 'accepted' : judged.refusal },
    });
    return judged.ok && (await putOnFile(tx, app, proofing, examinationId));
  });
}

async function putOnFile(
  tx: Tx,
  app: ProofingApp,
  proofing: ProofingCase,
  examinationId: RowId,
): Promise<boolean> {
  const now = app.clock.now();
  const accepted = acceptDocument(proofing, {
    document: { examinationId, check: 'data_page', cloneCheck: 'no_chip', examinedAt: now },
    requestId: RowId.make(app),
    now,
  });
  if (!accepted.ok) throw new Error('A page was accepted for a case that does not wait for one.');
  await saveChange(tx, app, proofing, accepted.change);
  return true;
}

function checksOf(judged: Judged): CheckRow[] {
  const row = (name: string, outcome: CheckRow['outcome'], reason: string | null): CheckRow => ({
    name,
    outcome,
    reason,
    clause: 'Doc 9303-3 §4.9',
  });
  if (judged.ok)
    return [
      row('mrz_well_formed', 'passed', null),
      row('mrz_check_digits', 'passed', null),
      { ...row('document_expired', 'passed', null), clause: null },
    ];
  const reason = judged.advice.length ? judged.advice.join('+') : judged.refusal;
  return [row('mrz_well_formed', 'failed', reason)];
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  problem: DataPageModel['problem'],
  status?: number,
): Promise<void> {
  const attempts = await pageAttempts(app.db, actorOf(proofing), app.clock.now());
  const { state } = proofing;
  await page(ctx, app, {
    view: dataPagePage,
    model: {
      caseId: proofing.id,
      forChild: proofing.accountId !== applicantOf(ctx),
      asked: 'asked' in state ? state.asked : null,
      problem,
      attemptsLeft: attempts.left,
      nextAttemptAt: attempts.nextAt,
    },
    title: 'proofing.page.title',
    status: status ?? (problem ? 422 : 200),
  });
}
