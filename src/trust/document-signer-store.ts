import type { SignerReference } from '../documents/signer-reference.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import type { Environment } from './store.ts';

export interface DocumentSignerRow {
  id: RowId;
  sha256: Buffer;
  certificate: Buffer;
  country: string;
  serial: string;
  subjectKeyId: string | null;
  environment: Environment;
  source: string;
  addedAt: Date;
}

/** False where it is there already. */
export async function insertDocumentSigner(tx: Tx, row: DocumentSignerRow): Promise<boolean> {
  const inserted = await tx('document_signers')
    .insert({
      id: row.id,
      sha256: row.sha256,
      certificate: row.certificate,
      country: row.country,
      serial: row.serial,
      subject_key_id: row.subjectKeyId,
      environment: row.environment,
      source: row.source,
      added_at: row.addedAt,
    })
    .onConflict('sha256')
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** Issuers count alike, so one serial number may be many signers': the bound is far above the number of issuers. */
const MAX_FOUND = 500;

/** Certificates that a SOD may mean, DER, in one order on every node. Which of them it is, the signature says. */
export async function documentSigners(
  db: Db | Tx,
  wanted: SignerReference,
  environments: readonly Environment[],
): Promise<Buffer[]> {
  const where = 'keyId' in wanted ? { subject_key_id: wanted.keyId } : { serial: wanted.serial };
  return db('document_signers')
    .where(where)
    .whereIn('environment', environments)
    .orderBy('sha256')
    .limit(MAX_FOUND)
    .pluck<Buffer[]>('certificate');
}

/** Certificates, DER, of those that are kept. */
export async function signersByHash(db: Db | Tx, hashes: readonly Buffer[]): Promise<Buffer[]> {
  return db('document_signers')
    .whereIn('sha256', hashes)
    .orderBy('sha256')
    .pluck<Buffer[]>('certificate');
}

/** Certificates, DER, with one of these serial numbers (hex), of whatever issuer. */
export async function signersBySerial(db: Db | Tx, serials: readonly string[]): Promise<Buffer[]> {
  return db('document_signers')
    .whereRaw('serial = any(?)', [[...serials]])
    .orderBy('sha256')
    .pluck<Buffer[]>('certificate');
}

/** SHA-256 of those of these that are kept. */
export async function keptSignerHashes(db: Db | Tx, hashes: readonly Buffer[]): Promise<Buffer[]> {
  return db('document_signers')
    .whereRaw('sha256 = any(?)', [[...hashes]])
    .pluck<Buffer[]>('sha256');
}
