import { sendNotice } from '../accounts/send-notice.ts';
import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addDays, toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { OfficerId } from '../lib/ids.ts';
import { enrolPerson } from '../registry/enrol-person.ts';
import type { Enrolment, EnrolmentInput } from '../registry/enrol-person.ts';
import { findPersonByDocument } from '../registry/find-persons.ts';
import { askRegisterSoon } from './ask-register.ts';
import { askRegisterAgain, close, hold } from './case.ts';
import { propose } from './pathway-acts.ts';
import type { ProofingCase, ReviewState } from './case-state.ts';
import { approvalBlockers, fourEyesFor } from './decision.ts';
import type { ApprovalBlocker, DecisionReason } from './decision.ts';
import type { DecideResult } from './decide-case.ts';
import { judgeDocumentNow } from './document-record.ts';
import type { JudgedDocument } from './document-record.ts';
import { childBlocker, setChild } from './guardianship.ts';
import type { RegisterWord } from './judge-register.ts';
import { keepSigner } from './keep-signers.ts';
import { officerHasAccount } from './officer-accounts.ts';
import { portraitBlockers, readPortraitFacts } from './portrait-facts.ts';
import type { PortraitFacts } from './portrait-facts.ts';
import { findingsOf } from './proof-findings.ts';
import { readRegisterRecord } from './register-record.ts';
import { registerReferences } from './register-references.ts';
import { findPlanted } from './review-store.ts';
import { registersStillSay } from './registers/recheck.ts';
import { registerBlockers } from './registers/register-blockers.ts';
import { saveChange } from './save-case.ts';

/** A provisional ID lives this long past the visa or, without one, the decision (DESIGN section 4). */
const PROVISIONAL_DAYS = 90;

/** Who approves, and why. */
export type Approver =
  | { by: 'officer'; officerId: OfficerId; reason: DecisionReason }
  /** A second officer confirms what the first one proposed. */
  | { by: 'second_officer'; officerId: OfficerId }
  | { by: 'policy' };

/** What an officer settled about persons on record, for the registry. */
export type Settlement = Pick<EnrolmentInput, 'dismissed' | 'resolution' | 'crossReferences'>;

/**
 * Approves within the caller's transaction over the locked case: the stored evidence is judged anew with today's anchors,
 * revocation lists and date, and only if nothing stands against it is the person enrolled, the ID bound and the holder told.
 * What takes two officers is only proposed by the first. The registers must have been asked right before (`recheckRegisters`);
 * where they were silent or say something else, the case waits for them.
 */
export async function approveCase(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  approver: Approver,
  settlement: Settlement = {},
): Promise<DecideResult> {
  const { state } = proofing;
  if (state.step !== 'review') return blocked('not_in_review');
  const judged = await judgeDocumentNow(tx, app, { proofing, document: state.document });
  const portrait = await readPortraitFacts(tx, state.portrait?.examinationId ?? null);
  const reason = reasonOf(approver, state);
  const found = [
    ...approvalBlockers({
      proofing,
      officerId: approver.by === 'policy' ? null : approver.officerId,
      reason,
      document: judged,
      now: app.clock.now(),
    }),
    ...(await otherBlockers(tx, app, { proofing, state, judged, approver })),
    ...portraitBlockers(portrait),
    ...(await registerBlockers(tx, proofing)),
  ];
  const blockers = [...new Set<ApprovalBlocker>(found)];
  if (blockers.length === 1 && blockers[0] === 'register_stale')
    return askRegister(tx, app, proofing);
  if (blockers.length > 0 || !judged.document)
    return { ok: false, reason: 'not_decidable', blockers };
  const fourEyes = fourEyesFor(proofing, { matcherOverruled: false });
  if (fourEyes && approver.by === 'officer') return proposeIt(tx, app, proofing, approver);
  // What registers said a moment ago, of what is on file. Silence refuses nobody and issues nothing.
  if (!(await registersStillSay(tx, app, { ...proofing, state })))
    return askRegister(tx, app, proofing);
  return enrol(tx, app, {
    proofing,
    state,
    judged: { ...judged, document: judged.document },
    portrait,
    approver,
    reason,
    settlement,
  });
}

/** A second officer confirms for the reason that the first one gave. */
function reasonOf(approver: Approver, { proposal }: ReviewState): DecisionReason | null {
  if (approver.by === 'officer') return approver.reason;
  return approver.by === 'policy' ? null : ((proposal?.reason ?? null) as DecisionReason | null);
}

/** What only the record can tell: another account of the officer's, the first officer, a child without a guardian. */
async function otherBlockers(
  tx: Tx,
  app: App,
  given: {
    proofing: ProofingCase;
    state: ReviewState;
    judged: JudgedDocument;
    approver: Approver;
  },
): Promise<ApprovalBlocker[]> {
  const { proofing, state, judged, approver } = given;
  const blockers: ApprovalBlocker[] = [];
  if (approver.by === 'second_officer') {
    if (!state.proposal) blockers.push('nothing_to_confirm');
    else if (state.proposal.officerId === approver.officerId) blockers.push('same_officer');
  }
  if (approver.by !== 'policy' && judged.document) {
    const person = await findPersonByDocument(tx, app, judged.document);
    const { officerId } = approver;
    if (person?.accountId && (await officerHasAccount(tx, officerId, person.accountId)))
      blockers.push('own_case');
  }
  const dateOfBirth = judged.document?.dateOfBirth;
  const child = dateOfBirth
    ? await childBlocker(tx, proofing, { dateOfBirth, now: app.clock.now() })
    : null;
  return child ? [...blockers, child] : blockers;
}

