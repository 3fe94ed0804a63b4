import { appendAudit, SYSTEM } from '../audit/append.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { CaseId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { ChipDocument } from '../documents/chip-verdict.ts';
import type { RegisterAnswer } from '../visas/register-port.ts';
import { answerRegister, keepWaiting, onFile } from './case.ts';
import { isOpen } from './case-state.ts';
import type { ProofingCase, RegisterWaiting } from './case-state.ts';
import { findCase, lockCase } from './case-store.ts';
import { readDocumentFacts } from './document-record.ts';
import { recordExamination } from './evidence.ts';
import { judgeRegister } from './judge-register.ts';
import type { RegisterWord } from './judge-register.ts';
import type { ProofingApp } from './proofing-app.ts';
import { registerEvidence } from './register-record.ts';
import { saveChange } from './save-case.ts';

const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 600;

/** Asks the register about a case in the transaction that made it wait. One question a case is under way at a time. */
export async function askRegisterSoon(tx: Tx, caseId: CaseId, runAt?: Date): Promise<void> {
  await enqueue(
    tx,
    'ask_register',
    { caseId },
    { key: `ask_register:${caseId}`, ...(runAt ? { runAt } : {}) },
  );
}

/**
 * Job `ask_register`: asks about the document of one case. Runs at least once. While there is no word the case waits and
 * the question is asked again, with growing pauses, for as long as the case lives: never approved, never lost (DESIGN
 * section 9). A case that waits no longer, or for another question, is left alone.
 */
export async function askRegister(
  payload: Record<string, unknown>,
  app: ProofingApp,
): Promise<void> {
  const id = CaseId.parse(payload.caseId);
  if (!id) throw new Error('The job names no case.');
  const proofing = await findCase(app.db, id);
  const waiting = proofing ? waitingOf(proofing) : null;
  if (!proofing || !waiting) return;
  const document = await documentOf(app, proofing);
  if (!document) return;
  const answer = await app.register.ask({
    requestId: waiting.requestId,
    issuingState: document.issuingState,
    documentNumber: document.documentNumber,
    dateOfBirth: document.dateOfBirth,
  });
  if (answer.kind === 'unavailable' || answer.kind === 'pending')
    await wait(app, id, waiting, answer);
  else await settle(app, id, waiting, { word: answer, document });
}

/** How long until the next try: doubling from 2 s, at most 10 min; up to a quarter less, so that many cases spread. */
export function pauseSeconds(attempts: number, random: { integer(max: number): number }): number {
  const full = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** Math.min(attempts, 20));
  return full * (1 - random.integer(250) / 1000);
}

function waitingOf({ state }: ProofingCase): RegisterWaiting | null {
  const { register } = onFile(state);
  return isOpen(state) && register?.status === 'waiting' ? register : null;
}

async function documentOf(app: ProofingApp, proofing: ProofingCase): Promise<ChipDocument | null> {
  const { document } = onFile(proofing.state);
  if (!document) return null;
  return readDocumentFacts(app.db, app, { proofing, examinationId: document.examinationId });
}

async function wait(
  app: ProofingApp,
  id: CaseId,
  { requestId }: RegisterWaiting,
  answer: RegisterAnswer & { kind: 'unavailable' | 'pending' },
): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing) return;
    const now = app.clock.now();
    const kept = keepWaiting(proofing, { requestId, now });
    if (!kept.ok) return;
    const saved = await saveChange(tx, app, proofing, kept.change);
    const attempts = waitingOf(saved)?.attempts ?? 1;
    const pause = pauseSeconds(attempts - 1, app.random);
    await askRegisterSoon(tx, id, addSeconds(now, pause));
    await appendAudit(tx, app, {
      action: 'proofing.register_waiting',
      actor: SYSTEM,
      subject: { kind: 'case', id },
      details: { attempts, reason: answer.kind === 'pending' ? 'pending' : answer.reason },
    });
  });
}

async function settle(
  app: ProofingApp,
  id: CaseId,
  { requestId }: RegisterWaiting,
  said: { word: RegisterWord; document: ChipDocument },
): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    // The applicant may have gone back meanwhile: then this was an answer to a question nobody asks any more.
    if (!proofing || waitingOf(proofing)?.requestId !== requestId) return;
    const now = app.clock.now();
    const judgement = judgeRegister(said.word, said.document, now);
    const { finding, entryPhotoHeld } = judgement;
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'register',
      outcome: finding,
      checks: judgement.checks,
      evidence: registerEvidence(said.word),
    });
    const answered = answerRegister(proofing, {
      answer: {
        status: 'answered',
        requestId,
        examinationId,
        finding,
        entryPhotoHeld,
        answeredAt: now,
      },
      now,
    });
    // Past its last day: the job that ends it is on its way, and the answer stays on record.
    if (!answered.ok) return;
    await saveChange(tx, app, proofing, answered.change);
    await appendAudit(tx, app, {
      action: 'proofing.register_answered',
      actor: SYSTEM,
      subject: { kind: 'case', id },
      details: { examinationId, finding },
    });
  });
}
