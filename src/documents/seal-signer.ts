import { findAnchor, wasValid, type ChainResult } from './certificate-chain.ts';
import type { Certificate } from './certificates.ts';
import { checkChain, checkIssuingState, checkRevocation, checkValidToday } from './check-signer.ts';
import { finding, passed, type Finding } from './findings.ts';
import { revocationOf, type RevocationStatus } from './revocation.ts';
import { describeSignature, isWeak } from './signatures.ts';
import { sameCountry } from './state-codes.ts';
import type { SealFindings } from './seal-decision-table.ts';
import type { SealPolicy, SealTrust, SealVerdict } from './seal-verdict.ts';
import { isWeakSealKey, type SealKey } from './seal-signature.ts';
import type { SignerReference } from './vds-header.ts';

const COMMON_NAME = '2.5.4.3';
const DIGITAL_SIGNATURE = 0;
const DAY_MS = 24 * 3600 * 1000;
/** TR VDS-NC: the purpose that a signer of it must be for. */
const VDS_NC_SIGNER = '2.23.136.1.1.14.2';
/** Purposes of Doc 9303-12 whose certificates never sign seals: master lists, deviation lists, health CSCAs. */
const OTHER_PURPOSES = new Set(['2.23.136.1.1.3', '2.23.136.1.1.8', '2.23.136.1.1.14.1']);
/** More certificates of one reference than a state would ever have. */
const MAX_CANDIDATES = 8;

/** The signers that a seal's header names: country and name of the subject, and the serial number (Doc 9303-13 §2.2). */
export function signersNamed(
  reference: SignerReference,
  signers: readonly Certificate[],
): Certificate[] {
  const name = `${COMMON_NAME}=${reference.name.toLowerCase()}`;
  const serial = withoutZeros(reference.reference);
  return signers
    .filter(({ subject }) => subject.country !== undefined)
    .filter(({ subject }) => sameCountry(subject.country!, reference.country))
    .filter(({ subject }) => subject.attributes.includes(name))
    .filter((signer) => withoutZeros(signer.serial) === serial)
    .toSorted((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1))
    .slice(0, MAX_CANDIDATES);
}

function withoutZeros(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '');
}

export interface SealSignerInput {
  signer: Certificate;
  key: SealKey;
  kind: 'vds' | 'vds-nc';
  issuingState: string;
  /** YYYY-MM-DD, where the seal says when it was signed. */
  signedOn?: string;
  /** What the certificate must list, where it lists document types: any one of these. */
  documentTypes: readonly string[] | null;
  trust: SealTrust;
  policy: SealPolicy;
  now: Date;
}

export interface SealSignerJudgement {
  findings: Pick<
    SealFindings,
    | 'signer_chain'
    | 'signer_profile'
    | 'signer_valid_at_signing'
    | 'signer_valid_today'
    | 'revocation'
    | 'issuing_state'
    | 'algorithm_strength'
  >;
  signerCertificate?: string;
  level: SealVerdict['algorithms']['level'];
  fingerprints: { signer: string; anchor?: string; crl?: string };
}

/** Everything that hangs on who signed: chain, profile, validity, revocation, state, strength. */
export function judgeSealSigner(input: SealSignerInput): SealSignerJudgement {
  const { signer, trust, policy, now } = input;
  const chain = chainOf(input);
  const anchor = chain !== null && chain.ok ? chain.anchor : undefined;
  const revocation: RevocationStatus =
    anchor === undefined
      ? { status: 'unavailable' }
      : revocationOf({ signer, issuer: anchor, anchors: trust.anchors, crls: trust.crls, now });
  const weak =
    isWeakSealKey(input.key) ||
    (anchor !== undefined && isWeak(signer.algorithm, anchor.publicKey, policy));
  return {
    findings: {
      signer_chain: chain === null ? finding('skipped', NO_CSCA) : checkChain(chain),
      signer_profile: checkProfile(input),
      signer_valid_at_signing: checkValidAtSigning(input, anchor),
      signer_valid_today: checkValidToday(signer, now),
      revocation:
        chain === null ? finding('skipped', NO_CSCA) : checkRevocation(revocation, policy),
      issuing_state: checkIssuingState(input.issuingState, signer, anchor, policy),
      algorithm_strength: weak ? finding('warned', 'weak_algorithm') : passed,
    },
    ...(anchor === undefined
      ? {}
      : { signerCertificate: describeSignature(signer.algorithm, anchor.publicKey) }),
    level: weak ? 'lowered' : 'full',
    fingerprints: {
      signer: signer.fingerprint,
      ...(anchor === undefined ? {} : { anchor: anchor.fingerprint }),
      ...('crl' in revocation ? { crl: revocation.crl.fingerprint } : {}),
    },
  };
}

