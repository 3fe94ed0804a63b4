import type { Db, Tx } from '../../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../../lib/ids.ts';

export interface StickerRow {
  id: RowId;
  caseId: CaseId;
  documentExaminationId: RowId;
  outcome: 'agrees' | 'differs' | 'unread';
  /** Encrypted. */
  content: Buffer;
  givenAt: Date;
  setAsideAt: Date | null;
}

export async function insertSticker(tx: Tx, row: Omit<StickerRow, 'setAsideAt'>): Promise<void> {
  await tx('visa_stickers').insert({
    id: row.id,
    case_id: row.caseId,
    document_examination_id: row.documentExaminationId,
    outcome: row.outcome,
    content: row.content,
    given_at: row.givenAt,
  });
}

/** The stickers that were held against one document of a case, oldest first. */
export async function listStickers(
  db: Db | Tx,
  given: { caseId: CaseId; documentExaminationId: RowId },
): Promise<StickerRow[]> {
  const rows = await db('visa_stickers')
    .where({ case_id: given.caseId, document_examination_id: given.documentExaminationId })
    .orderBy([{ column: 'given_at' }, { column: 'id' }])
    .select<Record<string, unknown>[]>('id', 'outcome', 'content', 'given_at', 'set_aside_at');
  return rows.map((row) => ({
    ...given,
    id: row.id as RowId,
    outcome: row.outcome as StickerRow['outcome'],
    content: row.content as Buffer,
    givenAt: row.given_at as Date,
    setAsideAt: row.set_aside_at as Date | null,
  }));
}

/** Whether a sticker that differs, and that nobody set aside, stands against a document of a case. */
export async function hasDifferingSticker(
  db: Db | Tx,
  given: { caseId: CaseId; documentExaminationId: RowId },
): Promise<boolean> {
  const row = await db('visa_stickers')
    .where({
      case_id: given.caseId,
      document_examination_id: given.documentExaminationId,
      outcome: 'differs',
    })
    .whereNull('set_aside_at')
    .first<{ id: string } | undefined>('id');
  return row !== undefined;
}

/** Sets a differing sticker aside; false where it is none, or was set aside before. */
export async function setStickerAside(
  tx: Tx,
  aside: { id: RowId; caseId: CaseId; officerId: OfficerId; note: Buffer; at: Date },
): Promise<boolean> {
  const count = await tx('visa_stickers')
    .where({ id: aside.id, case_id: aside.caseId, outcome: 'differs' })
    .whereNull('set_aside_at')
    .update({ set_aside_by: aside.officerId, set_aside_at: aside.at, note: aside.note });
  return count > 0;
}
