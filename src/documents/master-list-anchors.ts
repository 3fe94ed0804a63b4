import { createHash } from 'node:crypto';
import { parseCertificate, type Certificate } from './certificates.ts';
import { FormatRefusal } from './format-refusal.ts';
import { signatureHolds } from './signatures.ts';
import { sameCountry } from './state-codes.ts';

/** A listed certificate that is a CSCA's as far as it says itself; whether to trust it is another question. */
export interface ListedAnchor {
  certificate: Certificate;
  /** C of the subject, upper case. */
  country: string;
  /** Its own key signed it. By the signature: two of three link certificates name themselves as issuer too. */
  selfSigned: boolean;
}

/** A listed certificate that is no anchor, and why; `position` counts from 0. */
export interface RefusedCertificate {
  position: number;
  sha256: string;
  country: string | null;
  reason: string;
}

export interface ListedAnchors {
  anchors: readonly ListedAnchor[];
  refused: readonly RefusedCertificate[];
  /** SHA-256 of certificates that stand in the list more than once. */
  duplicates: readonly string[];
}

/** KeyUsage bit keyCertSign (RFC 5280 §4.2.1.3). */
const KEY_CERT_SIGN = 5;

/**
 * The certificates of a master list, one by one: a bad one is refused by name and the others stay. Yields before each
 * signature check, so that the caller can let other work through; `runSteps` runs it in one go.
 */
export function* readListedAnchors(
  certificates: readonly Buffer[],
): Generator<void, ListedAnchors, void> {
  const anchors = new Map<string, ListedAnchor>();
  const refused = new Map<string, RefusedCertificate>();
  const duplicates = new Set<string>();
  for (const [position, der] of certificates.entries()) {
    const sha256 = createHash('sha256').update(der).digest('hex');
    if (anchors.has(sha256) || refused.has(sha256)) {
      duplicates.add(sha256);
      continue;
    }
    yield;
    const read = readAnchor(der);
    if ('reason' in read) refused.set(sha256, { position, sha256, ...read });
    else anchors.set(sha256, read);
  }
  return {
    anchors: [...anchors.values()],
    refused: [...refused.values()],
    duplicates: [...duplicates],
  };
}

function readAnchor(der: Buffer): ListedAnchor | { country: string | null; reason: string } {
  let country: string | null = null;
  try {
    const certificate = parseCertificate(der);
    country = stateOf(certificate);
    if (country === null) return { country, reason: 'names_no_state' };
    if (!certifies(certificate)) return { country, reason: 'not_a_ca' };
    if (certificate.extensions.unknownCritical) {
      return { country, reason: 'unknown_critical_extension' };
    }
    // Throws for a key that we refuse: that must be named here, not found out when a passport needs it.
    return { country, selfSigned: keySigned(certificate, certificate), certificate };
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return { country, reason: refusal.reason };
    throw refusal;
  }
}

/** C of the subject: two or three letters, upper case; null where there is none. */
export function stateOf(certificate: Certificate): string | null {
  const country = certificate.subject.country?.toUpperCase();
  return country !== undefined && /^[A-Z]{2,3}$/.test(country) ? country : null;
}

/**
 * Whether a certificate says that its key may certify. Eight published CSCA certificates (BE, CM, IT, LU, PT, TR) leave
 * basicConstraints at its default, but say keyCertSign; one that says neither, or denies the usage, is no CSCA's.
 */
export function certifies({ extensions: { isCa, keyUsage } }: Certificate): boolean {
  return keyUsage === undefined ? isCa : keyUsage[KEY_CERT_SIGN] === true;
}

/** Whether `issuer`'s key made the signature of `certificate`; a key that we refuse never did. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return keySigned(certificate, issuer);
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return false;
    throw refusal;
  }
}

function keySigned(certificate: Certificate, { publicKey }: Certificate): boolean {
  const { algorithm, signed: data, signature } = certificate;
  return signatureHolds({ publicKey, algorithm, data, signature });
}

/**
 * Trust carried on by link certificates (Doc 9303-12 §7.1.1): SHA-256 of each candidate that a trusted key signed, to
 * SHA-256 of a certificate of that key. A candidate's own key counts as trusted from then on. The issuer that the
 * candidate names must be of the trusted certificate's state (BM and GB certify each other); the signature decides.
 */
export function* extendTrust(input: {
  trusted: readonly Certificate[];
  candidates: readonly Certificate[];
}): Generator<void, ReadonlyMap<string, string>, void> {
  const links = new Map<string, string>();
  let newlyTrusted = byFingerprint(input.trusted);
  let open = byFingerprint(input.candidates);
  while (newlyTrusted.length > 0 && open.length > 0) {
    const linked: Certificate[] = [];
    for (const candidate of open) {
      const issuer = yield* signerAmong(candidate, newlyTrusted);
      if (issuer === null) continue;
      links.set(candidate.fingerprint, issuer.fingerprint);
      linked.push(candidate);
    }
    open = open.filter((candidate) => !links.has(candidate.fingerprint));
    newlyTrusted = linked;
  }
  return links;
}

function* signerAmong(
  candidate: Certificate,
  trusted: readonly Certificate[],
): Generator<void, Certificate | null, void> {
  const { country } = candidate.issuer;
  const { authorityKeyId } = candidate.extensions;
  if (country === undefined) return null;
  const able = trusted.filter(
    (issuer) =>
      issuer.subject.country !== undefined &&
      sameCountry(issuer.subject.country, country) &&
      certifies(issuer),
  );
  const named = able.filter(({ extensions }) => extensions.subjectKeyId === authorityKeyId);
  for (const issuer of [...named, ...able.filter((other) => !named.includes(other))]) {
    yield;
    if (isSignedBy(candidate, issuer)) return issuer;
  }
  return null;
}

/** One order whatever the list's: the same store and list give the same answer. */
function byFingerprint(certificates: readonly Certificate[]): Certificate[] {
  return certificates.toSorted((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1));
}

/** Runs stepwise work to its end in one go. */
export function runSteps<Result>(work: Generator<void, Result, void>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
