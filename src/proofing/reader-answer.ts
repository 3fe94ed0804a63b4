import { z } from 'zod';
import type { ChipFileName } from '../documents/chip-verdict.ts';

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

/** Why a chip does not go on file. Told to its holder: all of it is about the bytes they sent. */
export const CHIP_REFUSALS = [
  'chip_altered',
  'clone_check_failed',
  'clone_check_missing',
  'signer_revoked',
  'issuer_unknown',
  'chip_unverifiable',
  'document_expired',
  'not_a_passport',
] as const;
export type ChipRefusal = (typeof CHIP_REFUSALS)[number];

const at = z.iso.datetime();
const token = z.string().regex(/^[\w-]{43}$/);

/** What a phone that opened a hand-off works with. */
export const readerSession = z.object({
  session: token.meta({ description: 'Bearer token of the next calls.' }),
  sessionExpiresAt: at,
  caseRef: z
    .string()
    .regex(/^[0-9A-F]{4}-[0-9A-F]{4}$/)
    .meta({ description: 'Short name of the case, to read to a help desk.' }),
  matchNumber: z
    .int()
    .min(10)
    .max(99)
    .meta({ description: 'The other screen shows the same: a forwarded link is noticed.' }),
  accountHint: z.string().nullable().meta({
    description: 'Whose account it is, masked: its holder recognises it and nobody else.',
  }),
  reader: z.enum(['phone', 'counter']).meta({
    description: "Whether an officer's counter reader is asked, or the applicant's phone.",
  }),
  challenge: z
    .string()
    .regex(/^[\w-]{11}$/)
    .meta({ description: '8 bytes, base64url: RND.IFD of Doc 9303-11 §6.1.' }),
  challengeExpiresAt: at.meta({ description: 'All must be submitted by then.' }),
  files: z.object({
    required: z.array(z.enum(REQUIRED_FILES)),
    optional: z.array(z.enum(OPTIONAL_FILES)),
  }),
  limits: z.object({ fileBytes: z.int(), totalBytes: z.int() }),
});
export type ReaderSession = z.output<typeof readerSession>;

export const fileReceipt = z.object({
  name: z.enum(EXPECTED_FILES),
  sizeBytes: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const fileList = z.object({
  files: z.array(z.object({ name: z.enum(EXPECTED_FILES), sizeBytes: z.int() })),
});

const run = z.uuid();

/** Where chip authentication stands: send this command to the chip next, or how it ended. */
export const chipRunAnswer = z.union([
  z.object({
    run,
    state: z.literal('asking'),
    step: z.int().min(1),
    command: z.base64url().meta({ description: 'A command APDU, to be sent unchanged.' }),
    through: z.enum(['reader_session', 'as_is']).meta({
      description:
        'reader_session: protect it with the keys of BAC or PACE, like every other command. as_is: it carries our own secure messaging.',
    }),
    expiresAt: at,
  }),
  z.object({ run, state: z.literal('passed'), reason: z.null() }),
  z.object({
    run,
    state: z.enum(['failed', 'refused']).meta({
      description: 'failed: not the chip with the key. refused: the chip would not begin.',
    }),
    reason: z.string(),
  }),
]);
export type ChipRunAnswer = z.output<typeof chipRunAnswer>;

const OUTCOMES = ['passed', 'failed', 'unknown', 'warned', 'skipped'] as const;

/** What the phone is told of its reading: findings about the files alone, never what a register said. */
export const submissionAnswer = z.object({
  outcome: z.enum(['accepted', 'refused']),
  refusal: z.enum(CHIP_REFUSALS).nullable(),
  verdict: z.enum(['genuine', 'unverifiable', 'rejected']),
  cloneCheck: z.enum(['passed', 'failed', 'unsupported', 'not_attempted']),
  checks: z.array(
    z.object({ name: z.string(), outcome: z.enum(OUTCOMES), reason: z.string().nullable() }),
  ),
  files: z.array(
    z.object({
      name: z.enum(EXPECTED_FILES),
      verdict: z.enum(['unchanged', 'altered', 'unjudged']),
    }),
  ),
  attemptsLeft: z
    .int()
    .min(0)
    .max(5)
    .meta({ description: 'How often the chip may still be read before a pause.' }),
  next: z.enum(['look_at_computer', 'read_again', 'other_way']),
});
export type SubmissionAnswer = z.output<typeof submissionAnswer>;

/** What a phone sends to have its files judged. */
export const chipSubmission = z.object({
  activeAuthentication: z
    .object({ challenge: z.base64url().max(64), response: z.base64url().min(1).max(2048) })
    .nullish(),
  idempotencyKey: z.string().min(16).max(128),
});
export type ChipSubmission = z.output<typeof chipSubmission>;

/** What a phone sends after the chip answered one command. */
export const chipRunStep = z.object({
  run,
  step: z.int().min(1).max(16),
  answer: z
    .base64url()
    .min(2)
    .max(1024)
    .meta({ description: 'What the chip answered, status word included.' }),
});
