import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { canonicalJson } from './canonical-json.ts';
import type { PendingAudit } from './append-within.ts';
import { insertAuditEvent, insertAuditEvents } from './store.ts';
import type { Actor, AuditAction, AuditEvents, Subject } from './events.ts';

/** The system as actor: jobs, start-up. */
export const SYSTEM: Actor = { kind: 'system', id: null };

/**
 * Appends one event in the transaction of the change it tells of: both commit, or neither.
 * The sealer links it into the chain afterwards (README).
 */
export async function appendAudit<Action extends AuditAction>(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  event: { action: Action; actor: Actor; subject: Subject; details: AuditEvents[Action] },
): Promise<void> {
  await insertAuditEvent(tx, {
    id: RowId.make(app),
    at: app.clock.now(),
    action: event.action,
    actor: event.actor,
    subject: event.subject,
    details: canonicalJson(event.details),
  });
}

/** As `appendAudit`, many events in one statement. */
export async function appendAudits(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  events: readonly PendingAudit[],
): Promise<void> {
  const at = app.clock.now();
  await insertAuditEvents(
    tx,
    events.map(({ action, actor, subject, details }) => ({
      id: RowId.make(app),
      at,
      action,
      actor,
      subject,
      details: canonicalJson(details),
    })),
  );
}
