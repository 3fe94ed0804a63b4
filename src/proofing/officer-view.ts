import type {
  ChipAlgorithms,
  ChipDocument,
  ChipFingerprints,
  CheckOutcome,
} from '../documents/chip-verdict.ts';
import { readPortrait } from '../documents/lds-portrait.ts';
import type { Db } from '../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../lib/ids.ts';
import { toDisplayJpeg } from '../lib/portrait-image.ts';
import type { PersonDifference, PersonNote } from '../visas/compare-person.ts';
import type { StayFacts } from '../visas/stay.ts';
import { caseReference } from './case-reference.ts';
import type { ProofingCase } from './case-state.ts';
import { onFile } from './case.ts';
import { findCase, findReviewReasons } from './case-store.ts';
import { standingBlockers } from './decision.ts';
import type { ApprovalBlocker, DecisionKind, DecisionReason } from './decision.ts';
import { listDecisions } from './decision-store.ts';
import type { DecisionOutcome } from './decision-store.ts';
import {
  PAGE_PHOTO,
  readDocumentFacts,
  readInspection,
  readRecordedVerdict,
} from './document-record.ts';
import type { InspectionRecord } from './document-record.ts';
import { evidenceHash } from './evidence-hash.ts';
import { readEvidence } from './evidence.ts';
import { listChecks, listExaminations } from './examination-store.ts';
import type { ExaminationKind } from './examination-store.ts';
import { guardianshipOf } from './guardianship.ts';
import type { Guardianship } from './guardianship-store.ts';
import type { RegisterWord } from './judge-register.ts';
import { noteOf } from './officer-note.ts';
import { PORTRAIT_LIMITS } from './limits.ts';
import { attentionReasons } from './officer-queue.ts';
import type { AttentionReason } from './officer-queue.ts';
import type { ProofingApp } from './proofing-app.ts';
import { readRegisterRecord } from './register-record.ts';
import { shownFile } from './shown-file.ts';
import type { ShownFile } from './shown-file.ts';

export interface ShownCheck {
  source:
    | 'document'
    | 'second_document'
    | 'register'
    | 'portrait'
    | 'face'
    | 'sample'
    | 'confirmation'
    | 'code';
  name: string;
  outcome: CheckOutcome;
  reason: string | null;
  clause: string | null;
}

export interface ShownDecision {
  id: RowId;
  /** Null: the written policy decided. */
  officerId: OfficerId | null;
  kind: DecisionKind;
  reason: DecisionReason | 'policy_met';
  outcome: DecisionOutcome;
  note: string | null;
  at: Date;
}

/** Everything that an officer may see of a case. */
export interface OfficerView {
  proofing: ProofingCase;
  reference: string;
  /** What the chip said, as it was read. */
  document: ChipDocument | null;
  /** Of what is on file, or was when the case closed: document, register, portrait. */
  checks: ShownCheck[];
  algorithms: ChipAlgorithms | null;
  fingerprints: ChipFingerprints | null;
  register: {
    answer: RegisterWord;
    differences: readonly PersonDifference[];
    notes: readonly PersonNote[];
    /** As it stands today. */
    stay: StayFacts;
  } | null;
  hasChipPortrait: boolean;
  hasLivePortrait: boolean;
  hasPagePhoto: boolean;
  hasSample: boolean;
  /** How an officer inspected the two documents, at a counter. */
  inspections: { first: InspectionRecord | null; second: InspectionRecord | null };
  /** Who acts for the child, where it is one. */
  guardianship: Guardianship | null;
  /** What a decision must be made on: `expectedEvidence` of `decideCase`. */
  evidence: string;
  examinations: {
    id: RowId;
    kind: ExaminationKind;
    outcome: string;
    at: Date;
    /** What a decision would rest on, or rested on. */
    current: boolean;
  }[];
  decisions: ShownDecision[];
  attentionReasons: AttentionReason[];
  /** What stands against approving now. The chip is judged anew when it is approved, not here. */
  approvalBlockers: ApprovalBlocker[];
}