const NO_CSCA = 'state_has_no_csca';

/**
 * To the CSCA of the signer's state, where we have one. Null where we have none and the signer itself was taken into
 * the store: then that is the trust. A certificate that only came inside a seal always needs its CSCA.
 */
function chainOf({ signer, trust }: SealSignerInput): ChainResult | null {
  const country = signer.issuer.country ?? signer.subject.country;
  const hasCsca = trust.anchors.some(
    ({ subject }) =>
      country !== undefined &&
      subject.country !== undefined &&
      sameCountry(subject.country, country),
  );
  const stored = trust.signers.some(({ fingerprint }) => fingerprint === signer.fingerprint);
  return !hasCsca && stored ? null : findAnchor(signer, trust.anchors);
}

function checkProfile({ signer, kind, documentTypes }: SealSignerInput): Finding {
  const { isCa, keyUsage, extendedKeyUsage, unknownCritical } = signer.extensions;
  if (isCa) return finding('failed', 'signer_is_a_ca');
  const otherPurpose =
    kind === 'vds-nc'
      ? extendedKeyUsage?.includes(VDS_NC_SIGNER) !== true
      : extendedKeyUsage?.some((purpose) => OTHER_PURPOSES.has(purpose)) === true;
  if (otherPurpose) return finding('failed', 'signer_for_other_purpose');
  if (keyUsage !== undefined && keyUsage[DIGITAL_SIGNATURE] !== true) {
    return finding('failed', 'signer_may_not_sign');
  }
  if (unknownCritical) return finding('unknown', 'unknown_critical_extension');
  const listed = signer.extensions.documentTypes;
  if (listed !== undefined && documentTypes !== null) {
    const allowed = documentTypes.some((type) => listed.includes(type));
    if (!allowed) return finding('unknown', 'document_type_not_listed');
  }
  return passed;
}

/** A seal says only the day of its signature, in an unknown time zone: a day more on both sides. */
function checkValidAtSigning(
  { signer, signedOn }: SealSignerInput,
  anchor: Certificate | undefined,
): Finding {
  if (anchor !== undefined && !wasValid(anchor, signer.notBefore)) {
    return finding('unknown', 'csca_not_valid_at_issue');
  }
  if (signedOn === undefined) return finding('skipped', 'signing_time_absent');
  const day = Date.parse(`${signedOn}T00:00:00Z`);
  const outside = (from = -Infinity, to = Infinity) => day + 2 * DAY_MS < from || day - DAY_MS > to;
  if (outside(signer.notBefore, signer.notAfter)) {
    return finding('failed', 'signer_not_valid_at_signing');
  }
  const { notBefore, notAfter } = signer.extensions.privateKeyUsage ?? {};
  return outside(notBefore, notAfter)
    ? finding('unknown', 'outside_private_key_usage_period')
    : passed;
}

/** The key of a signer: seals are signed with ECDSA only. Throws a FormatRefusal for a key that we refuse. */
export function sealKeyOf(signer: Certificate): SealKey | null {
  const key = signer.publicKey;
  return key.kind === 'ec' ? key : null;
}

export function unjudgedSealSigner(reason: string): SealSignerJudgement['findings'] {
  const unknown = finding('unknown', reason);
  return {
    signer_chain: unknown,
    signer_profile: unknown,
    signer_valid_at_signing: unknown,
    signer_valid_today: unknown,
    revocation: unknown,
    issuing_state: unknown,
    algorithm_strength: unknown,
  };
}
