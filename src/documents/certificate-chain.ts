import { sameName, type Certificate } from './certificates.ts';
import { FormatRefusal } from './format-refusal.ts';
import { signatureHolds } from './signatures.ts';
import { sameCountry } from './state-codes.ts';

export type ChainResult =
  | { ok: true; anchor: Certificate }
  | { ok: false; reason: 'csca_unknown' | 'csca_key_refused' | 'signed_by_another_key' };

/** KeyUsage bit keyCertSign (RFC 5280 §4.2.1.3). */
const KEY_CERT_SIGN = 5;

/**
 * The anchor whose key signed this document signer (Doc 9303-12 §7; RFC 5280 §6.1). Key identifiers are only asked first:
 * the signature always decides. Equal names do not make a certificate self-signed, and link certificates are
 * anchors like others, once the trust store has taken them in.
 */
export function findAnchor(signer: Certificate, anchors: readonly Certificate[]): ChainResult {
  const able = anchors.filter((anchor) => mayCertify(anchor));
  const named = able.filter((anchor) => isNamedIssuer(signer, anchor));
  const sameState = able.filter((anchor) => !named.includes(anchor) && isSameState(signer, anchor));
  let refused = false;
  const candidates = [...named, ...sameState];
  const holding = candidates.filter((anchor) => {
    const answer = signed(signer, anchor);
    refused ||= answer === 'key_refused';
    return answer === 'yes';
  });
  const anchor = holding.toSorted((one, other) => preference(signer, one, other))[0];
  if (anchor !== undefined) return { ok: true, anchor };
  if (named.length > 0 && !refused) return { ok: false, reason: 'signed_by_another_key' };
  return { ok: false, reason: refused ? 'csca_key_refused' : 'csca_unknown' };
}

/** Old CSCA certificates say nothing about themselves; one that says it is no CA is none. */
function mayCertify(anchor: Certificate): boolean {
  const { keyUsage } = anchor.extensions;
  return keyUsage === undefined || keyUsage[KEY_CERT_SIGN] === true;
}

/** Both the key identifier and the issuer's name point at this anchor: then no other key may have signed. */
function isNamedIssuer(signer: Certificate, anchor: Certificate): boolean {
  const { authorityKeyId } = signer.extensions;
  return authorityKeyId !== undefined && authorityKeyId === anchor.extensions.subjectKeyId;
}

function isSameState(signer: Certificate, anchor: Certificate): boolean {
  if (sameName(signer.issuer, anchor.subject)) return true;
  const [one, other] = [signer.issuer.country, anchor.subject.country];
  return one !== undefined && other !== undefined && sameCountry(one, other);
}

function signed(signer: Certificate, anchor: Certificate): 'yes' | 'no' | 'key_refused' {
  try {
    const holds = signatureHolds({
      publicKey: anchor.publicKey,
      algorithm: signer.algorithm,
      data: signer.signed,
      signature: signer.signature,
    });
    return holds ? 'yes' : 'no';
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return 'key_refused';
    throw refusal;
  }
}

/** One key may stand in several certificates: prefer one valid when the signer was issued, then by fingerprint. */
function preference(signer: Certificate, one: Certificate, other: Certificate): number {
  const validity =
    Number(wasValid(other, signer.notBefore)) - Number(wasValid(one, signer.notBefore));
  if (validity !== 0) return validity;
  return one.fingerprint < other.fingerprint ? -1 : 1;
}

export function wasValid(certificate: Certificate, at: number): boolean {
  return at >= certificate.notBefore && at <= certificate.notAfter;
}
