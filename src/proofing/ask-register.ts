import { appendAudit, SYSTEM } from '../audit/append.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { CaseId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { ChipDocument } from '../documents/chip-verdict.ts';
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
import { askAll } from './registers/ask-all.ts';
import type { AllAnswers } from './registers/ask-all.ts';
import { raiseAlerts } from './registers/watch-alerts.ts';
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
 * Job `ask_register`: asks every register and list about the document of one case. Runs at least once. While there is no word the case waits and
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
  const question = {
    requestId: waiting.requestId,
    issuingState: document.issuingState,
    documentNumber: document.documentNumber,
    dateOfBirth: document.dateOfBirth,
  };
  const answers = await askAll(app, question, proofing.dataKeyId);
  const { main } = answers;
  if (answers.silence !== null || main.kind === 'unavailable' || main.kind === 'pending')
    await wait(app, id, waiting, answers.silence ?? main.kind);
  else await settle(app, id, waiting, { word: main, answers, document });
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
  reason: string,
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
      details: { attempts, reason },
    });
  });
}

async function settle(
  app: ProofingApp,
  id: CaseId,
  { requestId }: RegisterWaiting,
  said: { word: RegisterWord; answers: AllAnswers; document: ChipDocument },
): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    // The applicant may have gone back meanwhile: then this was an answer to a question nobody asks any more.
    if (!proofing || waitingOf(proofing)?.requestId !== requestId) return;
    const now = app.clock.now();
    const { others, hits } = said.answers;
    const judgement = judgeRegister(said.word, said.document, now, {
      others,
      lagSeconds: app.config.REGISTER_LAG_SECONDS,
    });
    const { finding, entryPhotoHeld } = judgement;
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'register',
      outcome: finding,
      checks: judgement.checks,
      evidence: registerEvidence(said.word, others),
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
    await raiseAlerts(tx, app, { proofing, hits, document: said.document });
    await saveChange(tx, app, proofing, answered.change);
    await appendAudit(tx, app, {
      action: 'proofing.register_answered',
      actor: SYSTEM,
      subject: { kind: 'case', id },
      details: { examinationId, finding },
    });
  });
}
