import { hash } from 'node:crypto';
import { childrenOf, contentOf, contentText, rawOf, readOnly, type Element } from './ber.ts';
import {
  bitStringOctets,
  booleanOf,
  expectTag,
  integerOctets,
  isText,
  oidOf,
  sequenceOf,
  smallIntegerOf,
  Tag,
  textOf,
  timeOf,
} from './asn1-values.ts';
import { malformed } from './format-refusal.ts';
import { publicKeyOf, type PublicKey } from './public-keys.ts';
import {
  sameAlgorithm,
  signatureAlgorithmOf,
  type SignatureAlgorithm,
} from './signature-algorithms.ts';

/** An X.509 certificate (RFC 5280 §4.1), as far as Doc 9303-12 §7 uses one. Times in milliseconds since 1970. */
export interface Certificate {
  raw: Buffer;
  /** SHA-256, lower-case hex. */
  fingerprint: string;
  /** What is signed, exactly. */
  signed: Buffer;
  signature: Buffer;
  algorithm: SignatureAlgorithm;
  /** Content octets of the serial number, hex. */
  serial: string;
  issuer: DistinguishedName;
  subject: DistinguishedName;
  notBefore: number;
  notAfter: number;
  /** SubjectPublicKeyInfo, as it stands. */
  keyInfo: Buffer;
  /** Imported when first asked for; throws a FormatRefusal for a key that we refuse. */
  readonly publicKey: PublicKey;
  extensions: CertificateExtensions;
}

export interface DistinguishedName {
  raw: Buffer;
  /** Attributes sorted, case and spaces folded (RFC 5280 §7.1). */
  readonly attributes: readonly string[];
  /** Attributes sorted and otherwise as written, string type too. */
  readonly exactAttributes: readonly string[];
  /** `C`, as written. */
  country?: string;
}

export interface CertificateExtensions {
  subjectKeyId?: string;
  authorityKeyId?: string;
  isCa: boolean;
  /** Bits of KeyUsage, first bit first (digitalSignature 0, keyCertSign 5, cRLSign 6); absent where not said. */
  keyUsage?: readonly boolean[];
  privateKeyUsage?: { notBefore?: number; notAfter?: number };
  /** Doc 9303-12 §7.1.1.6: document types that this signer may sign. */
  documentTypes?: readonly string[];
  extendedKeyUsage?: readonly string[];
  unknownCritical: boolean;
}

const COUNTRY = '2.5.4.6';
/** The richest published certificate has some 130; a SOD may carry twenty. */
const MAX_ELEMENTS = 1500;

/**
 * Parses one DER certificate. Refuses bytes after it, and a signature algorithm that differs inside and out. Importing a key
 * costs more than all the rest, so it waits: most of the anchors of a state are never asked.
 */
export function parseCertificate(raw: Buffer): Certificate {
  return certificateOf(readOnly(raw, { maxElements: MAX_ELEMENTS }));
}

function certificateOf(element: Element): Certificate {
  const [tbs, outerAlgorithm, signature, ...rest] = sequenceOf(element, 'bad_certificate');
  if (tbs === undefined || rest.length > 0) throw malformed('bad_certificate');
  const fields = sequenceOf(tbs, 'bad_certificate');
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, innerAlgorithm, issuer, validity, subject, publicKey, ...optional] = fields;
  if (!sameAlgorithm(innerAlgorithm, outerAlgorithm)) throw malformed('algorithms_differ');
  const [notBefore, notAfter, ...moreTimes] = sequenceOf(validity, 'bad_validity');
  if (moreTimes.length > 0) throw malformed('bad_validity');
  const raw = rawOf(element);
  const keyInfo = rawOf(expectTag(publicKey, Tag.sequence, 'bad_public_key'));
  let imported: PublicKey | undefined;
  return {
    raw,
    fingerprint: hash('sha256', raw),
    signed: rawOf(tbs),
    signature: bitStringOctets(signature, 'bad_certificate_signature'),
    algorithm: signatureAlgorithmOf(outerAlgorithm),
    serial: integerOctets(serial, 'bad_serial').toString('hex'),
    issuer: distinguishedNameOf(issuer),
    subject: distinguishedNameOf(subject),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    keyInfo,
    get publicKey() {
      return (imported ??= publicKeyOf(keyInfo));
    },
    extensions: extensionsOf(optional.find((field) => field.tag === 0xa3)),
  };
}

export function distinguishedNameOf(element: Element | undefined): DistinguishedName {
  const parts: { oid: string; value: Element }[] = [];
  let country: string | undefined;
  const name = expectTag(element, Tag.sequence, 'bad_name');
  for (const relative of childrenOf(name)) {
    for (const attribute of childrenOf(expectTag(relative, Tag.set, 'bad_name'))) {
      const [type, value, ...rest] = sequenceOf(attribute, 'bad_name');
      if (value === undefined || rest.length > 0) throw malformed('bad_name');
      const oid = oidOf(type);
      if (!isText(value)) throw malformed('text_expected');
      if (oid === COUNTRY) country ??= textOf(value).trim();
      parts.push({ oid, value });
    }
  }
  let attributes: string[] | undefined;
  let exactAttributes: string[] | undefined;
  return {
    raw: rawOf(name),
    // Most names are compared by their octets only.
    get attributes() {
      return (attributes ??= parts
        .map(
          ({ oid, value }) =>
            `${oid}=${textOf(value).trim().toLowerCase().replaceAll(/\s+/g, ' ')}`,
        )
        .toSorted());
    },
    get exactAttributes() {
      return (exactAttributes ??= parts
        .map(({ oid, value }) => `${oid}=${value.tag}:${textOf(value)}`)
        .toSorted());
    },
    ...(country === undefined ? {} : { country }),
  };
}

