import { createHash, timingSafeEqual } from 'node:crypto';

export type DigestCheck =
  | { ok: true }
  | { ok: false; reason: 'digest_malformed' | 'digest_mismatch' };

/**
 * Whether bytes are those of the request's `Content-Digest: sha-256=:…:` (RFC 9530 §2) or the older
 * `Digest: SHA-256=…` (RFC 3230 §4.3.2). No such header, or one of other algorithms only: nothing to check.
 */
export function checkDigest(
  headers: { contentDigest: string; digest: string },
  bytes: Buffer,
): DigestCheck {
  const wanted = [
    ...sent(headers.contentDigest, /^sha-256=:([A-Za-z0-9+/]{43}=):(?:;.*)?$/i),
    ...sent(headers.digest, /^sha-256=([A-Za-z0-9+/]{43}=)$/i),
  ];
  if (wanted.includes(null)) return { ok: false, reason: 'digest_malformed' };
  const found = createHash('sha256').update(bytes).digest();
  const same = wanted.every((digest) => timingSafeEqual(digest!, found));
  return same ? { ok: true } : { ok: false, reason: 'digest_mismatch' };
}

/** The SHA-256 digests that a header names; null for one that is malformed. */
function sent(header: string, form: RegExp): (Buffer | null)[] {
  return header
    .split(',')
    .map((part) => part.trim())
    .filter((part) => /^sha-256=/i.test(part))
    .map((part) => {
      const [, digest] = form.exec(part) ?? [];
      return digest ? Buffer.from(digest, 'base64') : null;
    });
}
