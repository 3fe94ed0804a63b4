import { hash } from 'node:crypto';
import { childrenOf, contentOf, rawOf, readOnly, type Element } from './ber.ts';
import {
  expectTag,
  integerOctets,
  octetsOf,
  oidOf,
  sequenceOf,
  smallIntegerOf,
  Tag,
  timeOf,
} from './asn1-values.ts';
import {
  distinguishedNameOf,
  parseCertificate,
  sameNameExactly,
  type Certificate,
  type DistinguishedName,
} from './certificates.ts';
import { FormatRefusal, malformed, unsupported } from './format-refusal.ts';
import {
  hashAlgorithmOf,
  signatureAlgorithmOf,
  type HashName,
  type SignatureAlgorithm,
} from './signature-algorithms.ts';
import { signatureHolds } from './signatures.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
export const ID_DATA = '1.2.840.113549.1.7.1';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const MAX_CERTIFICATES = 20;

/** A CMS SignedData with exactly one signer (RFC 5652 §5; Doc 9303-10 §4.6.2.2). */
export interface SignedData {
  contentType: string;
  /** The signed content, exactly. */
  content: Buffer;
  signer: SignerInfo;
  certificates: readonly Certificate[];
  /** Why an embedded certificate could not be read, if one could not. */
  unreadable?: FormatRefusal;
}

export interface SignerInfo {
  id: { issuer: DistinguishedName; serial: string } | { keyId: string };
  digest: HashName;
  algorithm: SignatureAlgorithm;
  signature: Buffer;
  /** The signed attributes, re-tagged as the SET that is signed (RFC 5652 §5.4); absent where there are none. */
  signedAttributes?: Buffer;
}

export function parseSignedData(contentInfo: Element): SignedData {
  const [type, wrapper, ...more] = sequenceOf(contentInfo, 'bad_cms');
  if (oidOf(type) !== SIGNED_DATA || more.length > 0) throw malformed('not_signed_data');
  const [signedData, ...rest] = childrenOf(expectTag(wrapper, 0xa0, 'bad_cms'));
  if (rest.length > 0) throw malformed('bad_cms');
  const [version, digests, encapsulated, ...optional] = sequenceOf(signedData, 'bad_cms');
  const certificates = optional[0]?.tag === 0xa0 ? optional.shift() : undefined;
  if (optional[0]?.tag === 0xa1) optional.shift();
  const [signers, ...unexpected] = optional;
  if (unexpected.length > 0) throw malformed('bad_cms');
  const [signer, ...others] = childrenOf(expectTag(signers, Tag.set, 'bad_cms'));
  if (signer === undefined || others.length > 0) throw malformed('not_exactly_one_signer');
  const content = contentOfEncapsulated(encapsulated);
  const info = signerInfoOf(signer);
  requireVersion(version, content.contentType, info);
  requireDigestListed(digests, info.digest);
  return { ...content, signer: info, ...certificatesOf(certificates) };
}

/** RFC 5652 §5.1: 3 for any content other than id-data and for a signer by key identifier, else 1. No signature covers it. */
function requireVersion(version: Element | undefined, contentType: string, info: SignerInfo): void {
  const three = contentType !== ID_DATA || 'keyId' in info.id;
  const number = smallIntegerOf(version, 'bad_cms_version');
  if (number !== 3 && (three || number !== 1)) throw malformed('bad_cms_version');
}

/** RFC 5652 §5.1 lets a verifier refuse a digest algorithm that the list leaves out; the list is not signed either. */
function requireDigestListed(list: Element | undefined, digest: HashName): void {
  const listed = childrenOf(expectTag(list, Tag.set, 'bad_cms')).map((item) =>
    hashAlgorithmOf(item),
  );
  if (!listed.includes(digest)) throw malformed('digest_algorithm_not_listed');
}

function contentOfEncapsulated(element: Element | undefined): {
  contentType: string;
  content: Buffer;
} {
  const [type, wrapper, ...rest] = sequenceOf(element, 'bad_encapsulated_content');
  if (rest.length > 0) throw malformed('bad_encapsulated_content');
  const inner = childrenOf(expectTag(wrapper, 0xa0, 'content_missing'));
  if (inner.length !== 1) throw malformed('bad_encapsulated_content');
  return { contentType: oidOf(type), content: octetsOf(inner[0], 'bad_encapsulated_content') };
}

/** An embedded certificate that cannot be read matters only if it is the signer's: then it is the reason. */
function certificatesOf(set: Element | undefined): {
  certificates: Certificate[];
  unreadable?: FormatRefusal;
} {
  const certificates: Certificate[] = [];
  let unreadable: FormatRefusal | undefined;
  const elements = set === undefined ? [] : childrenOf(set);
  if (elements.length > MAX_CERTIFICATES) throw malformed('too_many_certificates');
  for (const element of elements) {
    try {
      certificates.push(parseCertificate(rawOf(element)));
    } catch (refusal) {
      if (!(refusal instanceof FormatRefusal)) throw refusal;
      unreadable ??= refusal;
    }
  }
  return { certificates, ...(unreadable === undefined ? {} : { unreadable }) };
}

