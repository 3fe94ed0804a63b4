import { appendAudit } from '../audit/append.ts';
import {
  chipAuthenticationState,
  startChipAuthentication,
  withChipAnswer,
} from '../documents/chip-authentication.ts';
import type {
  ChipAuthenticationSession,
  ChipAuthenticationState,
} from '../documents/chip-authentication.ts';
import type { ChipFiles } from '../documents/chip-verdict.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { findCase } from './case-store.ts';
import type { ProofingCase } from './case-state.ts';
import { advanceRun, findLatestRun, insertRun, replaceRun } from './chip-run-store.ts';
import type { ChipRun } from './chip-run-store.ts';
import { lockHandOff } from './hand-off-store.ts';
import type { HandOff } from './hand-off-store.ts';
import type { ChipRunAnswer } from './reader-answer.ts';
import type { ReaderProblem } from './reader-problem.ts';
import { packSession, unpackSession } from './document-record.ts';
import { readStaged } from './staged-files.ts';

/** A chip that is moved off the phone is put back and started anew; more often than this, the code is renewed first. */
const MOST_RUNS = 5;

export type ChipRunResult =
  | { ok: true; answer: ChipRunAnswer }
  | { ok: false; code: ReaderProblem; detail?: string };

/**
 * Starts chip authentication for the files that a phone has sent (Doc 9303-11 §6.2): the ephemeral key is drawn here and
 * stays here, encrypted, good for this hand-off and until its challenge runs out. A run before that has not ended is void.
 */
export function startRun(app: App, handOffId: RowId): Promise<ChipRunResult> {
  return transact(app.db, async (tx) => {
    const given = await lockLive(tx, app, handOffId);
    if (!given.ok) return given;
    const { handOff, proofing, expiresAt } = given;
    const before = await findLatestRun(tx, handOff.id);
    if (before?.outcome === 'passed' || before?.outcome === 'failed')
      return { ok: false, code: 'chip_run_ended' };
    if (before && before.number >= MOST_RUNS) return { ok: false, code: 'too_many_chip_runs' };
    const files = await readStaged(tx, app, { proofing, handOffId: handOff.id });
    const missing = (['EF_SOD', 'DG14'] as const).filter((name) => !files.has(name));
    if (missing.length > 0)
      return { ok: false, code: 'files_missing', detail: `Missing: ${missing.join(', ')}.` };
    const started = startChipAuthentication(files, app.random);
    if (!started.ok) return unusable(started.reason);
    if (before && before.outcome === null) await replaceRun(tx, before.id);
    const run: ChipRun = {
      id: RowId.make(app),
      handOffId: handOff.id,
      number: (before?.number ?? 0) + 1,
      content: null,
      filesDigest: digestOf(app, files),
      step: 1,
      outcome: null,
      createdAt: app.clock.now(),
      expiresAt,
    };
    await insertRun(tx, {
      ...run,
      content: await seal(tx, app, { proofing, run, session: started.session }),
    });
    await appendAudit(tx, app, {
      action: 'proofing.chip_run_started',
      actor: { kind: 'reader', id: handOff.id },
      subject: { kind: 'case', id: proofing.id },
      details: { runId: run.id, number: run.number },
    });
    return { ok: true, answer: told(run, chipAuthenticationState(files, started.session)) };
  });
}

function unusable(reason: string): ChipRunResult {
  return reason === 'no_chip_key'
    ? { ok: false, code: 'no_chip_key' }
    : { ok: false, code: 'chip_key_unusable', detail: `The key can't be used: ${reason}.` };
}

/**
 * Takes the chip's answer to the command that waits for one, and gives the next command or how the run ended. An answer
 * counts once and in its turn; whoever lost our word on it starts anew, with a fresh key on both sides.
 */
