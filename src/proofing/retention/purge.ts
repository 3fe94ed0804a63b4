import { createHash } from 'node:crypto';
import { appendAudit, SYSTEM } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { addSeconds, toPlainDate } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { enqueue } from '../../lib/outbox.ts';
import { PURGED, RETENTION, ruleOn } from './classes.ts';
import type { PurgedClass } from './classes.ts';
import type { Keepers } from './keepers.ts';
import { addStep, finishReport, lockReport } from './purge-report-store.ts';

/** Rows a transaction: short enough that nobody waits for it. */
const STEP_ROWS = 200;
/** Steps a run: a long backlog is worked off by several, so that a stop of the server never waits for one. */
const MOST_STEPS = 200;
const JOB = 'purge_records';

export interface PurgeOutcome {
  class: PurgedClass;
  removed: number;
  /** False where the steps of this run did not do. */
  finished: boolean;
}

/** The job `purge_records`, daily: purges every class, and goes on at once where there is more. */
export async function purgeRecords(app: App, keepers: Keepers): Promise<void> {
  const outcomes = await purgeAll(app, keepers);
  if (outcomes.some(({ finished }) => !finished))
    await transact(app.db, (tx) => enqueue(tx, JOB, {}, { key: JOB }));
}

/**
 * Removes what is past its term today, class by class in the order of the table. Each step is one short transaction that
 * also writes its report: what is reported went, and what went is reported.
 */
export async function purgeAll(
  app: App,
  keepers: Keepers,
  limits = { stepRows: STEP_ROWS, mostSteps: MOST_STEPS },
): Promise<PurgeOutcome[]> {
  const outcomes: PurgeOutcome[] = [];
  let steps = limits.mostSteps;
  for (const name of PURGED) {
    const outcome = await purgeClass(app, keepers, { name, steps, stepRows: limits.stepRows });
    steps -= outcome.steps;
    outcomes.push({ class: name, removed: outcome.removed, finished: outcome.finished });
  }
  return outcomes;
}

interface ClassRun {
  name: PurgedClass;
  steps: number;
  stepRows: number;
}

async function purgeClass(app: App, keepers: Keepers, { name, steps, stepRows }: ClassRun) {
  const now = app.clock.now();
  const day = toPlainDate(now);
  const rule = ruleOn(RETENTION[name], day);
  const before = addSeconds(now, -(rule.days ?? Infinity) * 86_400);
  const begun = {
    class: name,
    day,
    ruleSince: rule.since,
    cutoff: before,
    digest: sha256(`${name} ${day}`),
    startedAt: now,
  };
  let removed = 0;
  let used = 0;
  while (used < steps) {
    used += 1;
    const gone = await transact(app.db, async (tx) => {
      const report = await lockReport(tx, begun);
      const ids = await keepers[name].remove(tx, app, { before, limit: stepRows });
      const digest = ids.reduce((chained, id) => sha256(chained, id), report.digest);
      if (ids.length > 0) await addStep(tx, report, { removed: ids.length, digest });
      return ids.length;
    });
    removed += gone;
    if (gone >= stepRows) continue;
    await finish(app, keepers, begun);
    return { removed, steps: used, finished: true };
  }
  return { removed, steps: used, finished: false };
}

/** Counts what is left, after the last step: the report says what it did not remove, too. */
async function finish(
  app: App,
  keepers: Keepers,
  begun: Parameters<typeof lockReport>[1],
): Promise<void> {
  const { class: name, day, cutoff } = begun;
  await transact(app.db, async (tx) => {
    const report = await lockReport(tx, begun);
    const left = await keepers[name].count(tx, { before: cutoff });
    const { held, due: overdue, oldest: oldestLeft } = left;
    await finishReport(tx, report, { held, overdue, oldestLeft, at: app.clock.now() });
    if (report.finishedAt && report.held === held && report.overdue === overdue) return;
    await appendAudit(tx, app, {
      action: 'proofing.records_purged',
      actor: SYSTEM,
      subject: { kind: 'system', id: null },
      details: {
        class: name,
        day,
        removed: report.removed,
        held,
        overdue,
        digest: report.digest.toString('hex'),
      },
    });
  });
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
