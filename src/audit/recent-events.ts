import type { Db, Tx } from '../lib/database.ts';
import type { Actor, Subject } from './events.ts';
import { listEventsAbout } from './store.ts';

/** An event as its subject may read it. */
export interface RecentEvent {
  id: string;
  at: Date;
  action: string;
  actor: Actor;
}

/** What happened lately to one thing, newest first: for the person it is about, and for the console. */
export async function recentEvents(
  db: Db | Tx,
  subject: { kind: Subject['kind']; id: string },
  limit: number,
): Promise<RecentEvent[]> {
  const rows = await listEventsAbout(db, subject, limit);
  return rows.map(({ id, at, action, actor }) => ({ id, at, action, actor }));
}
