import { findAnchorIn, type ChainResult } from './certificate-chain.ts';
import type { Certificate } from './certificates.ts';
import {
  checkChain,
  checkIssuingState,
  checkProfile,
  checkRevocation,
  checkValidAtSigning,
  checkValidToday,
} from './check-signer.ts';
import type {
  ChipAlgorithms,
  ChipDocument,
  ChipFingerprints,
  ChipPolicy,
  VerifyChipInput,
} from './chip-verdict.ts';
import { checkSignedAttributes, signerCertificateOf, signerSignatureHolds } from './cms.ts';
import { attempt, checked, finding, passed, type Finding, type Findings } from './findings.ts';
import { anchorIndexOf, readableCertificates, readableLists } from './parsed-trust.ts';
import { revocationOf, type RevocationStatus } from './revocation.ts';
import type { SecurityObject } from './security-object.ts';
import { describeSignature, isWeak } from './signatures.ts';

export interface SignerJudgement {
  findings: Pick<
    Findings,
    | 'sod_signed_attributes'
    | 'sod_signature'
    | 'signer_chain'
    | 'signer_profile'
    | 'signer_valid_at_signing'
    | 'signer_valid_today'
    | 'revocation'
    | 'issuing_state'
    | 'algorithm_strength'
  >;
  signatureHolds: boolean;
  algorithms: ChipAlgorithms;
  fingerprints: ChipFingerprints;
}

function signerFindings(found: Finding, attributes: Finding = found): SignerJudgement['findings'] {
  return {
    sod_signed_attributes: attributes,
    sod_signature: found,
    signer_chain: finding('unknown', 'signer_unread'),
    signer_profile: finding('unknown', 'signer_unread'),
    signer_valid_at_signing: finding('unknown', 'signer_unread'),
    signer_valid_today: finding('unknown', 'signer_unread'),
    revocation: finding('unknown', 'signer_unread'),
    issuing_state: finding('unknown', 'signer_unread'),
    algorithm_strength: finding('unknown', 'signer_unread'),
  };
}

export const unjudgedSigner: SignerJudgement = {
  findings: signerFindings(finding('unknown', 'sod_unread')),
  signatureHolds: false,
  algorithms: { level: 'lowered' },
  fingerprints: {},
};

/** Everything that hangs on who signed the SOD: signature, chain, profile, validity, revocation, state, strength. */
export function judgeSigner(
  input: VerifyChipInput,
  policy: ChipPolicy,
  sod: SecurityObject,
  document: ChipDocument | undefined,
): SignerJudgement {
  const { signed } = sod;
  const attributes = attempt(() => checkSignedAttributes(signed));
  const attributesFinding = attributes.ok
    ? attributes.value.ok
      ? passed
      : finding('failed', attributes.value.reason)
    : attributes.finding;
  const signingTime =
    attributes.ok && attributes.value.ok ? attributes.value.signingTime : undefined;
  const found = attempt(() => {
    const certificate = signerCertificateOf(signed, readableCertificates(input.signers ?? []));
    return { certificate, holds: signerSignatureHolds(signed, certificate) };
  });
  if (!found.ok) {
    return { ...unjudgedSigner, findings: signerFindings(found.finding, attributesFinding) };
  }
  const signer = found.value.certificate;
  const index = anchorIndexOf(input.anchors);
  const chain = findAnchorIn(signer, index, input.verifiedSigners);
  const anchor = chain.ok ? chain.anchor : undefined;
  const crls = anchor === undefined ? [] : readableLists(input.crls);
  const revocation: RevocationStatus =
    anchor === undefined
      ? { status: 'unavailable' }
      : revocationOf({
          signer,
          issuer: anchor,
          anchors: index.byCountry.get(anchor.subject.country?.toUpperCase() ?? '') ?? [],
          crls,
          now: input.now,
        });
  const strength = strengthOf(sod, signer, chain, policy);
  return {
    findings: {
      sod_signed_attributes: attributesFinding,
      sod_signature: found.value.holds ? passed : finding('failed', 'signature_wrong'),
      signer_chain: checkChain(chain),
      signer_profile: checked(() => checkProfile(signer, document?.documentCode)),
      signer_valid_at_signing: checkValidAtSigning({ signer, anchor, signingTime, now: input.now }),
      signer_valid_today: checkValidToday(signer, input.now),
      revocation: checkRevocation(revocation, policy),
      issuing_state: checkIssuingState(document?.issuingState, signer, anchor, policy),
      algorithm_strength: strength.finding,
    },
    signatureHolds: found.value.holds && attributesFinding.outcome === 'passed',
    algorithms: strength.algorithms,
    fingerprints: {
      documentSigner: signer.fingerprint,
      ...(anchor === undefined ? {} : { chain: [anchor.fingerprint] }),
      ...('crl' in revocation ? { crl: revocation.crl.fingerprint } : {}),
    },
  };
}

/** SHA-1 anywhere in the proof, or an RSA key below policy, verifies at a lowered level (issue 3 points 8 and 13). */
function strengthOf(
  sod: SecurityObject,
  signer: Certificate,
  chain: ChainResult,
  policy: ChipPolicy,
): { finding: Finding; algorithms: ChipAlgorithms } {
  const { algorithm, digest } = sod.signed.signer;
  const weak =
    sod.hash === 'sha1' ||
    digest === 'sha1' ||
    isWeak(algorithm, signer.publicKey, policy) ||
    (chain.ok && isWeak(signer.algorithm, chain.anchor.publicKey, policy));
  return {
    finding: weak ? finding('warned', 'weak_algorithm') : passed,
    algorithms: {
      dataGroupHash: sod.hash,
      sodSignature: describeSignature(algorithm, signer.publicKey),
      ...(chain.ok
        ? { signerCertificate: describeSignature(signer.algorithm, chain.anchor.publicKey) }
        : {}),
      level: weak ? 'lowered' : 'full',
    },
  };
}