/** A case with all its checks, facts and history, or null where there is none. The caller answers for who may read it. */
export async function readCaseForOfficer(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<OfficerView | null> {
  const proofing = await findCase(db, caseId);
  if (!proofing) return null;
  const file = shownFile(proofing.state);
  const asked = (examinationId: RowId) => ({ proofing, examinationId });
  const [verdict, found, examinations, decisions, policy] = await Promise.all([
    file.document ? readRecordedVerdict(db, app, asked(file.document)) : null,
    file.document ? readDocumentFacts(db, app, asked(file.document)) : null,
    listExaminations(db, caseId),
    readDecisions(db, app, proofing),
    findReviewReasons(db, [caseId]),
  ]);
  const document = found;
  const isChip = onFile(proofing.state).document?.check === 'chip';
  const pages = file.document
    ? await readEvidence(db, app, { ...asked(file.document), kinds: [PAGE_PHOTO] })
    : null;
  return {
    proofing,
    reference: caseReference(caseId),
    document,
    checks: await readChecks(db, file),
    algorithms: verdict?.algorithms ?? null,
    fingerprints: verdict?.fingerprints ?? null,
    register: await readRegister(db, app, { proofing, file, document }),
    hasChipPortrait: isChip,
    hasLivePortrait: file.portrait !== null,
    hasPagePhoto: pages?.has(PAGE_PHOTO) ?? false,
    hasSample: file.sample !== null && stands(proofing),
    inspections: {
      first: file.document ? await readInspection(db, app, asked(file.document)) : null,
      second: file.second_document
        ? await readInspection(db, app, asked(file.second_document))
        : null,
    },
    guardianship: await guardianshipOf(db, proofing),
    evidence: await evidenceHash(db, app, proofing),
    examinations: examinations.map(({ id, kind, outcome, at }) => ({
      id,
      kind,
      outcome,
      at,
      current: id === file[kind],
    })),
    decisions,
    attentionReasons: attentionReasons(proofing, policy.get(caseId) ?? []),
    approvalBlockers: standingBlockers(proofing, app.clock.now()),
  };
}

/** The portrait that the chip holds, re-encoded for showing; null where there is none on file. */
export async function readChipPortrait(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<Buffer | null> {
  const proofing = await findCase(db, caseId);
  const examinationId = proofing ? shownFile(proofing.state).document : null;
  if (!proofing || !examinationId) return null;
  const files = await readEvidence(db, app, { proofing, examinationId, kinds: ['DG2'] });
  const dg2 = files.get('DG2');
  // On file is only what was verified, so its portrait reads.
  const shown = dg2 ? await toDisplayJpeg(readPortrait(dg2).bytes, PORTRAIT_LIMITS) : null;
  return shown?.ok ? shown.jpeg : null;
}

/** The live picture, a JPEG that was re-encoded when it was taken; null where there is none on file. */
export async function readLivePortrait(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<Buffer | null> {
  const proofing = await findCase(db, caseId);
  const examinationId = proofing ? shownFile(proofing.state).portrait : null;
  if (!proofing || !examinationId) return null;
  const pictures = await readEvidence(db, app, { proofing, examinationId });
  return pictures.get('live_portrait') ?? null;
}

/** The photo of the data page, re-encoded when it was sent; null where there is none on file. */
export async function readPagePhoto(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<Buffer | null> {
  return readPicture(db, app, { caseId, fact: 'document', kind: PAGE_PHOTO });
}

/** The biometric sample of a counter, while the consent to keep it stands. */
export async function readSample(db: Db, app: ProofingApp, caseId: CaseId): Promise<Buffer | null> {
  return readPicture(db, app, { caseId, fact: 'sample', kind: 'biometric_sample' });
}

async function readPicture(
  db: Db,
  app: ProofingApp,
  given: { caseId: CaseId; fact: ExaminationKind; kind: string },
): Promise<Buffer | null> {
  const proofing = await findCase(db, given.caseId);
  const examinationId = proofing ? shownFile(proofing.state)[given.fact] : null;
  if (!proofing || !examinationId) return null;
  const pictures = await readEvidence(db, app, { proofing, examinationId, kinds: [given.kind] });
  return pictures.get(given.kind) ?? null;
}

function stands({ sampleConsent }: ProofingCase): boolean {
  return sampleConsent !== null && sampleConsent.withdrawnAt === null;
}

async function readChecks(db: Db, file: ShownFile): Promise<ShownCheck[]> {
  const sources = Object.entries(file) as [ShownCheck['source'], RowId | null][];
  const all = await Promise.all(
    sources.map(async ([source, id]) => {
      const checks = id ? await listChecks(db, id) : [];
      return checks.map((check) => ({ source, ...check }));
    }),
  );
  return all.flat();
}

async function readRegister(
  db: Db,
  app: ProofingApp,
  given: { proofing: ProofingCase; file: ShownFile; document: ChipDocument | null },
): Promise<OfficerView['register']> {
  const { proofing, file, document } = given;
  const examinationId = file.register;
  if (!examinationId || !document) return null;
  const record = await readRegisterRecord(db, app, { proofing, examinationId, document });
  if (!record) return null;
  const { comparison, stay } = record.judgement;
  return {
    answer: record.word,
    differences: comparison?.differences ?? [],
    notes: comparison?.notes ?? [],
    stay,
  };
}

async function readDecisions(
  db: Db,
  app: ProofingApp,
  proofing: ProofingCase,
): Promise<ShownDecision[]> {
  const rows = await listDecisions(db, proofing.id);
  const key = await app.cipher.findDataKey(db, proofing.dataKeyId);
  return rows.map(({ id, officerId, kind, reason, outcome, note, at }) => ({
    id,
    officerId,
    kind,
    reason,
    outcome,
    note: key && note ? noteOf(id).open(key, note) : null,
    at,
  }));
}
