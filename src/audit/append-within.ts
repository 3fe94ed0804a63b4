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
 * statement (a token's single use), its events are in that statement, at no further round trip. `rows` goes in as a
 * value; `sql` takes its placeholder and the condition for a row, which may ask for the row's `item`.
 */
export function auditWithin(
  app: Pick<App, 'clock' | 'random'>,
  events: readonly { item: number; event: PendingAudit }[],
): { rows: string; sql(this: void, rows: string, where: (rows: string) => string): string } {
  const at = app.clock.now();
  const rows = events.map(({ item, event }) => ({
    item,
    id: RowId.make(app),
    at,
    action: event.action,
    actor: event.actor,
    subject: event.subject,
    details: canonicalJson(event.details),
  }));
  return { rows: auditRowsAsJson(rows), sql: insertAuditEventsSql };
}
