import { hash } from 'node:crypto';
import { childrenOf, rawOf, readOnly, type Element } from './ber.ts';
import {
  bitStringOctets,
  expectTag,
  integerOctets,
  sequenceOf,
  smallIntegerOf,
  Tag,
  timeOf,
} from './asn1-values.ts';
import {
  authorityKeyIdOf,
  distinguishedNameOf,
  extensionOf,
  type DistinguishedName,
} from './certificates.ts';
import { malformed } from './format-refusal.ts';
import { NONE_REVOKED, revokedSerialsOf, type RevokedSerials } from './revoked-serials.ts';
import {
  sameAlgorithm,
  signatureAlgorithmOf,
  type SignatureAlgorithm,
} from './signature-algorithms.ts';

/** A certificate revocation list (RFC 5280 §5.1; Doc 9303-12 §7.1.4). Times in milliseconds since 1970. */
export interface RevocationList {
  raw: Buffer;
  fingerprint: string;
  signed: Buffer;
  signature: Buffer;
  algorithm: SignatureAlgorithm;
  issuer: DistinguishedName;
  thisUpdate: number;
  /** Absent in some published lists: such a list is never fresh. */
  nextUpdate?: number;
  authorityKeyId?: string;
  /** CRL number (RFC 5280 §5.2.3); absent where the list has none that is in bounds. */
  number?: bigint;
  revoked: RevokedSerials;
  /** A critical extension that we do not know, or a list that covers only part: not used as proof of "good". */
  partial: boolean;
}

/** Room for the longest list that is read, with long serials and a reason for each; hashing more would hold the event loop. */
const MAX_BYTES = 8 * 1024 * 1024;

export function parseRevocationList(raw: Buffer): RevocationList {
  if (raw.length > MAX_BYTES) throw malformed('crl_too_large');
  const element = readOnly(raw);
  const [tbs, outerAlgorithm, signature, ...rest] = sequenceOf(element, 'bad_crl');
  if (tbs === undefined || rest.length > 0) throw malformed('bad_crl');
  const fields = sequenceOf(tbs, 'bad_crl');
  if (fields[0]?.tag === Tag.integer) {
    if (smallIntegerOf(fields.shift()) !== 1) throw malformed('bad_crl');
  }
  if (!sameAlgorithm(fields[0], outerAlgorithm)) throw malformed('algorithms_differ');
  const [, issuer, thisUpdate, ...optional] = fields;
  const isTime = (field: Element | undefined) =>
    field?.tag === Tag.utcTime || field?.tag === Tag.generalizedTime;
  const nextUpdate = isTime(optional[0]) ? timeOf(optional.shift()) : undefined;
  const revoked =
    optional[0]?.tag === Tag.sequence ? revokedSerialsOf(optional.shift()!) : NONE_REVOKED;
  const extensions = optional[0]?.tag === 0xa0 ? optional.shift() : undefined;
  if (optional.length > 0) throw malformed('bad_crl');
  return {
    raw,
    fingerprint: hash('sha256', raw),
    signed: rawOf(tbs),
    signature: bitStringOctets(signature, 'bad_crl_signature'),
    algorithm: signatureAlgorithmOf(outerAlgorithm),
    issuer: distinguishedNameOf(issuer),
    thisUpdate: timeOf(thisUpdate),
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    revoked,
    ...crlExtensionsOf(extensions),
  };
}

/** Delta lists (2.5.29.27) and issuing distribution points (2.5.29.28) cover a part only. */
function crlExtensionsOf(
  wrapper: Element | undefined,
): Pick<RevocationList, 'authorityKeyId' | 'number' | 'partial'> {
  if (wrapper === undefined) return { partial: false };
  const [list] = childrenOf(wrapper);
  let partial = false;
  let authorityKeyId: string | undefined;
  let number: bigint | undefined;
  for (const element of childrenOf(expectTag(list, Tag.sequence, 'bad_extensions'))) {
    const { oid, critical, value } = extensionOf(element);
    if (oid === '2.5.29.35') authorityKeyId = authorityKeyIdOf(value);
    else if (oid === '2.5.29.20') number = crlNumberOf(value);
    else if (oid === '2.5.29.27' || oid === '2.5.29.28' || critical) partial = true;
  }
  return {
    ...(authorityKeyId === undefined ? {} : { authorityKeyId }),
    ...(number === undefined ? {} : { number }),
    partial,
  };
}

/** At most 20 octets, never negative (RFC 5280 §5.2.3). */
function crlNumberOf(value: Buffer): bigint | undefined {
  const octets = integerOctets(readOnly(value), 'bad_crl_number');
  const inBounds = octets.length <= 20 && octets[0]! < 0x80;
  return inBounds ? BigInt(`0x${octets.toString('hex')}`) : undefined;
}
