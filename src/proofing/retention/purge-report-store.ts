import type { Db, Tx } from '../../lib/database.ts';
import type { PurgedClass } from './classes.ts';

/** What the purge did to one class on one day. */
export interface PurgeReport {
  class: PurgedClass;
  /** UTC, `YYYY-MM-DD`. */
  day: string;
  ruleSince: string;
  cutoff: Date;
  removed: number;
  /** Null while the purge of the day is under way. */
  held: number | null;
  overdue: number | null;
  oldestLeft: Date | null;
  /** SHA-256 chained over the names of what went, in its order. */
  digest: Buffer;
  startedAt: Date;
  finishedAt: Date | null;
}

const COLUMNS = [
  'class',
  'day',
  'rule_since',
  'cutoff',
  'removed',
  'held',
  'overdue',
  'oldest_left',
  'digest',
  'started_at',
  'finished_at',
] as const;

/** The report of a class and day, begun where there is none, and nobody else's until the transaction ends. */
export async function lockReport(
  tx: Tx,
  begun: Pick<PurgeReport, 'class' | 'day' | 'ruleSince' | 'cutoff' | 'digest' | 'startedAt'>,
): Promise<PurgeReport> {
  await tx('purge_reports')
    .insert({
      class: begun.class,
      day: begun.day,
      rule_since: begun.ruleSince,
      cutoff: begun.cutoff,
      removed: 0,
      digest: begun.digest,
      started_at: begun.startedAt,
    })
    .onConflict(['class', 'day'])
    .ignore();
  const row = await tx('purge_reports')
    .where({ class: begun.class, day: begun.day })
    .forUpdate()
    .first(...COLUMNS);
  return toReport(row as Record<string, unknown>);
}

/** Adds a step to a locked report; a day's report that was finished is open again. */
export async function addStep(
  tx: Tx,
  { class: name, day }: Pick<PurgeReport, 'class' | 'day'>,
  step: { removed: number; digest: Buffer },
): Promise<void> {
  await tx('purge_reports')
    .where({ class: name, day })
    .increment('removed', step.removed)
    .update({ digest: step.digest, finished_at: null, held: null, overdue: null });
}

export async function finishReport(
  tx: Tx,
  { class: name, day }: Pick<PurgeReport, 'class' | 'day'>,
  left: { held: number; overdue: number; oldestLeft: Date | null; at: Date },
): Promise<void> {
  await tx('purge_reports').where({ class: name, day }).update({
    held: left.held,
    overdue: left.overdue,
    oldest_left: left.oldestLeft,
    finished_at: left.at,
  });
}

/** The reports since a day, latest day first. */
export async function listReports(db: Db, since: string): Promise<PurgeReport[]> {
  const rows = await db('purge_reports')
    .where('day', '>=', since)
    .orderBy([{ column: 'day', order: 'desc' }, { column: 'class' }])
    .select<Record<string, unknown>[]>(...COLUMNS);
  return rows.map(toReport);
}

function toReport(row: Record<string, unknown>): PurgeReport {
  return {
    class: row.class as PurgedClass,
    day: row.day as string,
    ruleSince: row.rule_since as string,
    cutoff: row.cutoff as Date,
    removed: row.removed as number,
    held: row.held as number | null,
    overdue: row.overdue as number | null,
    oldestLeft: row.oldest_left as Date | null,
    digest: row.digest as Buffer,
    startedAt: row.started_at as Date,
    finishedAt: row.finished_at as Date | null,
  };
}