async function proposeIt(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  { officerId, reason }: { officerId: OfficerId; reason: DecisionReason },
): Promise<DecideResult> {
  const now = app.clock.now();
  const proposed = propose(proofing, { proposal: { officerId, reason, at: now }, now });
  if (!proposed.ok) return blocked('not_in_review');
  await saveChange(tx, app, proofing, proposed.change);
  return { ok: true, outcome: 'proposed' };
}

async function askRegister(tx: Tx, app: App, proofing: ProofingCase): Promise<DecideResult> {
  const again = askRegisterAgain(proofing, { requestId: RowId.make(app), now: app.clock.now() });
  if (!again.ok) return blocked('not_in_review');
  await saveChange(tx, app, proofing, again.change);
  await askRegisterSoon(tx, proofing.id);
  return { ok: true, outcome: 'register_asked_again' };
}

interface Approval {
  proofing: ProofingCase;
  state: ReviewState;
  judged: JudgedDocument & { document: NonNullable<JudgedDocument['document']> };
  portrait: PortraitFacts;
  approver: Approver;
  reason: DecisionReason | null;
  settlement: Settlement;
}

async function enrol(tx: Tx, app: App, approval: Approval): Promise<DecideResult> {
  if (await findPlanted(tx, approval.proofing.id)) throw new Error('A planted case binds nothing.');
  const { proofing, state, judged, portrait, approver } = approval;
  const { document } = judged;
  const { examinationId } = state.register;
  const record = await readRegisterRecord(tx, app, { proofing, examinationId, document });
  if (!record) throw new Error('A review rests on an answer of the register that is gone.');
  const enrolment = await enrolPerson(tx, app, {
    crossReferences: registerReferences(record.word),
    ...approval.settlement,
    caseId: proofing.id,
    accountId: proofing.accountId,
    holder: document,
    document,
    findings: findingsOf({
      state,
      judged,
      portrait,
      by: approver.by === 'policy' ? 'policy' : 'officer',
      entryPhotoCompared: approval.reason === 'face_and_entry_photo_match',
      secondOfficer: approver.by === 'second_officer',
    }),
    // A face from a file carries no more (DESIGN section 3), whatever the chip says.
    leastIal: proofing.pathway === 'data_page' || portrait.capture === 'uploaded' ? 1 : 2,
    stay: record.judgement.stay,
    provisionalUntil: provisionalUntil(record.word, app.clock.now()),
    actor: approver.by === 'policy' ? SYSTEM : { kind: 'officer', id: approver.officerId },
  });
  if (!enrolment.ok) return notEnrolled(tx, app, proofing, enrolment);
  const { personId } = enrolment;
  const approved = close(proofing, { step: 'approved', personId }, app.clock.now());
  if (!approved.ok) throw new Error('A case that may be approved could not be closed.');
  await saveChange(tx, app, proofing, approved.change);
  await setChild(tx, proofing, document.dateOfBirth);
  await tellHolder(tx, app, proofing, enrolment);
  const { documentSigner: fingerprint } = judged;
  // Last, since two approvals by one new signer wait for each other here.
  if (fingerprint !== null) {
    const { examinationId: chip } = state.document;
    await keepSigner(tx, app, { proofing, examinationId: chip, fingerprint });
  }
  return { ok: true, outcome: 'approved', personId };
}

/** The holder is told of every completed proofing; who lost the record to a stronger proof, too. */
async function tellHolder(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  enrolment: Enrolment & { ok: true },
): Promise<void> {
  const params = proofing.returnTo ? { continueUrl: proofing.returnTo } : {};
  await sendNotice(tx, app, {
    accountId: proofing.openedBy ?? proofing.accountId,
    template: enrolment.number ? 'proofing_completed' : 'proofing_recorded',
    params,
  });
  if (enrolment.displaced)
    await sendNotice(tx, app, {
      accountId: enrolment.displaced,
      template: 'record_displaced',
      params: {},
    });
}

async function notEnrolled(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  enrolment: Enrolment & { ok: false },
): Promise<DecideResult> {
  if (enrolment.reason === 'assurance_too_low') return blocked('assurance_too_low');
  const held = hold(proofing, { reason: enrolment.reason, now: app.clock.now() });
  if (!held.ok) return blocked('not_in_review');
  await saveChange(tx, app, proofing, held.change);
  return { ok: true, outcome: 'held', hold: enrolment.reason };
}

function provisionalUntil(word: RegisterWord, now: Date): string {
  const visaEnds = word.kind === 'found' ? word.visa?.validUntil : undefined;
  return addDays(visaEnds ?? toPlainDate(now), PROVISIONAL_DAYS);
}

function blocked(blocker: 'not_in_review' | 'assurance_too_low'): DecideResult {
  return { ok: false, reason: 'not_decidable', blockers: [blocker] };
}
