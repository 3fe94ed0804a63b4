import { wasValid, type ChainResult } from './certificate-chain.ts';
import type { Certificate } from './certificates.ts';
import type { ChipPolicy } from './chip-verdict.ts';
import { finding, passed, type Finding } from './findings.ts';
import type { RevocationStatus } from './revocation.ts';
import { certificateCountriesOf, sameCountry } from './state-codes.ts';

const DIGITAL_SIGNATURE = 0;
/** Signing clocks run ahead by no more than this. */
const SKEW_MS = 24 * 3600 * 1000;

export function checkChain(chain: ChainResult): Finding {
  if (chain.ok) return passed;
  return finding(chain.reason === 'signed_by_another_key' ? 'failed' : 'unknown', chain.reason);
}

/** Doc 9303-12 Table 7: what a document signer's certificate must and must not say. */
export function checkProfile(signer: Certificate, documentCode: string | undefined): Finding {
  const { isCa, keyUsage, documentTypes, extendedKeyUsage, unknownCritical } = signer.extensions;
  if (isCa) return finding('failed', 'signer_is_a_ca');
  if (extendedKeyUsage !== undefined) return finding('failed', 'signer_for_other_purpose');
  if (keyUsage !== undefined && keyUsage[DIGITAL_SIGNATURE] !== true) {
    return finding('failed', 'signer_may_not_sign');
  }
  if (unknownCritical) return finding('unknown', 'unknown_critical_extension');
  if (documentTypes !== undefined && documentCode !== undefined) {
    const listed = [documentCode, documentCode.slice(0, 1)].some((code) =>
      documentTypes.includes(code),
    );
    if (!listed) return finding('unknown', 'document_type_not_listed');
  }
  return keyUsage === undefined ? finding('warned', 'key_usage_missing') : passed;
}

export interface SigningTimes {
  signer: Certificate;
  anchor: Certificate | undefined;
  /** From the signed attributes; most issuers leave it out. */
  signingTime: number | undefined;
  now: Date;
}

/** When the document was signed, by what the signature itself says. */
export function checkValidAtSigning({ signer, anchor, signingTime, now }: SigningTimes): Finding {
  if (anchor !== undefined && !wasValid(anchor, signer.notBefore)) {
    return finding('unknown', 'csca_not_valid_at_issue');
  }
  if (signingTime === undefined) return finding('skipped', 'signing_time_absent');
  if (!wasValid(signer, signingTime)) return finding('failed', 'signer_not_valid_at_signing');
  if (signingTime > now.getTime() + SKEW_MS) return finding('unknown', 'signed_in_the_future');
  const { notBefore, notAfter } = signer.extensions.privateKeyUsage ?? {};
  const early = notBefore !== undefined && signingTime < notBefore;
  const late = notAfter !== undefined && signingTime > notAfter;
  return early || late ? finding('unknown', 'outside_private_key_usage_period') : passed;
}

/** A signer's certificate outlives its documents (Doc 9303-12 §7.1.1.3): past it nobody keeps its revocation. */
export function checkValidToday(signer: Certificate, now: Date): Finding {
  if (now.getTime() < signer.notBefore) return finding('failed', 'signer_not_yet_valid');
  return now.getTime() > signer.notAfter ? finding('failed', 'signer_expired') : passed;
}

export function checkRevocation(status: RevocationStatus, policy: ChipPolicy): Finding {
  const unknown = policy.revocation === 'required' ? 'unknown' : 'warned';
  switch (status.status) {
    case 'good':
      return passed;
    case 'revoked':
      return finding('failed', 'signer_revoked');
    case 'stale':
      return finding(unknown, 'revocation_list_stale');
    case 'unavailable':
      return finding(unknown, 'revocation_list_unavailable');
  }
}

/** DG1, document signer and CSCA must name one state: another state's signer must not sign for this one. */
export function checkIssuingState(
  issuingState: string | undefined,
  signer: Certificate,
  anchor: Certificate | undefined,
  policy: ChipPolicy,
): Finding {
  if (issuingState === undefined) return finding('unknown', 'issuing_state_unread');
  const countries = certificateCountriesOf(issuingState, policy);
  if (countries === null) return finding('unknown', 'issuing_state_unknown');
  const named = [signer.subject.country, signer.issuer.country, anchor?.subject.country];
  const present = named.filter((country) => country !== undefined);
  if (signer.issuer.country === undefined) return finding('unknown', 'signer_names_no_state');
  const same = present.every((country) => countries.some((known) => sameCountry(known, country)));
  return same ? passed : finding('failed', 'issuing_state_differs');
}
