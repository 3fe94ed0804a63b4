import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';

export type Environment = 'sandbox' | 'production';

export interface AnchorRow {
  id: RowId;
  sha256: Buffer;
  certificate: Buffer;
  country: string;
  environment: Environment;
  source: string;
  notBefore: Date;
  notAfter: Date;
  addedAt: Date;
}

/** Adds a trusted anchor; false where the same certificate is there already, whatever its state. */
export async function insertAnchor(tx: Tx, row: AnchorRow): Promise<boolean> {
  const inserted = await tx('trust_anchors')
    .insert({
      id: row.id,
      sha256: row.sha256,
      certificate: row.certificate,
      country: row.country,
      state: 'trusted',
      environment: row.environment,
      source: row.source,
      not_before: row.notBefore,
      not_after: row.notAfter,
      added_at: row.addedAt,
    })
    .onConflict('sha256')
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

export interface RevocationListRow {
  id: RowId;
  sha256: Buffer;
  list: Buffer;
  issuerSha256: Buffer;
  country: string;
  environment: Environment;
  source: string;
  thisUpdate: Date;
  nextUpdate: Date | null;
  addedAt: Date;
}

export async function insertRevocationList(tx: Tx, row: RevocationListRow): Promise<boolean> {
  const inserted = await tx('revocation_lists')
    .insert({
      id: row.id,
      sha256: row.sha256,
      list: row.list,
      issuer_sha256: row.issuerSha256,
      country: row.country,
      environment: row.environment,
      source: row.source,
      this_update: row.thisUpdate,
      next_update: row.nextUpdate,
      added_at: row.addedAt,
    })
    .onConflict('sha256')
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** SHA-256 of each anchor that these environments trust, in one order on every node. */
export async function trustedAnchorHashes(
  db: Db | Tx,
  environments: readonly Environment[],
): Promise<Buffer[]> {
  return db('trust_anchors')
    .where({ state: 'trusted' })
    .whereIn('environment', environments)
    .orderBy('sha256')
    .pluck<Buffer[]>('sha256');
}

export async function anchorCertificates(
  db: Db | Tx,
  hashes: readonly Buffer[],
): Promise<{ sha256: Buffer; bytes: Buffer }[]> {
  const rows = await db('trust_anchors')
    .select<{ sha256: Buffer; certificate: Buffer }[]>('sha256', 'certificate')
    .whereIn('sha256', hashes);
  return rows.map(({ sha256, certificate }) => ({ sha256, bytes: certificate }));
}

/** SHA-256 of the newest list of each issuer and key. */
export async function newestListHashes(
  db: Db | Tx,
  environments: readonly Environment[],
): Promise<Buffer[]> {
  const rows = await db('revocation_lists')
    .distinctOn('issuer_sha256')
    .select<{ sha256: Buffer; issuer_sha256: Buffer }[]>('sha256', 'issuer_sha256')
    .whereIn('environment', environments)
    .orderBy([{ column: 'issuer_sha256' }, { column: 'this_update', order: 'desc' }, 'sha256']);
  return rows.map(({ sha256 }) => sha256);
}

export async function revocationLists(
  db: Db | Tx,
  hashes: readonly Buffer[],
): Promise<{ sha256: Buffer; bytes: Buffer }[]> {
  const rows = await db('revocation_lists')
    .select<{ sha256: Buffer; list: Buffer }[]>('sha256', 'list')
    .whereIn('sha256', hashes);
  return rows.map(({ sha256, list }) => ({ sha256, bytes: list }));
}
