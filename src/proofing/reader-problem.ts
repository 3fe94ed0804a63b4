import type { App } from '../lib/app.ts';
import type { Context } from '../web/context.ts';

/**
 * Every refusal of the reader protocol: stable code → HTTP status and what the phone should do about it
 * (docs/reader-protocol.md). Faults that any endpoint has (`too_large`, `too_many_requests` …) come from web/faults.ts.
 */
export const READER_PROBLEMS = {
  hand_off_unknown: [404, 'No hand-off has this token. Scan the code again.'],
  hand_off_used: [409, 'A phone has opened this hand-off already. Ask for a new code.'],
  hand_off_replaced: [410, 'A newer code took the place of this one, or its case has moved on.'],
  hand_off_expired: [410, 'This hand-off was not opened in time. Ask for a new code.'],
  session_unknown: [401, 'Send the session of this hand-off as a bearer token.'],
  session_expired: [401, 'The session has ended. Ask for a new code.'],
  file_unknown: [404, 'This is not a file that we read. The session lists those that are.'],
  file_empty: [422, 'The file has no bytes.'],
  upload_truncated: [400, 'The upload ended before its Content-Length. Send the file again.'],
  digest_malformed: [400, 'Content-Digest or Digest is not well-formed (RFC 9530, RFC 3230).'],
  digest_mismatch: [422, 'The bytes are not those of the digest. Send the file again.'],
  files_too_large: [413, 'All files together exceed the limit. What was sent before is kept.'],
  files_missing: [409, 'Files that every chip holds were not sent. The detail names them.'],
  challenge_expired: [409, 'The challenge of this session is too old. Ask for a new code.'],
  challenge_replayed: [409, 'This challenge was used before. Ask for a new code.'],
  challenge_foreign: [409, 'This challenge was not issued to this session.'],
  already_submitted: [409, 'The files were submitted already, under another idempotency key.'],
  no_chip_key: [409, 'DG14 names no key of chip authentication: there is nothing to run.'],
  chip_key_unusable: [409, 'The key of DG14 can not be used. The detail says why.'],
  chip_run_unknown: [404, 'This is not the run that was started last.'],
  chip_run_ended: [409, 'The run has ended. Submit the files.'],
  chip_run_expired: [409, 'The time of this hand-off is over. Ask for a new code.'],
  chip_run_stale: [409, 'EF_SOD or DG14 was sent again since. Start the run anew.'],
  chip_run_moved: [409, 'The chip answered while the files were judged. Submit again.'],
  chip_step_not_asked: [409, 'No answer to this step is waited for. Start the run anew.'],
  too_many_chip_runs: [409, 'The run was started too often. Ask for a new code.'],
  wrong_step: [409, 'The case does not wait for a chip any more.'],
  too_many_attempts: [429, 'The chip was read too often. Retry-After says when it may be again.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ReaderProblem = keyof typeof READER_PROBLEMS;

/** Answers with an RFC 9457 problem of the reader protocol. */
export function answerProblem(
  ctx: Context,
  app: Pick<App, 'config'>,
  problem: { code: ReaderProblem; detail?: string; retryAfterSeconds?: number },
): void {
  const { code } = problem;
  const [status, detail] = READER_PROBLEMS[code];
  ctx.status = status;
  ctx.set('cache-control', 'no-store');
  if (problem.retryAfterSeconds) ctx.set('retry-after', String(problem.retryAfterSeconds));
  if (status === 401) ctx.set('www-authenticate', 'Bearer realm="reader"');
  ctx.body = JSON.stringify({
    type: `${app.config.ISSUER}/problems/${code}`,
    title: code.replaceAll('_', ' '),
    status,
    code,
    detail: problem.detail ?? detail,
    instance: `urn:tangchat:request:${ctx.state.requestId}`,
  });
  ctx.type = 'application/problem+json';
}
