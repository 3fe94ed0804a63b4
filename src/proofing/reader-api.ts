import { z } from 'zod';
import type { FaultCode } from '../lib/fault.ts';
import type { ApiOperation } from '../web/describe-api.ts';
import {
  EXPECTED_FILES,
  chipRunAnswer,
  chipRunStep,
  chipSubmission,
  fileList,
  fileReceipt,
  readerSession,
  submissionAnswer,
} from './reader-answer.ts';
import { READER_PROBLEMS } from './reader-problem.ts';
import type { ReaderProblem } from './reader-problem.ts';

const statuses = (...codes: ReaderProblem[]) =>
  Object.fromEntries(codes.map((code) => [code, READER_PROBLEMS[code][0]]));
const SESSION = ['session_unknown', 'session_expired'] as const;
const BODY: readonly FaultCode[] = [
  'bad_request',
  'too_large',
  'unsupported_type',
  'invalid_input',
];
const LIVE = ['hand_off_replaced', 'already_submitted', 'wrong_step', 'chip_run_expired'] as const;
const tag = 'reader';

/** The reader protocol: docs/reader-protocol.md. */
export const READER_API: readonly ApiOperation[] = [
  {
    method: 'POST',
    path: '/api/reader/sessions',
    id: 'openReaderSession',
    tag,
    summary: 'Opens the hand-off of a link, once.',
    security: 'none',
    body: { type: 'application/json', schema: z.object({ token: z.string().max(200) }) },
    answers: { 201: { says: 'What the phone works with.', schema: readerSession } },
    problems: statuses(
      'hand_off_unknown',
      'hand_off_used',
      'hand_off_replaced',
      'hand_off_expired',
      'wrong_step',
      'too_many_attempts',
    ),
    faults: BODY,
  },
  {
    method: 'GET',
    path: '/api/reader/files',
    id: 'listReaderFiles',
    tag,
    summary: 'What has arrived: a phone that lost its connection sends only the rest.',
    security: 'reader',
    answers: { 200: { says: 'The files, in no order.', schema: fileList } },
    problems: statuses(...SESSION),
  },
  {
    method: 'PUT',
    path: '/api/reader/files/:name',
    id: 'putReaderFile',
    tag,
    summary:
      'One file of the chip, its bytes as read; in any order, and again until they are submitted.',
    security: 'reader',
    parameters: {
      name: { in: 'path', schema: z.enum(EXPECTED_FILES), says: 'Which file.' },
      'Content-Digest': {
        in: 'header',
        schema: z.string(),
        says: 'sha-256 of the bytes (RFC 9530): others are refused.',
      },
    },
    body: { type: 'application/octet-stream', schema: 'bytes' },
    answers: { 200: { says: 'It is here.', schema: fileReceipt } },
    problems: statuses(
      ...SESSION,
      'file_unknown',
      'file_empty',
      'upload_truncated',
      'digest_malformed',
      'digest_mismatch',
      'files_too_large',
      'hand_off_replaced',
      'already_submitted',
    ),
    faults: ['too_large'],
  },
  {
    method: 'POST',
    path: '/api/reader/chip-authentication',
    id: 'startChipAuthentication',
    tag,
    summary: 'Our server starts chip authentication: the first command for the chip.',
    security: 'reader',
    answers: { 201: { says: 'Send it to the chip.', schema: chipRunAnswer } },
    problems: statuses(
      ...SESSION,
      ...LIVE,
      'files_missing',
      'no_chip_key',
      'chip_key_unusable',
      'chip_run_ended',
      'too_many_chip_runs',
    ),
  },
  {
    method: 'POST',
    path: '/api/reader/chip-authentication/answers',
    id: 'answerChipAuthentication',
    tag,
    summary: 'What the chip said to a command: the next one, or how the run ended.',
    security: 'reader',
    body: { type: 'application/json', schema: chipRunStep },
    answers: { 200: { says: 'The next command, or the end.', schema: chipRunAnswer } },
    problems: statuses(
      ...SESSION,
      ...LIVE,
      'chip_run_unknown',
      'chip_run_ended',
      'chip_run_stale',
      'chip_step_not_asked',
    ),
    faults: BODY,
  },
  {
    method: 'POST',
    path: '/api/reader/submission',
    id: 'submitReading',
    tag,
    summary: 'The files are complete: judge them. The same idempotency key gets the same answer.',
    security: 'reader',
    body: { type: 'application/json', schema: chipSubmission },
    answers: { 200: { says: 'The verdict, per check and per file.', schema: submissionAnswer } },
    problems: statuses(
      ...SESSION,
      ...LIVE,
      'files_missing',
      'challenge_expired',
      'challenge_replayed',
      'challenge_foreign',
      'chip_run_moved',
      'too_many_attempts',
    ),
    faults: BODY,
  },
];

const idInPath = { id: { in: 'path', schema: z.uuid(), says: 'The case.' } } as const;

/** What the applicant's own page asks. */
export const CASE_API: readonly ApiOperation[] = [
  {
    method: 'GET',
    path: '/cases/:id/status',
    id: 'showCaseStatus',
    tag: 'pages',
    summary: 'One word for what the page of a case shows: it loads again when that changes.',
    security: 'browser',
    parameters: idInPath,
    answers: {
      200: {
        says: 'No more than the page itself tells.',
        schema: z.object({
          state: z.string(),
          location: z
            .string()
            .optional()
            .meta({ description: 'A path of ours to go on to, once approved.' }),
        }),
      },
    },
    faults: ['not_signed_in', 'not_found'],
  },
];
