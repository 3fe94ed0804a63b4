import type { Certificate } from './certificates.ts';
import { attempt, finding, passed, type Finding } from './findings.ts';
import type { SealedFacts } from './seal-binding.ts';
import type { SealFindings } from './seal-decision-table.ts';
import { describeSealSignature, type SealKey } from './seal-signature.ts';
import { sealKeyOf, type SealSignerInput } from './seal-signer.ts';
import type { SealContent } from './seal-verdict.ts';
import type { HashName } from './signature-algorithms.ts';

/** What reading one kind of seal gives; `verifySeal` judges the rest of it, whatever the kind. */
export interface SealReading {
  kind: 'vds' | 'vds-nc';
  content: SealContent;
  /** What binds it to papers. */
  facts: SealedFacts;
  signing: SealSigning;
  /** What its signer must be. */
  signer: Pick<SealSignerInput, 'kind' | 'issuingState' | 'signedOn' | 'documentTypes'>;
  findings: Pick<SealFindings, 'document_type' | 'features' | 'dates'>;
}

export interface SealSigning {
  known: Finding;
  signature: Finding;
  signer?: Certificate;
  /** Absent where the signer's key is one that we refuse. */
  key?: SealKey;
  algorithm?: string;
}

/** What the key of a signer says to a signature. A key that we refuse is no key. */
export function signingBy(
  signer: Certificate,
  check: (key: SealKey) => { hash: HashName; signature: Finding },
): SealSigning {
  const key = attempt(() => sealKeyOf(signer));
  if (!key.ok) return { known: passed, signature: key.finding, signer };
  if (key.value === null) {
    return { known: passed, signature: finding('failed', 'signer_key_not_elliptic'), signer };
  }
  const { hash, signature } = check(key.value);
  const algorithm = describeSealSignature(hash, key.value);
  return { known: passed, signature, signer, key: key.value, algorithm };
}
