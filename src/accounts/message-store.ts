import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, DataKeyId, RowId } from '../lib/ids.ts';
import type { Lang } from '../../views/ui.ts';

/** A notice on its way. `recipient` and `params` are encrypted, and gone once it is settled. */
export interface MessageRow {
  id: RowId;
  accountId: AccountId | null;
  dataKeyId: DataKeyId;
  template: string;
  lang: Lang;
  recipient: Buffer;
  params: Buffer;
  createdAt: Date;
}

export function insertMessage(tx: Tx, row: MessageRow): Promise<void> {
  return insertMessages(tx, [row]);
}

export async function insertMessages(tx: Tx, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx('messages').insert(rows.map(toColumns));
}

function toColumns(row: MessageRow) {
  return {
    id: row.id,
    account_id: row.accountId,
    data_key_id: row.dataKeyId,
    template: row.template,
    lang: row.lang,
    recipient: row.recipient,
    params: row.params,
    state: 'queued',
    created_at: row.createdAt,
  };
}

/** A message with the key of its fields; null where the key was destroyed. */
export interface TakenMessage extends MessageRow {
  attempts: number;
  wrappedKey: Buffer | null;
}

/** Counts a try at a message that still waits; null where it was settled. The queue runs a job once at a time. */
export async function takeQueuedMessage(db: Db, id: RowId): Promise<TakenMessage | null> {
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(
    `update messages m set attempts = m.attempts + 1 from data_keys k
      where m.id = ? and m.state = 'queued' and k.id = m.data_key_id
      returning m.id, m.account_id, m.data_key_id, m.template, m.lang, m.recipient, m.params, m.attempts,
                m.created_at, k.wrapped_key`,
    [id],
  );
  const [row] = rows;
  if (!row) return null;
  return {
    id: row.id as RowId,
    accountId: row.account_id as AccountId | null,
    dataKeyId: row.data_key_id as DataKeyId,
    template: row.template as string,
    lang: row.lang as Lang,
    recipient: row.recipient as Buffer,
    params: row.params as Buffer,
    attempts: row.attempts as number,
    createdAt: row.created_at as Date,
    wrappedKey: row.wrapped_key as Buffer | null,
  };
}

/** Sent or given up: the address, codes and links in it are forgotten. */
export async function settleMessage(
  tx: Tx | Db,
  id: RowId,
  outcome: { state: 'sent' | 'failed'; at: Date },
): Promise<void> {
  await tx('messages')
    .where({ id, state: 'queued' })
    .update({ state: outcome.state, settled_at: outcome.at, recipient: null, params: null });
}

export async function deleteMessagesUnderKey(tx: Tx, dataKeyId: DataKeyId): Promise<void> {
  await tx('messages').where({ data_key_id: dataKeyId }).delete();
}
