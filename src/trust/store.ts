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

/** What a master list brought: trusted, or quarantined for a reason. */
export interface ImportedAnchorRow extends AnchorRow {
  state: 'trusted' | 'quarantined';
  stateReason: QuarantineReason | null;
  /** SHA-256 of the anchor whose key signed it, which must be there or stand before it. */
  issuedBy: Buffer | null;
}

export type QuarantineReason = 'issuer_unknown' | 'key_withdrawn' | 'specimen';

/** One import at a time: others wait, readers do not. Held until the transaction ends. */
export async function lockAnchors(tx: Tx): Promise<void> {
  await tx.raw('lock table trust_anchors in share row exclusive mode');
}

export interface StoredAnchor {
  sha256: Buffer;
  certificate: Buffer;
  country: string;
  environment: Environment;
  state: 'trusted' | 'quarantined' | 'withdrawn';
  stateReason: QuarantineReason | null;
}

export async function storedAnchors(db: Db | Tx): Promise<StoredAnchor[]> {
  return db('trust_anchors')
    .select<StoredAnchor[]>('sha256', 'certificate', 'country', 'environment', 'state', {
      stateReason: 'state_reason',
    })
    .orderBy('sha256');
}

/** As `storedAnchors`, and which anchor's key signed each. */
export async function storedLinks(
  db: Db | Tx,
): Promise<(StoredAnchor & { issuedBy: Buffer | null })[]> {
  return db('trust_anchors')
    .select<(StoredAnchor & { issuedBy: Buffer | null })[]>(
      'sha256',
      'certificate',
      'country',
      'environment',
      'state',
      { stateReason: 'state_reason', issuedBy: 'issued_by' },
    )
    .orderBy('sha256');
}

/** SHA-256 in hex: the first stop counting for good, the others until a trusted key signs them. */
export async function withdrawAnchors(
  tx: Tx,
  plan: { withdrawn: readonly string[]; orphaned: readonly string[] },
): Promise<void> {
  const hashes = (fingerprints: readonly string[]) =>
    fingerprints.map((fingerprint) => Buffer.from(fingerprint, 'hex'));
  await tx('trust_anchors')
    .whereIn('sha256', hashes(plan.withdrawn))
    .update({ state: 'withdrawn', state_reason: null });
  await tx('trust_anchors')
    .whereIn('sha256', hashes(plan.orphaned))
    .where({ state: 'trusted' })
    .update({ state: 'quarantined', state_reason: 'issuer_unknown', issued_by: null });
}

/** Far below PostgreSQL's 65,535 parameters a statement. */
const ROWS_A_STATEMENT = 500;

export async function insertAnchors(tx: Tx, rows: readonly ImportedAnchorRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await tx('trust_anchors').insert(
      rows.slice(at, at + ROWS_A_STATEMENT).map((row) => ({
        id: row.id,
        sha256: row.sha256,
        certificate: row.certificate,
        country: row.country,
        state: row.state,
        state_reason: row.stateReason,
        issued_by: row.issuedBy,
        environment: row.environment,
        source: row.source,
        not_before: row.notBefore,
        not_after: row.notAfter,
        added_at: row.addedAt,
      })),
    );
  }
}

/** Trusts an anchor that was quarantined only because nobody trusted had signed it yet. */
export async function trustLinkedAnchor(
  tx: Tx,
  { sha256, issuedBy }: { sha256: Buffer; issuedBy: Buffer },
): Promise<void> {
  await tx('trust_anchors')
    .where({ sha256, state: 'quarantined', state_reason: 'issuer_unknown' })
    .update({ state: 'trusted', state_reason: null, issued_by: issuedBy });
}

export interface AnchorTotals {
  anchors: number;
  trusted: number;
  quarantined: number;
  withdrawn: number;
  selfSigned: number;
  links: number;
  /** Quarantined because no trusted key is known to have signed them. */
  orphans: number;
  states: number;
}

export async function anchorTotals(db: Db | Tx): Promise<AnchorTotals> {
  const counted = (condition: string, name: string) =>
    db.raw(`count(*) filter (where ${condition})::int as ??`, [name]);
  const [totals] = await db('trust_anchors').select<AnchorTotals[]>(
    counted('true', 'anchors'),
    counted("state = 'trusted'", 'trusted'),
    counted("state = 'quarantined'", 'quarantined'),
    counted("state = 'withdrawn'", 'withdrawn'),
    counted('issued_by = sha256', 'selfSigned'),
    counted('issued_by <> sha256', 'links'),
    counted("state_reason = 'issuer_unknown'", 'orphans'),
    db.raw('count(distinct country)::int as states'),
  );
  return totals!;
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

/**
 * SHA-256 of each anchor that these environments trust, in one order on every node, and the version of the store. One
 * statement, so that an import beside it never lends its number to the anchors before it.
 */
export async function trustedAnchorHashes(
  db: Db | Tx,
  environments: readonly Environment[],
): Promise<{ version: number; hashes: Buffer[] }> {
  const hashes = db('trust_anchors')
    .select('sha256')
    .where({ state: 'trusted' })
    .whereIn('environment', environments)
    .orderBy('sha256');
  const answer = await db.raw<{ rows: { version: number; hashes: Buffer[] }[] }>(
    `select array(?) as hashes, greatest(0, (select max(version) from anchor_imports),
                                         (select max(version) from anchor_proposals),
                                         (select max(version) from anchor_withdrawals)) as version`,
    [hashes],
  );
  return answer.rows[0]!;
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

/** One import of a list at a time, so that each is compared with the newest. Held until the transaction ends. */
export async function lockRevocationLists(tx: Tx): Promise<void> {
  await tx.raw('lock table revocation_lists in share row exclusive mode');
}

/** What is in force now of this issuer and key: an import that has no later date has the higher number, and came later. */
const NEWEST_FIRST = [
  { column: 'this_update', order: 'desc' },
  { column: 'added_at', order: 'desc' },
  { column: 'sha256' },
] as const;

/** The newest list of an issuer and key, or null. */
export async function newestListOf(
  db: Db | Tx,
  issuerSha256: Buffer,
  environments: readonly Environment[],
): Promise<{ sha256: Buffer; list: Buffer } | null> {
  const [row] = await db('revocation_lists')
    .select<{ sha256: Buffer; list: Buffer }[]>('sha256', 'list')
    .where({ issuer_sha256: issuerSha256 })
    .whereIn('environment', environments)
    .orderBy([...NEWEST_FIRST])
    .limit(1);
  return row ?? null;
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
    .orderBy([{ column: 'issuer_sha256' }, ...NEWEST_FIRST]);
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
