import type { Db, Tx } from '../lib/database.ts';
import type { DataKeyId, RowId } from '../lib/ids.ts';

/** A message of the sandbox mailbox; `content` is encrypted under a key of its own. */
export interface DemoMessageRow {
  id: RowId;
  dataKeyId: DataKeyId;
  content: Buffer;
  sentAt: Date;
}

/** Keeps a message; the same id a second time changes nothing. */
export async function insertDemoMessage(tx: Tx, row: DemoMessageRow): Promise<void> {
  await tx('demo_messages')
    .insert({ id: row.id, data_key_id: row.dataKeyId, content: row.content, sent_at: row.sentAt })
    .onConflict('id')
    .ignore();
}

/** The latest messages, newest first. */
export async function listDemoMessages(db: Db, limit: number): Promise<DemoMessageRow[]> {
  const rows = await db('demo_messages')
    .orderBy([
      { column: 'sent_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit)
    .select<Record<string, unknown>[]>('id', 'data_key_id', 'content', 'sent_at');
  return rows.map((row) => ({
    id: row.id as RowId,
    dataKeyId: row.data_key_id as DataKeyId,
    content: row.content as Buffer,
    sentAt: row.sent_at as Date,
  }));
}
