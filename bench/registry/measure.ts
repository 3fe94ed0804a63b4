import { startSealer } from '../../src/audit/sealer.ts';
import type { FullApp } from '../../src/app.ts';
import { jobs } from '../../src/jobs.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { runJobs } from '../../src/lib/job-runner.ts';
import { listOpenCases } from '../../src/proofing/officer-queue.ts';
import { planReminders } from '../../src/proofing/reminders/remind-holders.ts';
import { findCandidates } from '../../src/registry/candidates.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { benchedEnrolment } from '../benched-enrolment.ts';
import type { Result } from '../report.ts';
import { LOOK_ALIKES, personOf, scatter } from './people.ts';
import { percentile, processorSeconds, round } from './usage.ts';

export interface Ground {
  app: FullApp;
  databaseUrl: string;
  dataDir: string;
  persons: number;
}

type Search = (turn: number) => ReturnType<typeof personOf>;

/** Whoever is described once more, as at an issue: people on record, their namesakes, and people nobody knows. */
export async function searchCandidates(ground: Ground, searches: number): Promise<Result[]> {
  const onRecord: Search = (turn) =>
    personOf(LOOK_ALIKES + Math.floor(scatter(turn, 7) * (ground.persons - LOOK_ALIKES)));
  const stranger: Search = (turn) => personOf(ground.persons + turn);
  const reversed: Search = (turn) => {
    const { primaryIdentifier, secondaryIdentifier, ...rest } = onRecord(turn);
    return {
      ...rest,
      primaryIdentifier: secondaryIdentifier,
      secondaryIdentifier: primaryIdentifier,
    };
  };
  const mixed: Search = (turn) => [onRecord, stranger, reversed][turn % 3]!(turn);
  return [
    await search(ground, 'candidate search', mixed, searches, '< 10 ms p99'),
    await search(
      ground,
      `candidate search, ${LOOK_ALIKES} of one name and birth date`,
      () => personOf(0),
      50,
      '',
    ),
  ];
}

async function search(
  { app }: Ground,
  what: string,
  whom: Search,
  searches: number,
  target: string,
): Promise<Result> {
  const times: number[] = [];
  let found = 0;
  for (let turn = -20; turn < searches; turn++) {
    const startedAt = performance.now();
    const candidates = await findCandidates(app.db, app, whom(Math.abs(turn)));
    if (turn >= 0) times.push(performance.now() - startedAt);
    if (turn >= 0) found += candidates.length;
  }
  const note = `${round(found / searches, 2)} found on average`;
  return figures(what, target, times, note);
}

function figures(what: string, target: string, times: readonly number[], note: string): Result {
  return {
    what,
    target,
    value: `${round(percentile(times, 0.99), 2)} ms p99`,
    p50: `${round(percentile(times, 0.5), 2)} ms`,
    n: times.length,
    note,
  };
}

/** Whole enrolments, eight at once, candidate search included, each committed with fsync. */
export async function issue(
  ground: Ground,
  { issues, atOnce = 8 }: { issues: number; atOnce?: number },
): Promise<Result> {
  let next = 0;
  const worker = async (base: number, count: number) => {
    while (next < count) await enrol(ground.app, base + next++);
  };
  const run = async (base: number, count: number) => {
    next = 0;
    await Promise.all(Array.from({ length: atOnce }, () => worker(base, count)));
  };
  await run(ground.persons + 2_000_000, 100);
  const before = processorSeconds(ground.dataDir);
  const startedAt = performance.now();
  await run(ground.persons + 1_000_000, issues);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = processorSeconds(ground.dataDir);
  const node = after.node - before.node;
  const postgres = after.postgres - before.postgres;
  return {
    what: 'issue',
    target: '>= 200/s a core',
    value: `${round(issues / (node + postgres))}/s a core`,
    p50: '',
    n: issues,
    note: `${round(issues / seconds)}/s by the clock; processor ms an issue: ours ${round((node / issues) * 1000, 2)}, PostgreSQL ${round((postgres / issues) * 1000, 2)}`,
  };
}

async function enrol(app: FullApp, index: number): Promise<void> {
  const passport = personOf(index);
  const done = await transact(app.db, (tx) =>
    enrolPerson(tx, app, benchedEnrolment(app, { accountId: AccountId.make(app), passport })),
  );
  // A namesake on record is an answer, too: an officer would look. With these people it is rare.
  if (!done.ok && done.reason !== 'candidates_found') throw new Error(done.reason);
}

/** The officers' queue from its front to its end, page after page. */
export async function listCases({ app }: Ground): Promise<Result> {
  const times: number[] = [];
  let seen = 0;
  let after: string | null = null;
  do {
    const startedAt = performance.now();
    const page: Awaited<ReturnType<typeof listOpenCases>> = await listOpenCases(app.db, app, {
      after,
    });
    times.push(performance.now() - startedAt);
    seen += page.cases.length;
    after = page.next;
  } while (after);
  const deepest = percentile(times.slice(-Math.ceil(times.length / 10)), 0.99);
  const note = `${seen} cases, 50 a page; the last tenth ${round(deepest, 2)} ms p99`;
  return figures('case list page', '< 20 ms p99', times, note);
}

/** From the daily job's start until the last mail is with the relay: planned, written, encrypted, sent, settled, audited. */
export async function drainReminders(ground: Ground, holders: number): Promise<Result> {
  let sent = 0;
  const drained = Promise.withResolvers<void>();
  const send = () => {
    sent += 1;
    if (sent === holders) drained.resolve();
    return Promise.resolve();
  };
  const app: FullApp = { ...ground.app, mail: { send } };
  const sealer = startSealer(app, { dataDir: ground.dataDir });
  const before = processorSeconds(ground.dataDir);
  const startedAt = performance.now();
  await planReminders({}, app);
  const planned = (performance.now() - startedAt) / 1000;
  const runner = await runJobs({
    databaseUrl: ground.databaseUrl,
    log: app.log,
    jobs: Object.fromEntries(
      Object.entries(jobs).map(([name, work]) => [name, (job) => work(job, app)]),
    ),
  });
  await drained.promise;
  await runner.stop();
  const seconds = (performance.now() - startedAt) / 1000;
  await sealer.stop();
  const after = processorSeconds(ground.dataDir);
  return {
    what: `drain of ${holders} reminders`,
    target: '< 300 s for 100000',
    value: `${round(seconds)} s`,
    p50: '',
    n: holders,
    note: `${round(holders / seconds)} mails/s, planned in ${round(planned)} s; processor s: ours ${round(after.node - before.node)}, PostgreSQL ${round(after.postgres - before.postgres)}`,
  };
}
