import type { Db, Tx } from '../lib/database.ts';
import type { DataKeyId, RowId } from '../lib/ids.ts';

export interface AnswerRow {
  id: RowId;
  register: string;
  /** Blind index of what was asked about. */
  questionIndex: Buffer;
  dataKeyId: DataKeyId;
  /** Encrypted. */
  answer: Buffer;
  answeredAt: Date;
}

/** Keeps an answer in place of the one before; an older one never displaces a newer one. */
export async function upsertAnswer(db: Db | Tx, row: AnswerRow): Promise<void> {
  await db('register_answers')
    .insert({
      id: row.id,
      register: row.register,
      question_index: row.questionIndex,
      data_key_id: row.dataKeyId,
      answer: row.answer,
      answered_at: row.answeredAt,
    })
    .onConflict(['register', 'question_index'])
    .merge(['id', 'data_key_id', 'answer', 'answered_at'])
    .where('register_answers.answered_at', '<=', row.answeredAt);
}

export async function findAnswer(
  db: Db | Tx,
  asked: { register: string; questionIndex: Buffer; since: Date },
): Promise<AnswerRow | null> {
  const row = await db('register_answers')
    .where({ register: asked.register, question_index: asked.questionIndex })
    .where('answered_at', '>=', asked.since)
    .first<Record<string, unknown> | undefined>('id', 'data_key_id', 'answer', 'answered_at');
  if (!row) return null;
  return {
    id: row.id as RowId,
    register: asked.register,
    questionIndex: asked.questionIndex,
    dataKeyId: row.data_key_id as DataKeyId,
    answer: row.answer as Buffer,
    answeredAt: row.answered_at as Date,
  };
}

/** Removes answers from before `since`, and the oldest beyond `most`. Gives how many went. */
export async function trimAnswers(
  db: Db | Tx,
  keep: { since: Date; most: number },
): Promise<number> {
  const old = await db('register_answers').where('answered_at', '<', keep.since).delete();
  const beyond = db('register_answers')
    .select('id')
    .orderBy('answered_at', 'desc')
    .offset(keep.most);
  return old + (await db('register_answers').whereIn('id', beyond).delete());
}
