import { appendAudit } from '../audit/append.ts';
import type { ChipDocument } from '../documents/chip-verdict.ts';
import { chipDocumentOf } from '../documents/chip-document.ts';
import { mrzLinesOf, parseMrz } from '../documents/mrz.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { toDisplayJpeg } from '../lib/portrait-image.ts';
import { askRegisterSoon } from './ask-register.ts';
import {
  acceptDocument,
  acceptSecondDocument,
  close,
  compareFace,
  goBack,
  keepSample,
} from './case.ts';
import type { Change, Transition } from './case.ts';
import type { OpenStep, ProofingCase } from './case-state.ts';
import { findOpenCase, lockCase } from './case-store.ts';
import { spendCounterCode } from './counter-code.ts';
import { isOfficersOwn } from './decide-case.ts';
import { pageEvidence, readDocumentFacts, zoneOptions } from './document-record.ts';
import { INSPECTED_FEATURES, documentRule } from './documents-accepted.ts';
import type { DocumentKind } from './documents-accepted.ts';
import { recordExamination } from './evidence.ts';
import type { CheckRow } from './examination-store.ts';
import { PAGE_LIMITS } from './limits.ts';
import { officerHasAccount } from './officer-accounts.ts';
import { saveChange } from './save-case.ts';
import { insertNewCase } from './start-case.ts';

/**
 * An officer opens the case of somebody who stands before them, by the code that the person's own phone shows. A remote
 * case under way ends: what counts from now on is done here. One that a counter opened is gone on with.
 */
export async function openCounterCase(
  app: App,
  given: { officerId: OfficerId; code: string },
): Promise<{ ok: true; caseId: CaseId } | { ok: false; reason: 'code_unknown' | 'own_case' }> {
  return transact(app.db, async (tx) => {
    const code = await spendCounterCode(tx, app, given);
    if (!code) return { ok: false, reason: 'code_unknown' };
    const { accountId, madeBy } = code;
    const { officerId } = given;
    for (const owner of madeBy ? [accountId, madeBy] : [accountId])
      if (await officerHasAccount(tx, officerId, owner)) return { ok: false, reason: 'own_case' };
    const open = await findOpenCase(tx, accountId);
    const locked = open ? await lockCase(tx, open.id) : null;
    if (locked?.pathway === 'counter' && app.clock.now() < locked.expiresAt)
      return { ok: true, caseId: locked.id };
    if (locked) await endForCounter(tx, app, locked);
    const proofing = await insertNewCase(tx, app, {
      accountId,
      openedBy: madeBy,
      pathway: 'counter',
      returnTo: locked?.returnTo ?? null,
      consentedAt: code.createdAt,
      officerId,
    });
    await appendAudit(tx, app, {
      action: 'proofing.counter_opened',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { codeId: code.id },
    });
    return { ok: true, caseId: proofing.id };
  });
}

async function endForCounter(tx: Tx, app: App, proofing: ProofingCase): Promise<void> {
  const now = app.clock.now();
  const step = now >= proofing.expiresAt ? 'expired' : 'withdrawn';
  const ended = close(proofing, { step }, now);
  if (!ended.ok) throw new Error('An open case could not be ended.');
  await saveChange(tx, app, proofing, ended.change);
  await appendAudit(tx, app, {
    action: step === 'expired' ? 'proofing.case_expired' : 'proofing.case_withdrawn',
    actor: { kind: 'account', id: proofing.openedBy ?? proofing.accountId },
    subject: { kind: 'case', id: proofing.id },
    details: { step: proofing.state.step },
  });
}

export type CounterResult =
  | { ok: true; version: number }
  | {
      ok: false;
      reason:
        | 'not_found'
        | 'own_case'
        | 'wrong_step'
        | 'zone_invalid'
        | 'document_expired'
        | 'document_not_accepted'
        | 'not_inspected'
        | 'same_document'
        | 'no_picture'
        | 'no_consent';
    }
  | { ok: false; reason: 'stale_version'; version: number };

interface CounterAct {
  caseId: CaseId;
  officerId: OfficerId;
  expectedVersion: number;
}

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

/** Keeps a picture as biometric sample, for IAL3: only with the holder's own, separate consent. */
export function takeSample(
  app: App,
  given: CounterAct & { picture: Buffer },
): Promise<CounterResult> {
  return act(app, given, null, async (tx, proofing) => {
    const { sampleConsent } = proofing;
    if (!sampleConsent || sampleConsent.withdrawnAt) return { ok: false, reason: 'no_consent' };
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

type Refusal = Extract<CounterResult, { ok: false }>;
interface Done {
  ok: true;
  change: Change;
  examinationId: RowId | null;
  /** Once the case is saved. */
  afterwards?: () => Promise<void>;
}
type Outcome = Done | Refusal;

function done(
  transition: Transition,
  examinationId: RowId,
  afterwards?: () => Promise<void>,
): Outcome {
  // Rolled back with the examination, by the caller.
  if (!transition.ok) return { ok: false, reason: 'wrong_step' };
  return {
    ok: true,
    change: transition.change,
    examinationId,
    ...(afterwards ? { afterwards } : {}),
  };
}

/** One act of an officer at a counter: over the locked case, on the version that they saw, never on their own. */
async function act(
  app: App,
  given: CounterAct,
  step: 'document' | 'second_document' | 'face' | null,
  work: (tx: Tx, proofing: ProofingCase) => Promise<Outcome>,
): Promise<CounterResult> {
  try {
    return await transact(app.db, async (tx): Promise<CounterResult> => {
      const proofing = await lockCase(tx, given.caseId);
      if (!proofing || proofing.pathway !== 'counter') return { ok: false, reason: 'not_found' };
      if (await isOfficersOwn(tx, proofing, given.officerId))
        return { ok: false, reason: 'own_case' };
      if (proofing.version !== given.expectedVersion)
        return { ok: false, reason: 'stale_version', version: proofing.version };
      if (step && proofing.state.step !== step) return { ok: false, reason: 'wrong_step' };
      const outcome = await work(tx, proofing);
      if (!outcome.ok) throw new Undone(outcome);
      const { examinationId } = outcome;
      const saved = await saveChange(tx, app, proofing, outcome.change);
      await outcome.afterwards?.();
      if (examinationId) await record(tx, app, given, { step: step ?? 'sample', examinationId });
      return { ok: true, version: saved.version };
    });
  } catch (error) {
    if (error instanceof Undone) return error.outcome;
    throw error;
  }
}

/** Ends the transaction without being a fault: nothing of a refused act stays on record. */
class Undone extends Error {
  readonly outcome: Refusal;
  constructor(outcome: Refusal) {
    super('undone');
    this.outcome = outcome;
  }
}

async function record(
  tx: Tx,
  app: App,
  { caseId, officerId }: CounterAct,
  done: { step: 'document' | 'second_document' | 'face' | 'sample'; examinationId: RowId },
): Promise<void> {
  const { step, examinationId } = done;
  const who = {
    actor: { kind: 'officer', id: officerId },
    subject: { kind: 'case', id: caseId },
  } as const;
  if (step === 'face')
    await appendAudit(tx, app, {
      action: 'proofing.face_compared',
      ...who,
      details: { examinationId },
    });
  else if (step === 'sample')
    await appendAudit(tx, app, {
      action: 'proofing.sample_kept',
      ...who,
      details: { examinationId },
    });
  else
    await appendAudit(tx, app, {
      action: 'proofing.document_inspected',
      ...who,
      details: { examinationId, which: step, outcome: 'accepted' },
    });
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
