import { appendAudit } from '../audit/append.ts';
import type { ChipDocument } from '../documents/chip-verdict.ts';
import { chipDocumentOf } from '../documents/chip-document.ts';
import { mrzLinesOf, parseMrz } from '../documents/mrz.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { toDisplayJpeg } from '../lib/portrait-image.ts';
import { askRegisterSoon } from './ask-register.ts';
import { acceptDocument, goBack, onFile } from './case.ts';
import { act, done } from './counter-act.ts';
import type { CounterAct, CounterResult } from './counter-act.ts';
import type { OpenStep, ProofingCase } from './case-state.ts';
import { documentKindOf } from './document-kind.ts';
import { pageEvidence, readDocumentFacts, readInspection, zoneOptions } from './document-record.ts';
import { INSPECTED_FEATURES, documentRule, isDocumentKind } from './documents-accepted.ts';
import type { DocumentKind } from './documents-accepted.ts';
import { recordExamination } from './evidence.ts';
import type { CheckRow } from './examination-store.ts';
import { PAGE_LIMITS } from './limits.ts';
import { acceptSecondDocument, compareFace, keepSample } from './pathway-acts.ts';

/** How the officer found a document that has no chip to speak for it. */
export interface Inspection {
  kind: DocumentKind;
  features: readonly string[];
  namePrinted: string | null;
}

/**
 * The officer has inspected the first document by hand: its zone as typed or read, which must hold by every check digit, and
 * everything that INSPECTED_FEATURES asks. A kind that documents-accepted.ts gives no counter route to is refused.
 */
export function inspectDocument(
  app: App,
  given: CounterAct & { inspection: Inspection; zone: string; photo: Buffer | null },
): Promise<CounterResult> {
  return act(app, given, 'document', async (tx, proofing) => {
    const { inspection, photo } = given;
    const now = app.clock.now();
    const lines = mrzLinesOf(given.zone.toUpperCase());
    const read = parseMrz(lines, zoneOptions(app));
    if (!read.ok || read.mrz.format.startsWith('MRV')) return { ok: false, reason: 'zone_invalid' };
    const document = chipDocumentOf(read.mrz, {}, now);
    if (document.expired) return { ok: false, reason: 'document_expired' };
    const rule = documentRule(inspection.kind, document.issuingState, toPlainDate(now));
    if (!rule || !rule.routes.includes('counter') || rule.highestIal < 2)
      return { ok: false, reason: 'document_not_accepted' };
    if (!INSPECTED_FEATURES.every((feature) => inspection.features.includes(feature)))
      return { ok: false, reason: 'not_inspected' };
    const shown = photo?.length ? await toDisplayJpeg(photo, PAGE_LIMITS) : null;
    if (shown && !shown.ok) return { ok: false, reason: 'no_picture' };
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'document',
      outcome: 'accepted',
      checks: [passed('mrz_well_formed', null), ...featureChecks(inspection.features)],
      evidence: pageEvidence({
        lines,
        photo: shown?.ok ? shown.jpeg : null,
        inspection: {
          kind: inspection.kind,
          features: [...inspection.features],
          namePrinted: inspection.namePrinted,
          issuingState: null,
          documentNumber: null,
          expiresOn: null,
        },
      }),
    });
    const accepted = acceptDocument(proofing, {
      document: { examinationId, check: 'inspected', cloneCheck: 'no_chip', examinedAt: now },
      requestId: RowId.make(app),
      now,
    });
    return done(accepted, examinationId, async () => askRegisterSoon(tx, proofing.id));
  });
}

/** The second document: another one, of a kind that may stand beside the first, not expired. */
export function inspectSecondDocument(
  app: App,
  given: CounterAct & {
    inspection: Inspection;
    issuingState: string;
    documentNumber: string;
    expiresOn: string | null;
  },
): Promise<CounterResult> {
  return act(app, given, 'second_document', async (tx, proofing) => {
    const now = app.clock.now();
    const today = toPlainDate(now);
    const { inspection, issuingState, documentNumber, expiresOn } = given;
    const rule = documentRule(inspection.kind, issuingState, today);
    if (!rule?.second) return { ok: false, reason: 'document_not_accepted' };
    if (expiresOn !== null && expiresOn < today) return { ok: false, reason: 'document_expired' };
    if (!INSPECTED_FEATURES.every((feature) => inspection.features.includes(feature)))
      return { ok: false, reason: 'not_inspected' };
    const first = await firstDocument(tx, app, proofing);
    if (first && isSame(first, { issuingState, documentNumber }))
      return { ok: false, reason: 'same_document' };
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'second_document',
      outcome: 'accepted',
      checks: featureChecks(inspection.features),
      evidence: pageEvidence({
        lines: null,
        photo: null,
        inspection: {
          ...inspection,
          features: [...inspection.features],
          issuingState,
          documentNumber,
          expiresOn,
        },
      }),
    });
    const accepted = acceptSecondDocument(proofing, {
      secondDocument: { examinationId, at: now },
      now,
    });
    return done(accepted, examinationId);
  });
}

