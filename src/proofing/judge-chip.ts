import type { ChipCheck, ChipCheckName, ChipVerdict } from '../documents/chip-verdict.ts';
import type { Pathway } from './case-state.ts';
import { documentKindOf } from './document-kind.ts';
import { documentRule } from './documents-accepted.ts';
import type { ChipRefusal, ExpectedFile, SubmissionAnswer } from './reader-answer.ts';

export type ChipJudgement =
  | { accepted: true; cloneCheck: 'passed' | 'unsupported' }
  | { accepted: false; refusal: ChipRefusal };

/**
 * Whether a verdict puts the document on file (DESIGN section 3, IAL2): genuine, unexpired, of a kind that
 * documents-accepted.ts takes by its chip on this pathway on that day (`YYYY-MM-DD`), and the chip proven to be the original, or without
 * any means to prove it (then an officer must compensate).
 */
export function judgeChip(
  verdict: ChipVerdict,
  { pathway, day }: { pathway: Pathway; day: string },
): ChipJudgement {
  const refuse = (refusal: ChipRefusal): ChipJudgement => ({ accepted: false, refusal });
  const { document, cloneCheck } = verdict;
  const failed = (name: ChipCheckName) => outcomeOf(verdict.checks, name) === 'failed';
  if (cloneCheck === 'failed') return refuse('clone_check_failed');
  if (failed('revocation')) return refuse('signer_revoked');
  if (verdict.outcome === 'rejected')
    return refuse(
      failed('signer_chain') && isIntact(verdict.checks) ? 'issuer_unknown' : 'chip_altered',
    );
  if (outcomeOf(verdict.checks, 'signer_chain') === 'unknown') return refuse('issuer_unknown');
  if (verdict.outcome !== 'genuine' || !document || !verdict.portrait)
    return refuse('chip_unverifiable');
  if (document.expired) return refuse('document_expired');
  const kind = documentKindOf(document, { hasChip: true });
  const rule = kind && documentRule(kind, document.issuingState, day);
  if (!rule?.routes.includes(pathway) || rule.highestIal < 2) return refuse('not_a_passport');
  if (cloneCheck === 'not_attempted') return refuse('clone_check_missing');
  return { accepted: true, cloneCheck };
}

/** Whether reading the same chip once more, held still, may end otherwise. */
const WORTH_ANOTHER_TRY: readonly ChipRefusal[] = [
  'chip_altered',
  'clone_check_failed',
  'clone_check_missing',
];

/** What the phone is told. */
export function answerPhone(input: {
  verdict: ChipVerdict;
  judgement: ChipJudgement;
  files: readonly ExpectedFile[];
  attemptsLeft: number;
}): SubmissionAnswer {
  const { verdict, judgement, attemptsLeft } = input;
  const refusal = judgement.accepted ? null : judgement.refusal;
  const again = refusal !== null && WORTH_ANOTHER_TRY.includes(refusal) && attemptsLeft > 0;
  return {
    outcome: judgement.accepted ? 'accepted' : 'refused',
    refusal,
    verdict: verdict.outcome,
    cloneCheck: verdict.cloneCheck,
    checks: verdict.checks.map(({ name, outcome, reason }) => ({
      name,
      outcome,
      reason: reason ?? null,
    })),
    files: input.files.map((name) => ({ name, verdict: fileVerdict(verdict.checks, name) })),
    attemptsLeft,
    next: refusal === null ? 'look_at_computer' : again ? 'read_again' : 'other_way',
  };
}

/** What is known of one file: the signed hashes cover the data groups; the SOD stands by its own signature. */
function fileVerdict(
  checks: readonly ChipCheck[],
  name: ExpectedFile,
): SubmissionAnswer['files'][number]['verdict'] {
  if (name === 'EF_COM') return 'unjudged';
  const proof = checks.find(
    (check) => check.name === (name === 'EF_SOD' ? 'sod_signature' : 'data_group_hashes'),
  );
  if (proof?.outcome === 'passed') return 'unchanged';
  if (proof?.outcome !== 'failed') return 'unjudged';
  const named: readonly string[] = proof.dataGroups ?? [];
  return named.length === 0 || named.includes(name) ? 'altered' : 'unchanged';
}

function isIntact(checks: readonly ChipCheck[]): boolean {
  const integrity: readonly ChipCheckName[] = ['sod_signature', 'data_group_hashes'];
  return integrity.every((name) => outcomeOf(checks, name) === 'passed');
}

function outcomeOf(checks: readonly ChipCheck[], name: ChipCheckName): ChipCheck['outcome'] | null {
  return checks.find((check) => check.name === name)?.outcome ?? null;
}
