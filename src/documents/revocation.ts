import { sameName, type Certificate } from './certificates.ts';
import { FormatRefusal } from './format-refusal.ts';
import type { RevocationList } from './revocation-lists.ts';
import { signatureHolds } from './signatures.ts';
import { sameCountry } from './state-codes.ts';

export type RevocationStatus =
  | { status: 'good'; crl: RevocationList }
  | { status: 'revoked'; crl: RevocationList }
  | { status: 'stale'; crl: RevocationList }
  | { status: 'unavailable' };

export interface RevocationInput {
  signer: Certificate;
  issuer: Certificate;
  anchors: readonly Certificate[];
  crls: readonly RevocationList[];
  now: Date;
}

/** Clocks of issuers run ahead by no more than this. */
export const LIST_CLOCK_SKEW_MS = 24 * 3600 * 1000;

/**
 * Whether the document signer is revoked (Doc 9303-12 §7.1.4; RFC 5280 §6.3). A list counts if its issuer is the CSCA by
 * name, and a trusted key of that state signed it: after a CSCA changes keys its new key signs one list for all.
 * Being listed counts on a stale list too; being absent counts only on a fresh and whole one.
 */
export function revocationOf(input: RevocationInput): RevocationStatus {
  const { signer, issuer, now } = input;
  const applicable = input.crls
    .filter((crl) => covers(crl, issuer))
    .filter((crl) => isAuthentic(crl, input))
    .toSorted((one, other) => other.thisUpdate - one.thisUpdate);
  const listing = applicable.find((crl) => crl.revoked.has(signer.serial));
  if (listing !== undefined) return { status: 'revoked', crl: listing };
  const fresh = applicable.find((crl) => isFresh(crl, now.getTime()));
  if (fresh !== undefined) return { status: 'good', crl: fresh };
  const [newest] = applicable;
  return newest === undefined ? { status: 'unavailable' } : { status: 'stale', crl: newest };
}

function covers(crl: RevocationList, issuer: Certificate): boolean {
  const { authorityKeyId } = crl;
  const byKey = authorityKeyId !== undefined && authorityKeyId === issuer.extensions.subjectKeyId;
  return byKey || sameName(crl.issuer, issuer.subject);
}

function isAuthentic(crl: RevocationList, { issuer, anchors }: RevocationInput): boolean {
  return [issuer, ...anchors]
    .filter((anchor) => anchor === issuer || isSameState(anchor, issuer))
    .some((anchor) => isListSignedBy(crl, anchor));
}

/** Answers by the identity of parsed list and anchor: one list serves every document of its state. */
const signedBy = new WeakMap<RevocationList, WeakMap<Certificate, boolean>>();

/** Whether this anchor's key signed the list; a key or an algorithm that we refuse never did. */
export function isListSignedBy(crl: RevocationList, anchor: Certificate): boolean {
  const answers = signedBy.get(crl) ?? new WeakMap<Certificate, boolean>();
  signedBy.set(crl, answers);
  const known = answers.get(anchor);
  if (known !== undefined) return known;
  const holds = listSignatureHolds(crl, anchor);
  answers.set(anchor, holds);
  return holds;
}

function listSignatureHolds(crl: RevocationList, anchor: Certificate): boolean {
  try {
    return signatureHolds({
      publicKey: anchor.publicKey,
      algorithm: crl.algorithm,
      data: crl.signed,
      signature: crl.signature,
    });
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return false;
    throw refusal;
  }
}

function isSameState(one: Certificate, other: Certificate): boolean {
  const [first, second] = [one.subject.country, other.subject.country];
  return first !== undefined && second !== undefined && sameCountry(first, second);
}

function isFresh(crl: RevocationList, now: number): boolean {
  if (crl.partial || crl.nextUpdate === undefined) return false;
  return crl.thisUpdate <= now + LIST_CLOCK_SKEW_MS && now < crl.nextUpdate;
}
