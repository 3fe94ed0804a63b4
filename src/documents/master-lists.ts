import { createHash } from 'node:crypto';
import { childrenOf, rawOf, readOnly } from './ber.ts';
import { expectTag, sequenceOf, smallIntegerOf, Tag } from './asn1-values.ts';
import {
  checkSignedAttributes,
  parseSignedData,
  signerCertificateOf,
  signerSignatureHolds,
} from './cms.ts';
import { malformed } from './format-refusal.ts';
import type { Certificate } from './certificates.ts';

const MASTER_LIST = '2.23.136.1.1.2';
const LIST_SIGNER = '2.23.136.1.1.3';
/** The largest published list is below 1 MB and 600 certificates. */
export const MAX_MASTER_LIST_BYTES = 8 * 1024 * 1024;
const MAX_CERTIFICATES = 2000;
const MAX_ELEMENTS = 20_000;

export interface MasterList {
  /** SHA-256 of the list as it came, lower-case hex. */
  fingerprint: string;
  signer: Certificate;
  /** Every certificate that the CMS envelope carries, `signer` too. Being there makes none of them trusted. */
  enclosed: readonly Certificate[];
  /** When the signer says it signed, in milliseconds since 1970. */
  signingTime?: number;
  /** The listed CSCA certificates, DER, in the list's order; none of them judged yet. */
  certificates: readonly Buffer[];
}

/**
 * A CSCA master list (Doc 9303-12 §9) whose signature holds under the list signer that it carries. That says who must be
 * asked, not whether to trust: the caller chains `signer` to a root that it pins (`judgeListSigner`). Refuses
 * bytes after the list or inside it, and more than 8 MiB or 2000 certificates.
 */
export function parseMasterList(bytes: Buffer): MasterList {
  if (bytes.length > MAX_MASTER_LIST_BYTES) throw malformed('master_list_too_large');
  const signed = parseSignedData(readOnly(bytes, { rules: 'ber', maxElements: MAX_ELEMENTS }));
  if (signed.contentType !== MASTER_LIST) throw malformed('not_a_master_list');
  const signer = signerCertificateOf(signed);
  if (signer.extensions.extendedKeyUsage?.includes(LIST_SIGNER) !== true) {
    throw malformed('not_a_list_signer');
  }
  const attributes = checkSignedAttributes(signed);
  if (!attributes.ok) throw malformed(attributes.reason);
  if (!signerSignatureHolds(signed, signer)) throw malformed('signature_wrong');
  const { signingTime } = attributes;
  return {
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    signer,
    enclosed: signed.certificates,
    ...(signingTime === undefined ? {} : { signingTime }),
    certificates: listedCertificates(signed.content),
  };
}

/** CscaMasterList ::= SEQUENCE { version (0), certList SET OF Certificate }. */
function listedCertificates(signedContent: Buffer): Buffer[] {
  const content = readOnly(signedContent, { maxElements: MAX_ELEMENTS });
  const [version, list, ...rest] = sequenceOf(content, 'bad_master_list');
  if (smallIntegerOf(version) !== 0 || rest.length > 0) throw malformed('bad_master_list');
  const elements = childrenOf(expectTag(list, Tag.set, 'bad_master_list'));
  if (elements.length > MAX_CERTIFICATES) throw malformed('too_many_certificates');
  return elements.map((element) => rawOf(element));
}
