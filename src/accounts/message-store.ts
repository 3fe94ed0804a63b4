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

/** Counts a try at a message that still waits; null where it was settled. The queue runs a job once at a time. */
export async function takeQueuedMessage(
  db: Db,
  id: RowId,
): Promise<(MessageRow & { attempts: number }) | null> {
  const [row] = await db('messages')
    .where({ id, state: 'queued' })
    .increment('attempts', 1)
    .returning<Record<string, unknown>[]>([
      'id',
      'account_id',
      'data_key_id',
      'template',
      'lang',
      'recipient',
      'params',
      'attempts',
      'created_at',
    ]);
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