/** The officer compared the face of the person present with the document, and says that it is the same. */
export function confirmFace(app: App, given: CounterAct): Promise<CounterResult> {
  return act(app, given, 'face', async (tx, proofing) => {
    const now = app.clock.now();
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'face',
      outcome: 'match',
      checks: [passed('face_in_person', null)],
      evidence: new Map(),
    });
    return done(compareFace(proofing, { face: { examinationId, at: now }, now }), examinationId);
  });
}

/** Keeps a picture as biometric sample, for IAL3: only with the holder's own, separate consent, and where their document can carry IAL3. */
export function takeSample(
  app: App,
  given: CounterAct & { picture: Buffer },
): Promise<CounterResult> {
  return act(app, given, null, async (tx, proofing) => {
    const { sampleConsent } = proofing;
    if (!sampleConsent || sampleConsent.withdrawnAt) return { ok: false, reason: 'no_consent' };
    if ((await highestIal(tx, app, proofing)) < 3) return { ok: false, reason: 'level_too_high' };
    const shown = await toDisplayJpeg(given.picture, PAGE_LIMITS);
    if (!shown.ok) return { ok: false, reason: 'no_picture' };
    const now = app.clock.now();
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'sample',
      outcome: 'kept',
      checks: [passed('sample_size', `${shown.width}x${shown.height}`)],
      evidence: new Map([['biometric_sample', shown.jpeg]]),
    });
    return done(keepSample(proofing, { sample: { examinationId, at: now }, now }), examinationId);
  });
}

/** Back to a step: what it gave is wiped, and what rested on it. */
export function goBackAtCounter(
  app: App,
  given: CounterAct & { to: OpenStep },
): Promise<CounterResult> {
  return act(app, given, null, async (tx, proofing) => {
    const back = goBack(proofing, { to: given.to, by: 'officer', now: app.clock.now() });
    if (!back.ok) return { ok: false, reason: 'wrong_step' };
    await appendAudit(tx, app, {
      action: 'proofing.step_reopened',
      actor: { kind: 'officer', id: given.officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { step: given.to, wiped: [...back.change.wiped] },
    });
    return { ok: true, change: back.change, examinationId: null };
  });
}

/** What the kind of document on file can carry at most today (documents-accepted.ts). */
async function highestIal(tx: Tx, app: App, proofing: ProofingCase): Promise<number> {
  const { document: onFileNow } = onFile(proofing.state);
  if (!onFileNow) return 0;
  const given = { proofing, examinationId: onFileNow.examinationId };
  const facts = await readDocumentFacts(tx, app, given);
  const kind =
    onFileNow.check === 'chip'
      ? facts && documentKindOf(facts, { hasChip: true })
      : (await readInspection(tx, app, given))?.kind;
  if (!facts || !kind || !isDocumentKind(kind)) return 0;
  const today = toPlainDate(app.clock.now());
  return documentRule(kind, facts.issuingState, today)?.highestIal ?? 0;
}

async function firstDocument(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
): Promise<ChipDocument | null> {
  const { state } = proofing;
  const document = 'document' in state ? state.document : null;
  if (!document) return null;
  return readDocumentFacts(tx, app, { proofing, examinationId: document.examinationId });
}

function isSame(
  first: ChipDocument,
  second: { issuingState: string; documentNumber: string },
): boolean {
  const plain = (text: string) => text.replace(/[^A-Z0-9]/gi, '').toUpperCase();
  return (
    first.issuingState === second.issuingState &&
    plain(first.documentNumber) === plain(second.documentNumber)
  );
}

function featureChecks(features: readonly string[]): CheckRow[] {
  return INSPECTED_FEATURES.map((name) => ({
    name,
    outcome: features.includes(name) ? 'passed' : 'failed',
    reason: null,
    clause: null,
  }));
}

function passed(name: string, reason: string | null): CheckRow {
  return { name, outcome: 'passed', reason, clause: null };
}
