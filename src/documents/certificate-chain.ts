import { indexAnchors, namedIssuers, stateIssuers, type AnchorIndex } from './anchor-index.ts';
import type { Certificate } from './certificates.ts';
import { FormatRefusal } from './format-refusal.ts';
import { signatureHolds } from './signatures.ts';

export type ChainResult =
  | { ok: true; anchor: Certificate }
  | { ok: false; reason: 'csca_unknown' | 'csca_key_refused' | 'signed_by_another_key' };

/**
 * Which issuer signed which signer, once computed. One signer stands in thousands of documents. The key is what was compared
 * (both certificates by SHA-256), so a remembered answer can never differ from a new one.
 */
export type VerifiedSigners = Map<string, boolean>;

/** The anchor whose key signed this document signer, among a few: `findAnchorIn` is for many. */
export function findAnchor(signer: Certificate, anchors: readonly Certificate[]): ChainResult {
  return findAnchorIn(signer, indexAnchors(anchors));
}

/**
 * The anchor whose key signed this document signer (Doc 9303-12 §7; RFC 5280 §6.1). Key identifiers are only asked first:
 * the signature always decides. Equal names do not make a certificate self-signed, and link certificates are
 * anchors like others, once the trust store has taken them in.
 */
export function findAnchorIn(
  signer: Certificate,
  index: AnchorIndex,
  verified?: VerifiedSigners,
): ChainResult {
  const named = namedIssuers(signer, index);
  const first = firstHolding(signer, named, verified);
  if (first.holding !== null) return preferred(signer, first.holding, named);
  const sameState = stateIssuers(signer, index);
  const second = firstHolding(signer, sameState, verified);
  if (second.holding !== null) return preferred(signer, second.holding, sameState);
  const refused = first.refused || second.refused;
  if (named.length > 0 && !refused) return { ok: false, reason: 'signed_by_another_key' };
  return { ok: false, reason: refused ? 'csca_key_refused' : 'csca_unknown' };
}

/** Tries each key once, however many certificates hold it. */
function firstHolding(
  signer: Certificate,
  candidates: readonly Certificate[],
  verified: VerifiedSigners | undefined,
): { holding: Certificate | null; refused: boolean } {
  const tried: Buffer[] = [];
  let refused = false;
  for (const candidate of candidates) {
    if (tried.some((key) => key.equals(candidate.keyInfo))) continue;
    tried.push(candidate.keyInfo);
    const answer = isSigned(signer, candidate, verified);
    if (answer === true) return { holding: candidate, refused };
    refused ||= answer === 'key_refused';
  }
  return { holding: null, refused };
}

const MAX_VERIFIED = 20_000;

function isSigned(
  signer: Certificate,
  anchor: Certificate,
  verified: VerifiedSigners | undefined,
): boolean | 'key_refused' {
  const pair = `${signer.fingerprint} ${anchor.fingerprint}`;
  const known = verified?.get(pair);
  if (known !== undefined) return known;
  try {
    const holds = signatureHolds({
      publicKey: anchor.publicKey,
      algorithm: signer.algorithm,
      data: signer.signed,
      signature: signer.signature,
    });
    if (verified !== undefined && verified.size >= MAX_VERIFIED) verified.clear();
    verified?.set(pair, holds);
    return holds;
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return 'key_refused';
    throw refusal;
  }
}

/** One key may stand in several certificates: prefer one valid when the signer was issued, then by fingerprint. */
function preferred(
  signer: Certificate,
  holding: Certificate,
  candidates: readonly Certificate[],
): ChainResult {
  const anchor = candidates
    .filter(({ keyInfo }) => keyInfo === holding.keyInfo || keyInfo.equals(holding.keyInfo))
    .toSorted((one, other) => preference(signer, one, other))[0]!;
  return { ok: true, anchor };
}

function preference(signer: Certificate, one: Certificate, other: Certificate): number {
  const validity =
    Number(wasValid(other, signer.notBefore)) - Number(wasValid(one, signer.notBefore));
  if (validity !== 0) return validity;
  return one.fingerprint < other.fingerprint ? -1 : 1;
}

export function wasValid(certificate: Certificate, at: number): boolean {
  return at >= certificate.notBefore && at <= certificate.notAfter;
}
