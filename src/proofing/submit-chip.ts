import { appendAudit } from '../audit/append.ts';
import type { ActiveAuthentication, ChipFileName, ChipVerdict } from '../documents/chip-verdict.ts';
import { verifyChip } from '../documents/verify-chip.ts';
import { addSeconds, toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { chipTrust } from '../trust/chip-trust.ts';
import { parseBody, readJson } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { countCall } from '../web/rate-limit.ts';
import { askRegisterSoon } from './ask-register.ts';
import { acceptDocument } from './case.ts';
import { findCase, lockCase } from './case-store.ts';
import { runEvidence } from './chip-run.ts';
import type { RunEvidence } from './chip-run.ts';
import { findLatestRun } from './chip-run-store.ts';
import { documentEvidence } from './document-record.ts';
import { recordExamination } from './evidence.ts';
import { findHandOffByChallenge, lockHandOff, settleHandOff } from './hand-off-store.ts';
import type { HandOff } from './hand-off-store.ts';
import { answerPhone, judgeChip } from './judge-chip.ts';
import { CHIP_DOCUMENT_LIMIT, READER_FILE_LIMIT, chipAttempts, mayUseChipOf } from './limits.ts';
import type { ProofingApp } from './proofing-app.ts';
import { EXPECTED_FILES, REQUIRED_FILES, chipSubmission } from './reader-answer.ts';
import type { ChipSubmission, SubmissionAnswer } from './reader-answer.ts';
import { answerProblem } from './reader-problem.ts';
import type { ReaderProblem } from './reader-problem.ts';
import { handOffOf, tooMany } from './reader-session.ts';
import { saveChange } from './save-case.ts';
import { readStaged } from './staged-files.ts';

export type SubmissionResult =
  | { ok: true; answer: SubmissionAnswer }
  | { ok: false; code: ReaderProblem; detail?: string; retryAfterSeconds?: number };

/** POST /api/reader/submission: the files are complete; judge them. The same idempotency key gets the same answer. */
export async function submitReaderSubmission(ctx: Context, app: ProofingApp): Promise<void> {
  const handOff = handOffOf(ctx);
  await countCall(app, READER_FILE_LIMIT, handOff.id);
  ctx.state.body = await parseBody(ctx);
  const result = await submitChip(app, handOff, readJson(ctx, chipSubmission));
  if (!result.ok) return answerProblem(ctx, app, result);
  ctx.set('cache-control', 'no-store');
  ctx.body = result.answer;
}

/**
 * Judges what a phone sent: verdict and judgement are pure and made before any lock; then one transaction locks the case,
 * spends the challenge, keeps the evidence, moves the case on if the chip is good, and asks the register. A refused
 * chip leaves the case at its step with findings, its evidence kept for officers.
 */
export async function submitChip(
  app: ProofingApp,
  handOff: HandOff,
  sent: ChipSubmission,
): Promise<SubmissionResult> {
  const submissionKey = app.blindIndex.of('reader-submission', handOff.id, sent.idempotencyKey);
  if (handOff.submittedAt) return repeated(handOff, submissionKey);
  const proofing = await findCase(app.db, handOff.caseId);
  if (handOff.endedAt || proofing?.state.step !== 'document')
    return { ok: false, code: handOff.endedAt ? 'hand_off_replaced' : 'wrong_step' };
  const challenge = await checkChallenge(app, handOff, sent);
  if (!challenge.ok) return challenge;
  const given = { proofing, handOffId: handOff.id };
  const files = await readStaged(app.db, app, given);
  const missing = REQUIRED_FILES.filter((name) => !files.has(name));
  if (missing.length > 0)
    return { ok: false, code: 'files_missing', detail: `Missing: ${missing.join(', ')}.` };
  const now = app.clock.now();
  const { exchange } = challenge;
  const run = await runEvidence(app.db, app, given);
  if (run && now >= run.expiresAt) return { ok: false, code: 'chip_run_expired' };
  const verdict = verifyChip({
    files,
    now,
    ...(exchange ? { activeAuthentication: exchange } : {}),
    ...(run ? { chipAuthentication: { source: 'our_server', session: run.session } } : {}),
    ...(await chipTrust(app.db, app, files)),
  });
  // What somebody forged must not use up the limit of whom they name.
  const { document } = verdict;
  const isCounted = proofing.pathway === 'chip' && verdict.outcome === 'genuine' && document;
  if (isCounted && !(await mayUseChipOf(app, document)))
    return tooMany(addSeconds(now, CHIP_DOCUMENT_LIMIT.windowSeconds), now);
  return transact(app.db, (tx) =>
    settle(tx, app, handOff, { submissionKey, files, exchange, run, verdict }),
  );
}

function repeated(handOff: HandOff, submissionKey: Buffer): SubmissionResult {
  return handOff.answer && handOff.submissionKey?.equals(submissionKey)
    ? { ok: true, answer: handOff.answer }
    : { ok: false, code: 'already_submitted' };
}

type ChallengeCheck =
  | { ok: true; exchange: ActiveAuthentication | null }
  | (SubmissionResult & { ok: false });

/** The challenge must be the one of this very session: fresh, unspent, and nobody else's. The phone's word decides nothing. */
async function checkChallenge(
  app: ProofingApp,
  handOff: HandOff,
  sent: ChipSubmission,
): Promise<ChallengeCheck> {
  if (!sent.activeAuthentication) return { ok: true, exchange: null };
  const challenge = Buffer.from(sent.activeAuthentication.challenge, 'base64url');
  if (!handOff.challenge?.equals(challenge)) {
    const other = challenge.length === 8 ? await findHandOffByChallenge(app.db, challenge) : null;
    const replayed = other?.caseId === handOff.caseId;
    return { ok: false, code: replayed ? 'challenge_replayed' : 'challenge_foreign' };
  }
  if (!handOff.challengeExpiresAt || app.clock.now() >= handOff.challengeExpiresAt)
    return { ok: false, code: 'challenge_expired' };
  const response = Buffer.from(sent.activeAuthentication.response, 'base64url');
  return { ok: true, exchange: { challenge, response } };
}

interface Judged {
  submissionKey: Buffer;
  files: Map<ChipFileName, Buffer>;
  exchange: ActiveAuthentication | null;
  run: RunEvidence | null;
  verdict: ChipVerdict;
}

async function settle(
  tx: Tx,
  app: ProofingApp,
  { id, caseId }: Pick<HandOff, 'id' | 'caseId'>,
  judged: Judged,
): Promise<SubmissionResult> {
  // The case first, as everybody who changes one does.
  const proofing = await lockCase(tx, caseId);
  const handOff = await lockHandOff(tx, id);
  if (!handOff) return { ok: false, code: 'session_unknown' };
  if (handOff.submittedAt) return repeated(handOff, judged.submissionKey);
  if (handOff.endedAt) return { ok: false, code: 'hand_off_replaced' };
  if (await hasMoved(tx, handOff, judged.run)) return { ok: false, code: 'chip_run_moved' };
  const now = app.clock.now();
  if (proofing?.state.step !== 'document' || now >= proofing.expiresAt)
    return { ok: false, code: 'wrong_step' };
  const attempts = await chipAttempts(tx, proofing.accountId, now);
  if (attempts.nextAt && attempts.nextAt > now) return tooMany(attempts.nextAt, now);
  const { verdict, files } = judged;
  const judgement = judgeChip(verdict, { pathway: proofing.pathway, day: toPlainDate(now) });
  const examinationId = await recordExamination(tx, app, {
    proofing,
    kind: 'document',
    outcome: judgement.accepted ? 'accepted' : judgement.refusal,
    checks: verdict.checks.map(({ name, outcome, reason, clause }) => ({
      name,
      outcome,
      reason: reason ?? null,
      clause,
    })),
    evidence: documentEvidence(judged),
  });
  const answer = answerPhone({
    verdict,
    judgement,
    files: EXPECTED_FILES.filter((name) => files.has(name)),
    attemptsLeft: attempts.left - 1,
  });
  await settleHandOff(tx, handOff.id, { at: now, submissionKey: judged.submissionKey, answer });
  if (judgement.accepted) {
    const { cloneCheck } = judgement;
    const document = { examinationId, check: 'chip', cloneCheck, examinedAt: now } as const;
    const requestId = RowId.make(app);
    const accepted = acceptDocument(proofing, { document, requestId, now });
    if (!accepted.ok) throw new Error('A chip was accepted for a case that does not wait for one.');
    await saveChange(tx, app, proofing, accepted.change);
    await askRegisterSoon(tx, proofing.id);
  }
  await appendAudit(tx, app, {
    action: 'proofing.chip_submitted',
    actor: { kind: 'reader', id: handOff.id },
    subject: { kind: 'case', id: proofing.id },
    details: {
      examinationId,
      outcome: judgement.accepted ? 'accepted' : judgement.refusal,
      verdict: verdict.outcome,
    },
  });
  return { ok: true, answer };
}

/** The chip went on answering while we judged what it had said so far. */
async function hasMoved(tx: Tx, { id }: HandOff, judged: RunEvidence | null): Promise<boolean> {
  const run = await findLatestRun(tx, id);
  if (!run || !judged) return run !== null;
  return run.id !== judged.id || run.step !== judged.step || run.outcome !== judged.outcome;
}
