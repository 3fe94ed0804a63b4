import type { Certificate } from './certificates.ts';
import { signerCertificatesOf } from './cms.ts';
import { FormatRefusal } from './format-refusal.ts';
import { parseSecurityObject } from './security-object.ts';

/** How a SOD names a document signer whose certificate it leaves out: lower-case hex. */
export type SignerReference = { serial: string } | { keyId: string };

/**
 * What to look for in a store of document signers (Doc 9303-10 §4.6.2.2 lets an issuer leave the certificate out); null
 * where the SOD embeds it, or cannot be read.
 */
export function missingSignerOf(sodBytes: Buffer): SignerReference | null {
  try {
    const { signed } = parseSecurityObject(sodBytes);
    if (signerCertificatesOf(signed).length > 0 || signed.unreadable !== undefined) return null;
    const { id } = signed.signer;
    return 'keyId' in id ? { keyId: id.keyId } : { serial: id.serial };
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return null;
    throw refusal;
  }
}

/** The certificate within the SOD that its signer's identifier names, judged in nothing; null where it embeds none, or cannot be read. */
export function embeddedSignerOf(sodBytes: Buffer): Certificate | null {
  try {
    return signerCertificatesOf(parseSecurityObject(sodBytes).signed)[0] ?? null;
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return null;
    throw refusal;
  }
}
