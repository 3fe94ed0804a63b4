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
const MAX_ELEMENTS = 200_000;

export interface MasterList {
  signer: Certificate;
  /** CSCA certificates, DER. */
  certificates: readonly Buffer[];
}

/**
 * A CSCA master list (Doc 9303-12 §9) whose signature holds under the list signer that it carries. That says who must be
 * asked, not whether to trust: the caller chains `signer` to a root that it pins.
 */
export function parseMasterList(bytes: Buffer): MasterList {
  const signed = parseSignedData(readOnly(bytes, { rules: 'ber', maxElements: MAX_ELEMENTS }));
  if (signed.contentType !== MASTER_LIST) throw malformed('not_a_master_list');
  const signer = signerCertificateOf(signed);
  if (signer.extensions.extendedKeyUsage?.includes(LIST_SIGNER) !== true) {
    throw malformed('not_a_list_signer');
  }
  const attributes = checkSignedAttributes(signed);
  if (!attributes.ok) throw malformed(attributes.reason);
  if (!signerSignatureHolds(signed, signer)) throw malformed('signature_wrong');
  const content = readOnly(signed.content, { maxElements: MAX_ELEMENTS });
  const [version, list, ...rest] = sequenceOf(content, 'bad_master_list');
  if (smallIntegerOf(version) !== 0 || rest.length > 0) throw malformed('bad_master_list');
  const elements = childrenOf(expectTag(list, Tag.set, 'bad_master_list'));
  return { signer, certificates: elements.map((element) => rawOf(element)) };
}
