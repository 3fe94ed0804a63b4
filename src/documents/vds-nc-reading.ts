import { parseCertificate } from './certificates.ts';
import { attempt, finding, passed } from './findings.ts';
import { NOT_IN_SEAL } from './seal-decision-table.ts';
import { canonicalText } from './seal-json.ts';
import { signingBy, type SealReading, type SealSigning } from './seal-reading.ts';
import { checkPlainSignature, fitsAlgorithm } from './seal-signature.ts';
import {
  holderText,
  parseVdsNc,
  signerDocumentTypeOf,
  vdsNcAlgorithms,
  type VdsNc,
} from './vds-nc.ts';

/** Reads a VDS-NC with the signer that it brings along. Throws a FormatRefusal for octets that are none. */
export function readingOfVdsNc(bytes: Buffer): SealReading {
  const seal = parseVdsNc(bytes);
  const { issuingState } = seal;
  const listedAs = signerDocumentTypeOf(seal);
  const passportNumber = holderText(seal, 'i');
  const dateOfBirth = holderText(seal, 'dob');
  const message: unknown = JSON.parse(canonicalText(new Map(seal.message)));
  return {
    kind: 'vds-nc',
    content: {
      documentType: listedAs === null ? null : seal.type,
      documentRef: `${seal.type}/${seal.version}`,
      issuingState,
      message,
    },
    facts: {
      ...(passportNumber === undefined ? {} : { passportNumber }),
      ...(dateOfBirth === undefined ? {} : { dateOfBirth }),
    },
    signing: signingOf(seal),
    signer: {
      kind: 'vds-nc',
      issuingState,
      documentTypes: listedAs === null ? null : [listedAs],
    },
    findings: {
      document_type: listedAs === null ? finding('unknown', 'document_type_unknown') : passed,
      features: finding('skipped', NOT_IN_SEAL),
      dates: finding('skipped', NOT_IN_SEAL),
    },
  };
}

/** The signer comes with the seal, and is believed only by its chain. */
function signingOf({ certificate, algorithm, signed, signature }: VdsNc): SealSigning {
  const signer = attempt(() => parseCertificate(certificate));
  if (!signer.ok) return { known: signer.finding, signature: finding('unknown', 'signer_unread') };
  const { hash } = vdsNcAlgorithms[algorithm];
  return signingBy(signer.value, (key) => ({
    hash,
    signature: fitsAlgorithm(algorithm, key)
      ? checkPlainSignature({ key, hash, data: signed, signature })
      : finding('failed', 'algorithm_differs_from_key'),
  }));
}