function signerInfoOf(element: Element): SignerInfo {
  const fields = sequenceOf(element, 'bad_signer_info');
  const [version, id, digestAlgorithm, ...rest] = fields;
  // RFC 5652 §5.3: 1 for issuer and serial number, 3 for a key identifier.
  if (smallIntegerOf(version) !== (id?.tag === 0x80 ? 3 : 1)) throw malformed('bad_signer_info');
  const digest = hashAlgorithmOf(digestAlgorithm);
  const attributes = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  const [algorithm, signature, unsigned, ...unexpected] = rest;
  if (unexpected.length > 0 || (unsigned !== undefined && unsigned.tag !== 0xa1)) {
    throw malformed('bad_signer_info');
  }
  return {
    id: signerIdOf(id),
    digest,
    algorithm: signatureAlgorithmOf(algorithm, digest),
    signature: octetsOf(signature, 'bad_signature_octets'),
    ...(attributes === undefined ? {} : { signedAttributes: retagged(attributes) }),
  };
}

function signerIdOf(element: Element | undefined): SignerInfo['id'] {
  if (element?.tag === 0x80) return { keyId: contentOf(element).toString('hex') };
  const [issuer, serial, ...rest] = sequenceOf(element, 'bad_signer_id');
  if (rest.length > 0) throw malformed('bad_signer_id');
  return {
    issuer: distinguishedNameOf(issuer),
    serial: integerOctets(serial).toString('hex'),
  };
}

/**
 * RFC 5652 §5.4: what is signed has the SET tag instead of [0]. Only that one octet changes; attributes in an
 * indefinite length would need re-encoding, so they are refused.
 */
function retagged(attributes: Element): Buffer {
  const raw = Buffer.from(rawOf(attributes));
  if (raw[1] === 0x80) throw unsupported('indefinite_signed_attributes');
  raw[0] = Tag.set;
  return raw;
}

/** The certificates that the signer's identifier names: embedded ones, or else those of a store. */
export function signerCertificatesOf(
  signed: SignedData,
  stored: readonly Certificate[] = [],
): readonly Certificate[] {
  const { id } = signed.signer;
  const named = (certificate: Certificate) =>
    'keyId' in id
      ? certificate.extensions.subjectKeyId === id.keyId
      : certificate.serial === id.serial && sameNameExactly(certificate.issuer, id.issuer);
  const embedded = signed.certificates.find(named);
  return embedded === undefined ? stored.filter(named) : [embedded];
}

/**
 * The certificate that the signer names. Of several stored ones (an issuer may use a number again) the one whose key made
 * the signature.
 */
export function signerCertificateOf(
  signed: SignedData,
  stored: readonly Certificate[] = [],
): Certificate {
  const candidates = signerCertificatesOf(signed, stored);
  const found =
    candidates.length > 1
      ? candidates.find((candidate) => signerSignatureHolds(signed, candidate))
      : undefined;
  const certificate = found ?? candidates[0];
  if (certificate !== undefined) return certificate;
  throw signed.unreadable ?? unsupported('signer_certificate_missing');
}

export type SignedAttributesResult =
  | { ok: true; signingTime?: number }
  | {
      ok: false;
      reason:
        | 'attributes_missing'
        | 'attribute_not_once'
        | 'content_type_differs'
        | 'digest_differs';
    };

/**
 * RFC 5652 §5.3, §11: contentType and messageDigest once each, with one value each, in any order, equal to the content's.
 * No attributes at all is allowed for id-data only.
 */
export function checkSignedAttributes(signed: SignedData): SignedAttributesResult {
  const { signedAttributes, digest } = signed.signer;
  if (signedAttributes === undefined) {
    return signed.contentType === ID_DATA
      ? { ok: true }
      : { ok: false, reason: 'attributes_missing' };
  }
  const values = new Map<string, Element>();
  for (const attribute of childrenOf(readOnly(signedAttributes))) {
    const [type, set] = sequenceOf(attribute, 'bad_signed_attribute');
    const oid = oidOf(type);
    const [value, ...others] = childrenOf(expectTag(set, Tag.set, 'bad_signed_attribute'));
    const once = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME].includes(oid);
    if (once && (value === undefined || others.length > 0 || values.has(oid))) {
      return { ok: false, reason: 'attribute_not_once' };
    }
    if (value !== undefined) values.set(oid, value);
  }
  const [contentType, messageDigest] = [values.get(CONTENT_TYPE), values.get(MESSAGE_DIGEST)];
  if (contentType === undefined || messageDigest === undefined) {
    return { ok: false, reason: 'attributes_missing' };
  }
  if (oidOf(contentType) !== signed.contentType)
    return { ok: false, reason: 'content_type_differs' };
  const stated = octetsOf(messageDigest, 'bad_signed_attribute').toString('hex');
  if (hash(digest, signed.content) !== stated) {
    return { ok: false, reason: 'digest_differs' };
  }
  const signingTime = values.get(SIGNING_TIME);
  return signingTime === undefined ? { ok: true } : { ok: true, signingTime: timeOf(signingTime) };
}

/** Whether the signer's signature holds under this certificate's key. Says nothing about whether to trust the key. */
export function signerSignatureHolds(signed: SignedData, certificate: Certificate): boolean {
  const { signer } = signed;
  return signatureHolds({
    publicKey: certificate.publicKey,
    algorithm: signer.algorithm,
    data: signer.signedAttributes ?? signed.content,
    signature: signer.signature,
  });
}
