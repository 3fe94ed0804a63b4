import { sendNotices } from '../../accounts/send-notices.ts';
import type { App } from '../../lib/app.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { enqueueAll } from '../../lib/outbox.ts';
import { noteReminded, planDueReminders, takeReminders } from '../../registry/due-dates.ts';
import type { DueKind, Reminder } from '../../registry/due-dates.ts';
import { recordStatusEvent } from '../../registry/status-events.ts';
import { bangkokDate } from '../../visas/stay.ts';

/** Holders a transaction. */
const AT_ONCE = 100;
const JOB = 'remind_holders';

const NOTICE = {
  document: 'document_expires_soon',
  stay: 'stay_ends_soon',
  proof: 'proof_ends_soon',
} as const satisfies Record<DueKind, string>;

/** What services are told once it is over: the next token says the rest. */
const ENDED = {
  document: 'document_expired',
  stay: 'stay_ended',
  proof: 'proof_ended',
} as const satisfies Record<DueKind, string>;

/**
 * Job `plan_reminders`, daily: puts down whose passport, stay or proof ends in 30, 7 or 1 days or has just ended, and enqueues as many
 * `remind_holders` as that takes. Runs at least once; a day that it missed is made up for within three.
 */
export async function planReminders(_payload: Record<string, unknown>, app: App): Promise<void> {
  await transact(app.db, async (tx) => {
    const waiting = await planDueReminders(tx, app, bangkokDate(app.clock.now()));
    const jobs = Array.from({ length: Math.ceil(waiting / AT_ONCE) }, (_, number) => ({
      payload: {},
      key: `${JOB}:${number}`,
    }));
    await enqueueAll(tx, JOB, jobs);
  });
}

/**
 * Job `remind_holders`: tells the next hundred who wait, each in their language at their confirmed addresses, and of what has ended the
 * services that hold a consent. Written and marked told in one transaction, so a job that runs twice tells once.
 */
export async function remindHolders(_payload: Record<string, unknown>, app: App): Promise<void> {
  await transact(app.db, async (tx) => {
    const reminders = await takeReminders(tx, AT_ONCE);
    if (reminders.length === 0) return;
    await tellHolders(tx, app, reminders);
    for (const { personId, kind, daysBefore } of reminders)
      if (daysBefore === 0)
        await recordStatusEvent(tx, app, {
          kind: 'assurance_changed',
          personId,
          reason: ENDED[kind],
        });
    await noteReminded(tx, reminders, app.clock.now());
  });
}

/** The day and what ends is all that a mail says: no name, number or paper. */
async function tellHolders(tx: Tx, app: App, reminders: readonly Reminder[]): Promise<void> {
  const notices = reminders.flatMap(({ accountId, kind, dueOn, daysBefore }) =>
    accountId && daysBefore > 0
      ? [{ accountId, template: NOTICE[kind], params: { endsOn: dueOn } }]
      : [],
  );
  await sendNotices(tx, app, notices);
}
