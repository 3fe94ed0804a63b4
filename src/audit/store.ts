import type { Tx } from '../lib/database.ts';
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

export async function insertAuditEvent(tx: Tx, row: AuditRow): Promise<void> {
  await tx('audit_events').insert({
    id: row.id,
    at: row.at,
    action: row.action,
    actor_kind: row.actor.kind,
    actor_id: row.actor.id,
    subject_kind: row.subject.kind,
    subject_id: row.subject.id,
    details: row.details,
  });
}
