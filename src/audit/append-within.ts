import type { App } from '../lib/app.ts';
import { RowId } from '../lib/ids.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Actor, AuditAction, AuditEvents, Subject } from './events.ts';
import { auditRowsAsJson, insertAuditEventsSql } from './part-store.ts';

/** An event that is yet to be appended. */
export type PendingAudit = {
  [Action in AuditAction]: {
    action: Action;
    actor: Actor;
    subject: Subject;
    details: AuditEvents[Action];
  };
}[AuditAction];

/**
 * The same as `appendAudit`, as a part of a statement that changes state by itself: where a change is one
 * statement (a token's single use), its events are in that statement, at no further round trip.
 */
export function auditPart(
  app: Pick<App, 'clock' | 'random'>,
  events: readonly PendingAudit[],
  condition = 'true',
): { sql: string; binding: string } {
  const at = app.clock.now();
  const rows = events.map((event) => ({
    id: RowId.make(app),
    at,
    action: event.action,
    actor: event.actor,
    subject: event.subject,
    details: canonicalJson(event.details),
  }));
  return { sql: insertAuditEventsSql(condition), binding: auditRowsAsJson(rows) };
}