/** One name by its octets, or by its attributes in any order and case (RFC 5280 §7.1). */
export function sameName(one: DistinguishedName, other: DistinguishedName): boolean {
  return one.raw.equals(other.raw) || sameList(one.attributes, other.attributes);
}

/** The same attributes, letter for letter, in any order: some signers write their issuer's name in another order (MY). */
export function sameNameExactly(one: DistinguishedName, other: DistinguishedName): boolean {
  return one.raw.equals(other.raw) || sameList(one.exactAttributes, other.exactAttributes);
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

const KNOWN_BUT_UNUSED = new Set([
  '2.5.29.17', // subjectAltName
  '2.5.29.18', // issuerAltName
  '2.5.29.31', // cRLDistributionPoints
  '2.5.29.32', // certificatePolicies
]);

function extensionsOf(wrapper: Element | undefined): CertificateExtensions {
  const found: CertificateExtensions = { isCa: false, unknownCritical: false };
  if (wrapper === undefined) return found;
  const [list, ...rest] = childrenOf(wrapper);
  if (rest.length > 0) throw malformed('bad_extensions');
  const seen = new Set<string>();
  for (const extension of sequenceOf(list, 'bad_extensions')) {
    const { oid, critical, value } = extensionOf(extension);
    if (seen.has(oid)) throw malformed('duplicate_extension');
    seen.add(oid);
    const understood = readExtension(found, oid, value);
    if (!understood && critical && !KNOWN_BUT_UNUSED.has(oid)) found.unknownCritical = true;
  }
  return found;
}

/** Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } (RFC 5280 §4.1). */
export function extensionOf(element: Element): { oid: string; critical: boolean; value: Buffer } {
  const fields = sequenceOf(element, 'bad_extension');
  const hasCritical = fields[1]?.tag === Tag.boolean;
  if (fields.length !== (hasCritical ? 3 : 2)) throw malformed('bad_extension');
  return {
    oid: oidOf(fields[0]),
    critical: hasCritical && booleanOf(fields[1]),
    value: contentOf(expectTag(fields.at(-1), Tag.octetString, 'bad_extension')),
  };
}

function readExtension(found: CertificateExtensions, oid: string, value: Buffer): boolean {
  switch (oid) {
    case '2.5.29.14':
      found.subjectKeyId = contentText(
        expectTag(readOnly(value), Tag.octetString, 'bad_key_id'),
        'hex',
      );
      return true;
    case '2.5.29.35':
      readAuthorityKeyId(found, value);
      return true;
    case '2.5.29.19': {
      const [ca] = sequenceOf(readOnly(value), 'bad_basic_constraints');
      found.isCa = ca?.tag === Tag.boolean && booleanOf(ca);
      return true;
    }
    case '2.5.29.15':
      found.keyUsage = keyUsageOf(readOnly(value));
      return true;
    case '2.5.29.16':
      found.privateKeyUsage = privateKeyUsageOf(readOnly(value));
      return true;
    case '2.5.29.37':
      found.extendedKeyUsage = sequenceOf(readOnly(value), 'bad_key_usage').map((purpose) =>
        oidOf(purpose),
      );
      return true;
    case '2.23.136.1.1.6.2':
      found.documentTypes = documentTypesOf(readOnly(value));
      return true;
    default:
      return false;
  }
}

export function authorityKeyIdOf(value: Buffer): string | undefined {
  const keyId = sequenceOf(readOnly(value), 'bad_key_id').find((field) => field.tag === 0x80);
  return keyId === undefined ? undefined : contentText(keyId, 'hex');
}

function readAuthorityKeyId(found: CertificateExtensions, value: Buffer): void {
  const keyId = authorityKeyIdOf(value);
  if (keyId !== undefined) found.authorityKeyId = keyId;
}

function keyUsageOf(element: Element): boolean[] {
  const content = contentOf(expectTag(element, Tag.bitString, 'bad_key_usage'));
  const unused = content[0] ?? 8;
  if (unused > 7) throw malformed('bad_key_usage');
  const octets = content.subarray(1);
  const bits: boolean[] = [];
  for (let bit = 0; bit < octets.length * 8 - unused; bit++) {
    bits.push(((octets[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1);
  }
  return bits;
}

/** GeneralizedTimes under implicit tags (RFC 3280 §4.2.1.4). */
function privateKeyUsageOf(element: Element): { notBefore?: number; notAfter?: number } {
  const period: { notBefore?: number; notAfter?: number } = {};
  for (const field of sequenceOf(element, 'bad_private_key_usage')) {
    const time = timeOf({ ...field, tag: Tag.generalizedTime });
    if (field.tag === 0x80) period.notBefore = time;
    else if (field.tag === 0x81) period.notAfter = time;
  }
  return period;
}

function documentTypesOf(element: Element): string[] {
  const [version, types] = sequenceOf(element, 'bad_document_types');
  if (smallIntegerOf(version) !== 0) throw malformed('bad_document_types');
  return childrenOf(expectTag(types, Tag.set, 'bad_document_types')).map((type) =>
    textOf(type).replaceAll('<', '').trim(),
  );
}
