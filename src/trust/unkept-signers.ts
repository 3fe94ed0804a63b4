import type { Db, Tx } from '../lib/database.ts';
import { keptSignerHashes } from './document-signer-store.ts';

/** Which of these signers (SHA-256, lower-case hex) the store has no certificate of: no revocation list can be held against them. */
export async function unkeptSigners(
  db: Db | Tx,
  fingerprints: readonly string[],
): Promise<ReadonlySet<string>> {
  const kept = await keptSignerHashes(
    db,
    fingerprints.map((fingerprint) => Buffer.from(fingerprint, 'hex')),
  );
  const known = new Set(kept.map((sha256) => sha256.toString('hex')));
  return new Set(fingerprints.filter((fingerprint) => !known.has(fingerprint)));
}
