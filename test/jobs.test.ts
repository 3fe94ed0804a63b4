import { parseCrontab } from 'graphile-worker';
import { expect, it } from 'vitest';
import { jobs, schedule } from '../src/jobs.ts';

it('schedules jobs that there are, each once at a time, and makes up for daily ones that a stop missed', () => {
  const items = parseCrontab(schedule);
  expect(items.map(({ task }) => task).toSorted()).toEqual([
    'keep_proof_signers',
    'plan_reminders',
    'purge_records',
    'recheck_watch_lists',
    'refresh_stays',
    'sweep_events',
  ]);
  const hourly = ['recheck_watch_lists', 'refresh_stays', 'sweep_events'];
  for (const { task, options } of items) {
    expect(jobs).toHaveProperty(task);
    expect(options.jobKey).toBe(task);
    if (!hourly.includes(task)) expect(options.backfillPeriod).toBe(86_400_000);
  }
});
