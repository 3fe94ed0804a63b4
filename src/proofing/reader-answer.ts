import type { ChipCheckName, ChipFileName, CheckOutcome } from '../documents/chip-verdict.ts';
import type { ChipRefusal } from './judge-chip.ts';

/** What a phone may send, by need. EF_CardAccess and the rest of the chip tell us nothing we use. */
export const REQUIRED_FILES = ['EF_SOD', 'DG1', 'DG2'] as const satisfies readonly ChipFileName[];
export const OPTIONAL_FILES = [
  'EF_COM',
  'DG11',
  'DG14',
  'DG15',
] as const satisfies readonly ChipFileName[];
export const EXPECTED_FILES = [...REQUIRED_FILES, ...OPTIONAL_FILES] as const;
export type ExpectedFile = (typeof EXPECTED_FILES)[number];

export function parseFileName(text: unknown): ExpectedFile | null {
  return EXPECTED_FILES.find((name) => name === text) ?? null;
}

/** What the phone is told of its reading: findings about the files alone, never what a register said. */
export interface SubmissionAnswer {
  outcome: 'accepted' | 'refused';
  /** Null where it was accepted. */
  refusal: ChipRefusal | null;
  verdict: 'genuine' | 'unverifiable' | 'rejected';
  cloneCheck: 'passed' | 'failed' | 'unsupported' | 'not_attempted';
  checks: { name: ChipCheckName; outcome: CheckOutcome; reason: string | null }[];
  files: { name: ChipFileName; verdict: 'unchanged' | 'altered' | 'unjudged' }[];
  /** How often the chip may still be read before a pause. */
  attemptsLeft: number;
  /** What the person does now: the computer's screen goes on by itself. */
  next: 'look_at_computer' | 'read_again' | 'other_way';
}
