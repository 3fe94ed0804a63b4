import { auditColumns } from './store.ts';
import type { AuditRow } from './store.ts';

/** The insert of events as a part of a larger statement: `rows` is the placeholder of their JSON, `where` says which. */
export function insertAuditEventsSql(rows: string, where: (rows: string) => string): string {
  return `insert into audit_events
       (id, at, action, actor_kind, actor_id, subject_kind, subject_id, details)
     select id, at, action, actor_kind, actor_id, subject_kind, subject_id, details
       from json_to_recordset(${rows}::json) as events
         (item int, id uuid, at timestamptz, action text, actor_kind text, actor_id text,
          subject_kind text, subject_id text, details text)
      ${where('events')}`;
}

/** The rows as that statement reads them. */
export function auditRowsAsJson(rows: readonly (AuditRow & { item: number })[]): string {
  return JSON.stringify(rows.map((row) => ({ item: row.item, ...auditColumns(row) })));
}
