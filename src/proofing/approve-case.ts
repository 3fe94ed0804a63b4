import { sendNotice } from '../accounts/send-notice.ts';
import type { ChipVerdict } from '../documents/chip-verdict.ts';
import type { App } from '../lib/app.ts';
import { addDays, toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { askRegisterSoon } from './ask-register.ts';
import { enrolPerson } from '../registry/enrol-person.ts';
import type { Enrolment } from '../registry/enrol-person.ts';
import { askRegisterAgain, close, hold } from './case.ts';
import type { ProofingCase, RegisterFinding, ReviewState } from './case-state.ts';
import { approvalBlockers } from './decision.ts';
import type { ApprovalBlocker } from './decision.ts';
import type { DecideResult, DecisionInput } from './decide-case.ts';
import { judgeAgain } from './document-record.ts';
import type { RegisterWord } from './judge-register.ts';
import { readRegisterRecord } from './register-record.ts';
import { registerBlockers } from './registers/register-blockers.ts';
import { saveChange } from './save-case.ts';

/** A provisional ID lives this long past the visa or, without one, the decision (DESIGN section 4). */
const PROVISIONAL_DAYS = 90;

/**
 * Approves within the caller's transaction over the locked case: the stored chip is judged anew with today's anchors and
 * revocation lists, and only if nothing stands against it is the person enrolled, the ID bound and the holder told.
 */
export async function approveCase(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  input: Pick<DecisionInput, 'officerId' | 'reasonCode'>,
): Promise<DecideResult> {
  const { state } = proofing;
  if (state.step !== 'review') return blocked('not_in_review');
  const { examinationId } = state.document;
  const verdict = await judgeAgain(tx, app, { proofing, examinationId });
  const standing = approvalBlockers({
    proofing,
    officerId: input.officerId,
    reason: input.reasonCode,
    document: {
      outcome: verdict?.document ? verdict.outcome : 'unverifiable',
      cloneCheck: verdict?.cloneCheck ?? 'not_attempted',
      expired: verdict?.document?.expired ?? false,
    },
    now: app.clock.now(),
  });
  const besides = await registerBlockers(tx, proofing);
  const blockers = [...new Set<ApprovalBlocker>([...standing, ...besides])];
  if (blockers.length === 1 && blockers[0] === 'register_stale')
    return askRegister(tx, app, proofing);
  if (blockers.length > 0 || !verdict?.document)
    return { ok: false, reason: 'not_decidable', blockers };
  return enrol(tx, app, {
    proofing,
    state,
    verdict: { ...verdict, document: verdict.document },
    input,
  });
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
  verdict: ChipVerdict & { document: NonNullable<ChipVerdict['document']> };
  input: Pick<DecisionInput, 'officerId' | 'reasonCode'>;
}

async function enrol(tx: Tx, app: App, approval: Approval): Promise<DecideResult> {
  const { proofing, state, verdict, input } = approval;
  const { document } = verdict;
  const { examinationId } = state.register;
  const record = await readRegisterRecord(tx, app, { proofing, examinationId, document });
  if (!record) throw new Error('A review rests on an answer of the register that is gone.');
  const enrolment = await enrolPerson(tx, app, {
    caseId: proofing.id,
    accountId: proofing.accountId,
    holder: document,
    document,
    findings: findingsOf(approval),
    stay: record.judgement.stay,
    provisionalUntil: provisionalUntil(record.word, app.clock.now()),
    actor: { kind: 'officer', id: input.officerId },
  });
  if (!enrolment.ok) return notEnrolled(tx, app, proofing, enrolment);
  const { personId } = enrolment;
  const approved = close(proofing, { step: 'approved', personId }, app.clock.now());
  if (!approved.ok) throw new Error('A case that may be approved could not be closed.');
  await saveChange(tx, app, proofing, approved.change);
  await sendNotice(tx, app, {
    accountId: proofing.accountId,
    template: 'proofing_completed',
    params: proofing.returnTo ? { continueUrl: proofing.returnTo } : {},
  });
  return { ok: true, outcome: 'approved', personId };
}

/** The record of this proof (DESIGN section 3): an officer compared, remotely, a live capture of our own page. */
function findingsOf({
  state,
  verdict,
  input,
}: Approval): Parameters<typeof enrolPerson>[2]['findings'] {
  return {
    pathway: 'remote_officer',
    documentCheck: 'chip',
    chipVerdict: verdict.outcome,
    cloneCheck: verdict.cloneCheck,
    cloneCompensated:
      verdict.cloneCheck === 'unsupported' && input.reasonCode === 'face_and_entry_photo_match',
    registers: REGISTERS[state.register.finding],
    capture: 'capture_page',
    attackDetection: 'judged_by_officer',
    matcher: 'not_run',
    officer: 'match',
    registerCodeConfirmed: false,
    biometricSample: 'not_kept',
    secondOfficer: false,
    documentSigner: verdict.fingerprints.documentSigner ?? null,
    trustAnchor: verdict.fingerprints.chain?.at(-1) ?? null,
  };
}

const REGISTERS = {
  agrees: 'agree',
  contradicts: 'contradict',
  no_record: 'no_record',
} as const satisfies Record<RegisterFinding, string>;

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
