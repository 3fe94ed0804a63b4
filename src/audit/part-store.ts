import type { AuditRow } from './store.ts';

/** The insert of events as a part of a larger statement; `condition` is SQL of the caller's, `?` the rows as JSON. */
export function insertAuditEventsSql(condition: string): string {
  return `insert into audit_events
       (id, at, action, actor_kind, actor_id, subject_kind, subject_id, details)
     select id, at, action, actor_kind, actor_id, subject_kind, subject_id, details
       from jsonb_to_recordset(?::jsonb) as events
         (id uuid, at timestamptz, action text, actor_kind text, actor_id text,
          subject_kind text, subject_id text, details text)
      where ${condition}`;
}

/** The rows as that statement reads them. */
export function auditRowsAsJson(rows: readonly AuditRow[]): string {
  return JSON.stringify(
    rows.map((row) => ({
      id: row.id,
      at: row.at,
      action: row.action,
      actor_kind: row.actor.kind,
      actor_id: row.actor.id,
      subject_kind: row.subject.kind,
      subject_id: row.subject.id,
      details: row.details,
    })),
  );
}