export function answerRun(
  app: App,
  handOffId: RowId,
  sent: { run: string; step: number; answer: Buffer },
): Promise<ChipRunResult> {
  return transact(app.db, async (tx): Promise<ChipRunResult> => {
    const given = await lockLive(tx, app, handOffId);
    if (!given.ok) return given;
    const { handOff, proofing } = given;
    const run = await findLatestRun(tx, handOff.id);
    if (!run || run.id !== sent.run || !run.content) return { ok: false, code: 'chip_run_unknown' };
    if (run.outcome !== null) return { ok: false, code: 'chip_run_ended' };
    if (sent.step !== run.step) return { ok: false, code: 'chip_step_not_asked' };
    const files = await readStaged(tx, app, { proofing, handOffId: handOff.id });
    if (!digestOf(app, files).equals(run.filesDigest)) return { ok: false, code: 'chip_run_stale' };
    const session = withChipAnswer(
      await unseal(tx, app, { proofing, run, content: run.content }),
      sent.answer,
    );
    const state = chipAuthenticationState(files, session);
    const ended = state.state === 'asking' ? null : state.state;
    const after = { ...run, step: ended ? run.step : run.step + 1 };
    const content = await seal(tx, app, { proofing, run, session });
    if (!(await advanceRun(tx, run, { content, step: after.step, outcome: ended })))
      throw new Error('A run of chip authentication changed under the lock of its hand-off.');
    if (ended)
      await appendAudit(tx, app, {
        action: 'proofing.chip_run_ended',
        actor: { kind: 'reader', id: handOff.id },
        subject: { kind: 'case', id: proofing.id },
        details: { runId: run.id, outcome: ended },
      });
    return { ok: true, answer: told(after, state) };
  });
}

/** What a submission takes as proof: the run started last, with what it was told; null where there is none to be had. */
export interface RunEvidence {
  id: RowId;
  step: number;
  outcome: ChipRun['outcome'];
  session: ChipAuthenticationSession;
  expiresAt: Date;
}

export async function runEvidence(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; handOffId: RowId },
): Promise<RunEvidence | null> {
  const run = await findLatestRun(db, given.handOffId);
  if (!run?.content) return null;
  const session = await unseal(db, app, { proofing: given.proofing, run, content: run.content });
  const { id, step, outcome, expiresAt } = run;
  return { id, step, outcome, session, expiresAt };
}

type Live =
  | { ok: true; handOff: HandOff; proofing: ProofingCase; expiresAt: Date }
  | { ok: false; code: ReaderProblem };

async function lockLive(tx: Tx, app: App, handOffId: RowId): Promise<Live> {
  const handOff = await lockHandOff(tx, handOffId);
  if (!handOff || handOff.endedAt) return { ok: false, code: 'hand_off_replaced' };
  if (handOff.submittedAt) return { ok: false, code: 'already_submitted' };
  const expiresAt = handOff.challengeExpiresAt;
  if (!expiresAt || app.clock.now() >= expiresAt) return { ok: false, code: 'chip_run_expired' };
  const proofing = await findCase(tx, handOff.caseId);
  if (proofing?.state.step !== 'document') return { ok: false, code: 'wrong_step' };
  return { ok: true, handOff, proofing, expiresAt };
}

function told({ id, step, expiresAt }: ChipRun, state: ChipAuthenticationState): ChipRunAnswer {
  switch (state.state) {
    case 'asking':
      return {
        run: id,
        state: 'asking',
        step,
        command: state.command.toString('base64url'),
        through: state.through,
        expiresAt: expiresAt.toISOString(),
      };
    case 'passed':
      return { run: id, state: 'passed', reason: null };
    default:
      return { run: id, state: state.state, reason: state.reason };
  }
}

const placeOf = (id: RowId) => ({ table: 'chip_runs', column: 'content', row: id });

interface Sealing {
  proofing: ProofingCase;
  run: Pick<ChipRun, 'id'>;
}

async function seal(
  tx: Tx,
  app: App,
  { proofing, run, session }: Sealing & { session: ChipAuthenticationSession },
): Promise<Buffer> {
  const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
  return key.encrypt(placeOf(run.id), packSession(session));
}

async function unseal(
  db: Db | Tx,
  app: App,
  { proofing, run, content }: Sealing & { content: Buffer },
): Promise<ChipAuthenticationSession> {
  const key = await app.cipher.openDataKey(db, proofing.dataKeyId);
  return unpackSession(key.decrypt(placeOf(run.id), content));
}

/** The two files that a run rests on: another one of either makes it a run with another chip. */
function digestOf(app: Pick<App, 'blindIndex'>, files: ChipFiles): Buffer {
  const text = (name: 'EF_SOD' | 'DG14') => files.get(name)?.toString('latin1') ?? '';
  return app.blindIndex.of('chip-run-files', text('EF_SOD'), text('DG14'));
}
