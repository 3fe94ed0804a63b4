import { wasValid } from './certificate-chain.ts';
import { parseCertificate, type Certificate } from './certificates.ts';
import { FormatRefusal } from './format-refusal.ts';
import { certifies, isSignedBy } from './master-list-anchors.ts';
import type { MasterList } from './master-lists.ts';
import { sameCountry } from './state-codes.ts';

export type ListSignerResult =
  /** `path`: the pinned root first, then the link certificates if any; the last one's key signed the list signer. */
  { ok: true; path: readonly Certificate[] } | { ok: false; reason: ListSignerRefusal };

export type ListSignerRefusal =
  | 'root_is_no_ca'
  | 'root_not_valid_today'
  | 'signer_is_a_ca'
  | 'signer_may_not_sign'
  | 'signer_has_unknown_critical_extension'
  | 'signer_of_another_state'
  | 'signer_not_valid_today'
  | 'signer_not_valid_at_signing'
  | 'signed_in_the_future'
  | 'signer_not_under_root';

const DIGITAL_SIGNATURE = 0;
/** Signing clocks run ahead by no more than this. */
const SKEW_MS = 24 * 3600 * 1000;
/** A CSCA changes its key every three to five years (Doc 9303-12 §4.1): four links are a pinned root of 12 years. */
const MAX_LINKS = 4;
/** Whoever makes a list chooses its certificates and keys: so what they can make us read and verify is bounded. */
const MAX_ISSUERS_READ = 64;
const MAX_VERIFICATIONS = 16;

/**
 * Whether the signer of a list stands under the root that we pin (Doc 9303-12 §7.1, §9): by its signature, or over link
 * certificates, each signed by the key before it. Names and key identifiers only choose whom to ask.
 */
export function judgeListSigner(input: {
  list: MasterList;
  root: Certificate;
  now: Date;
}): ListSignerResult {
  const { list, root, now } = input;
  const reason = rootRefusal(root, now) ?? signerRefusal(list, root, now);
  if (reason !== null) return { ok: false, reason };
  const pool = [...list.enclosed.map(({ raw }) => raw), ...list.certificates];
  const search = { root, pool, now: now.getTime(), verificationsLeft: MAX_VERIFICATIONS };
  const path = pathFromRoot(list.signer, MAX_LINKS, search);
  return path === null ? { ok: false, reason: 'signer_not_under_root' } : { ok: true, path };
}

function rootRefusal(root: Certificate, now: Date): ListSignerRefusal | null {
  if (!certifies(root)) return 'root_is_no_ca';
  return wasValid(root, now.getTime()) ? null : 'root_not_valid_today';
}

/** Doc 9303-12 Table 7, column of the list signer. `parseMasterList` has asked for the extended key usage. */
function signerRefusal(list: MasterList, root: Certificate, now: Date): ListSignerRefusal | null {
  const { signer, signingTime } = list;
  const { isCa, keyUsage, unknownCritical } = signer.extensions;
  if (isCa) return 'signer_is_a_ca';
  if (keyUsage !== undefined && keyUsage[DIGITAL_SIGNATURE] !== true) return 'signer_may_not_sign';
  if (unknownCritical) return 'signer_has_unknown_critical_extension';
  const [state, rootState] = [signer.subject.country, root.subject.country];
  if (state === undefined || rootState === undefined || !sameCountry(state, rootState)) {
    return 'signer_of_another_state';
  }
  if (!wasValid(signer, now.getTime())) return 'signer_not_valid_today';
  if (signingTime === undefined) return null;
  if (signingTime > now.getTime() + SKEW_MS) return 'signed_in_the_future';
  return wasValid(signer, signingTime) ? null : 'signer_not_valid_at_signing';
}

interface Search {
  root: Certificate;
  /** What the envelope carries and the list holds, DER: link certificates stand in either. */
  pool: readonly Buffer[];
  now: number;
  verificationsLeft: number;
}

/** From the signer back to the root: one step finds a certificate whose key signed the one before. */
function pathFromRoot(
  certificate: Certificate,
  linksLeft: number,
  search: Search,
): Certificate[] | null {
  if (holds(certificate, search.root, search)) return [search.root];
  if (linksLeft === 0) return null;
  for (const link of issuersNamedBy(certificate, search)) {
    if (!holds(certificate, link, search)) continue;
    const path = pathFromRoot(link, linksLeft - 1, search);
    if (path !== null) return [...path, link];
  }
  return null;
}

function holds(certificate: Certificate, issuer: Certificate, search: Search): boolean {
  if (--search.verificationsLeft < 0) return false;
  return isSignedBy(certificate, issuer);
}

/**
 * Those with the key identifier first, then those with the name; looked for in the octets, so that few are read. A
 * certificate that its own key signed leads nowhere but to itself.
 */
function issuersNamedBy(certificate: Certificate, { pool, now }: Search): Certificate[] {
  const keyId = Buffer.from(certificate.extensions.authorityKeyId ?? '', 'hex');
  const byKey = new Set(keyId.length === 0 ? [] : pool.filter((der) => der.includes(keyId)));
  const byName = pool.filter((der) => !byKey.has(der) && der.includes(certificate.issuer.raw));
  return [...byKey, ...byName]
    .slice(0, MAX_ISSUERS_READ)
    .flatMap((der) => readable(der))
    .filter((link) => {
      const { isCa, subjectKeyId, authorityKeyId } = link.extensions;
      const ofOwnKey = subjectKeyId !== undefined && subjectKeyId === authorityKeyId;
      return isCa && certifies(link) && wasValid(link, now) && !ofOwnKey;
    });
}

function readable(der: Buffer): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return [];
    throw refusal;
  }
}
