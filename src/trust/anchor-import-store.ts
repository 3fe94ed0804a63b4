import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';

export interface AnchorImportRow {
  id: RowId;
  version: number;
  listSha256: Buffer;
  list: Buffer;
  source: string;
  country: string;
  signerSha256: Buffer;
  rootSha256: Buffer;
  signedAt: Date | null;
  importedAt: Date;
}

export type EntryOutcome = 'added' | 'known' | 'linked' | 'quarantined' | 'refused';

export interface AnchorImportEntry {
  sha256: Buffer;
  /** False for an older orphan that this list's keys linked. */
  listed: boolean;
  outcome: EntryOutcome;
  reason: string | null;
}

/** The version of the trust store: how many lists were imported, single anchors confirmed, anchors withdrawn. 0 at first. */
export async function trustStoreVersion(db: Db | Tx): Promise<number> {
  const answer = await db.raw<{ rows: { version: number }[] }>(
    `select greatest(0, (select max(version) from anchor_imports),
                        (select max(version) from anchor_proposals),
                        (select max(version) from anchor_withdrawals)) as version`,
  );
  return answer.rows[0]!.version;
}

/** The version that imported exactly these bytes, or null. */
export async function versionOfList(db: Db | Tx, listSha256: Buffer): Promise<number | null> {
  const [version] = await db('anchor_imports')
    .where({ list_sha256: listSha256 })
    .pluck<number[]>('version');
  return version ?? null;
}

/** When the newest list of this state said it was signed; null where none was imported or none says. */
export async function newestSigning(db: Db | Tx, country: string): Promise<Date | null> {
  const [row] = await db('anchor_imports')
    .where({ country })
    .max<{ signedAt: Date | null }[]>({ signedAt: 'signed_at' });
  return row?.signedAt ?? null;
}

/** What the last list of this state held of certificates that were not refused, in the order of their hashes. */
export async function lastListedAnchors(db: Db | Tx, country: string): Promise<Buffer[]> {
  return db('anchor_import_entries as entry')
    .join('anchor_imports as import', 'import.id', 'entry.import_id')
    .where({ 'import.country': country, 'entry.listed': true })
    .whereNot({ 'entry.outcome': 'refused' })
    .whereIn('import.version', db('anchor_imports').max('version').where({ country }))
    .orderBy('entry.sha256')
    .pluck<Buffer[]>('entry.sha256');
}

const ROWS_A_STATEMENT = 1000;

export async function insertImport(
  tx: Tx,
  row: AnchorImportRow,
  entries: readonly AnchorImportEntry[],
): Promise<void> {
  await tx('anchor_imports').insert({
    id: row.id,
    version: row.version,
    list_sha256: row.listSha256,
    list: row.list,
    source: row.source,
    country: row.country,
    signer_sha256: row.signerSha256,
    root_sha256: row.rootSha256,
    signed_at: row.signedAt,
    imported_at: row.importedAt,
  });
  for (let at = 0; at < entries.length; at += ROWS_A_STATEMENT) {
    await tx('anchor_import_entries').insert(
      entries.slice(at, at + ROWS_A_STATEMENT).map((entry) => ({
        import_id: row.id,
        sha256: entry.sha256,
        listed: entry.listed,
        outcome: entry.outcome,
        reason: entry.reason,
      })),
    );
  }
}
