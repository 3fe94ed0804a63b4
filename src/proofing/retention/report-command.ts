import type { App } from '../../lib/app.ts';
import { addDays, addSeconds, toPlainDate } from '../../lib/clock.ts';
import { EX_USAGE } from '../../lib/command-io.ts';
import type { CommandIo } from '../../lib/command-io.ts';
import { holdsInForce } from '../../registry/legal-holds.ts';
import { PURGED, RETENTION, ruleOn } from './classes.ts';
import { retentionOn } from './describe.ts';
import type { Keepers } from './keepers.ts';
import { purgeAll } from './purge.ts';
import { listReports } from './purge-report-store.ts';

const SHOWN_DAYS = 7;

/**
 * `retention report [--days N]`: the rules in force, the holds, what is due and kept now, and what the purge removed
 * lately, as JSON. Exits 0; 1 where something is overdue: past its term by more than two days and held by nothing.
 */
export async function runRetentionReport(
  args: string[],
  io: CommandIo,
  { app, keepers }: { app: App; keepers: Keepers },
): Promise<number> {
  const days = args.length === 0 ? SHOWN_DAYS : daysOf(args);
  if (days === null) {
    io.err('Usage: tangchat retention report [--days N]');
    return EX_USAGE;
  }
  const now = app.clock.now();
  const today = toPlainDate(now);
  const left = [];
  for (const name of PURGED) {
    const term = ruleOn(RETENTION[name], today).days ?? Infinity;
    const counts = await keepers[name].count(app.db, { before: daysBefore(now, term) });
    const late = await keepers[name].count(app.db, { before: daysBefore(now, term + 2) });
    left.push({ class: name, ...counts, overdue: late.due });
  }
  const reports = await listReports(app.db, addDays(today, 1 - days));
  const shown = reports.map((report) => ({ ...report, digest: report.digest.toString('hex') }));
  const rules = retentionOn(today);
  const holds = await holdsInForce(app.db);
  io.out(JSON.stringify({ day: today, rules, holds, left, reports: shown }, null, 2));
  return left.some(({ overdue }) => overdue > 0) ? 1 : 0;
}

/** `retention purge`: what the job does daily, now; after a restore, before the doors open. Prints what went. */
export async function runRetentionPurge(
  io: CommandIo,
  { app, keepers }: { app: App; keepers: Keepers },
): Promise<number> {
  const removed: Record<string, number> = {};
  let finished = false;
  while (!finished) {
    const outcomes = await purgeAll(app, keepers);
    for (const outcome of outcomes)
      removed[outcome.class] = (removed[outcome.class] ?? 0) + outcome.removed;
    finished = outcomes.every((outcome) => outcome.finished);
  }
  io.out(JSON.stringify(removed, null, 2));
  return 0;
}

function daysOf(args: readonly string[]): number | null {
  const [option, text = ''] = args;
  if (option !== '--days' || args.length !== 2 || !/^[1-9]\d{0,3}$/.test(text)) return null;
  return Number(text);
}

const daysBefore = (now: Date, days: number) => addSeconds(now, -days * 86_400);
