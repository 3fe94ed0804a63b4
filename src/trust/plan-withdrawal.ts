import { parseCertificate, type Certificate } from '../documents/certificates.ts';
import { attempt } from '../documents/findings.ts';
import type { StoredAnchor } from './store.ts';

/** What a withdrawal changes, SHA-256 of each anchor in lower-case hex. */
export interface WithdrawalPlan {
  /** The anchor and every other that holds its key, whatever its state was. */
  withdrawn: readonly string[];
  /** Trusted only because one of those signed them, in one step or over links: nobody vouches for them any more. */
  orphaned: readonly string[];
}

interface StoredLink extends StoredAnchor {
  /** SHA-256 of the anchor whose key signed it. */
  issuedBy: Buffer | null;
}

/**
 * What must no longer count once this anchor does not; pure. It is the key that is distrusted: it stands in self-signed and in
 * link certificates, and a chip finds any of them. Null where the store has no such anchor that still counts or may yet.
 */
export function planWithdrawal(
  stored: readonly StoredLink[],
  sha256: Buffer,
): WithdrawalPlan | null {
  const target = stored.find((anchor) => anchor.sha256.equals(sha256));
  if (target === undefined || target.state === 'withdrawn') return null;
  const key = keyOf(target);
  const withdrawn = new Set(
    stored
      .filter((anchor) => anchor.state !== 'withdrawn')
      .filter((anchor) => anchor === target || (key !== null && keyOf(anchor)?.equals(key)))
      .map((anchor) => anchor.sha256.toString('hex')),
  );
  const orphaned = new Set<string>();
  for (let before = -1; before !== orphaned.size;) {
    before = orphaned.size;
    for (const anchor of stored) {
      const fingerprint = anchor.sha256.toString('hex');
      const issuer = anchor.issuedBy?.toString('hex');
      if (anchor.state !== 'trusted' || withdrawn.has(fingerprint) || issuer === undefined)
        continue;
      if (issuer !== fingerprint && (withdrawn.has(issuer) || orphaned.has(issuer))) {
        orphaned.add(fingerprint);
      }
    }
  }
  return { withdrawn: [...withdrawn], orphaned: [...orphaned] };
}

/** SubjectPublicKeyInfo, normalised; null for a certificate that cannot be read or whose key we refuse. */
function keyOf({ certificate }: StoredAnchor): Buffer | null {
  const parsed = attempt((): Certificate => parseCertificate(certificate));
  if (!parsed.ok) return null;
  const key = attempt(() => parsed.value.publicKey.key.export({ type: 'spki', format: 'der' }));
  return key.ok ? key.value : parsed.value.keyInfo;
}
