import { findAnchorIn } from '../documents/certificate-chain.ts';
import type { Certificate } from '../documents/certificates.ts';
import { anchorIndexOf, readableCertificates, readableLists } from '../documents/parsed-trust.ts';
import type { RevocationList } from '../documents/revocation-lists.ts';
import { revocationOf } from '../documents/revocation.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { currentCrls, environmentsOf, trustedAnchors } from './chip-trust.ts';
import { signersByHash, signersBySerial } from './document-signer-store.ts';
import { storedAnchors } from './store.ts';

/** Which signers are judged: one by its SHA-256 (lower-case hex), or all that some list in force names. */
export type SignersJudged = { signer: string } | 'all';

/**
 * The kept document signers that a revocation list in force names, by SHA-256 in lower-case hex. They are judged as `verifyChip`
 * judges them (RFC 5280 §6.3): same lists, same keys. Only who issued them may be an anchor that counts no more: who was
 * revoked under it stays revoked.
 */
export async function revokedSigners(
  db: Db | Tx,
  app: Pick<App, 'config' | 'clock'>,
  judged: SignersJudged,
): Promise<string[]> {
  const crls = readableLists(await currentCrls(db, app));
  const environments = environmentsOf(app);
  const kept =
    judged === 'all'
      ? await signersNamedIn(db, crls)
      : await signersByHash(db, [Buffer.from(judged.signer, 'hex')]);
  const signers = readableCertificates(kept);
  if (signers.length === 0) return [];
  const anchors = readableCertificates(await trustedAnchors(db, app));
  const issuers = (await storedAnchors(db)).filter(({ environment }) =>
    environments.includes(environment),
  );
  const index = anchorIndexOf(issuers.map((anchor) => anchor.certificate));
  const now = app.clock.now();
  const isRevoked = (signer: Certificate) => {
    const issuer = findAnchorIn(signer, index);
    if (!issuer.ok) return false;
    return revocationOf({ signer, issuer: issuer.anchor, anchors, crls, now }).status === 'revoked';
  };
  return [...new Set(signers.filter(isRevoked).map(({ fingerprint }) => fingerprint))];
}

/** Serial numbers asked about at once: a list may name a hundred thousand, and other requests wait in between. */
const SERIALS_AT_ONCE = 5_000;

/** Kept signers with a serial number that a list names, of whatever issuer; twice where two lists do. */
async function signersNamedIn(db: Db | Tx, lists: readonly RevocationList[]): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (const { revoked } of lists) {
    for (let from = 0; from < revoked.size; from += SERIALS_AT_ONCE) {
      found.push(...(await signersBySerial(db, revoked.slice(from, from + SERIALS_AT_ONCE))));
    }
  }
  return found;
}
