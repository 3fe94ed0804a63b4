import type { Db, Tx } from '../lib/database.ts';
import type { Actor, Subject } from './events.ts';

/** An event as it is stored. `details` is canonical JSON text: the very bytes that are hashed. */
export interface AuditRow {
  id: string;
  at: Date;
  action: string;
  actor: Actor;
  subject: Subject;
  details: string;
}

/** An event as its table's columns name it. */
export function auditColumns(row: AuditRow) {
  return {
    id: row.id,
    at: row.at,
    action: row.action,
    actor_kind: row.actor.kind,
    actor_id: row.actor.id,
    subject_kind: row.subject.kind,
    subject_id: row.subject.id,
    details: row.details,
  };
}

export function insertAuditEvent(tx: Tx, row: AuditRow): Promise<void> {
  return insertAuditEvents(tx, [row]);
}

export async function insertAuditEvents(tx: Tx, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx('audit_events').insert(rows.map(auditColumns));
}

/** The latest events about one thing, newest first. */
export async function listEventsAbout(
  db: Db | Tx,
  subject: { kind: Subject['kind']; id: string },
  limit: number,
): Promise<AuditRow[]> {
  const rows = await db('audit_events')
    .where({ subject_kind: subject.kind, subject_id: subject.id })
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit)
    .select<Record<string, unknown>[]>(
      'id',
      'at',
      'action',
      'actor_kind',
      'actor_id',
      'subject_kind',
      'subject_id',
      'details',
    );
  return rows.map((row) => ({
    id: row.id as string,
    at: row.at as Date,
    action: row.action as string,
    actor: { kind: row.actor_kind, id: row.actor_id } as Actor,
    subject: { kind: row.subject_kind, id: row.subject_id } as Subject,
    details: row.details as string,
  }));
}
