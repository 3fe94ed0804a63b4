/**
 * The types of `verifyChip` (verify-chip.ts): what goes in, and the one verdict that comes out.
 * The same input gives the same verdict, byte for byte, so a verdict can be replayed offline.
 */
import type { VerifiedSigners } from './certificate-chain.ts';
import type { ChipAuthenticationSession } from './chip-authentication.ts';

export type DataGroupName =
  | 'DG1'
  | 'DG2'
  | 'DG3'
  | 'DG4'
  | 'DG5'
  | 'DG6'
  | 'DG7'
  | 'DG8'
  | 'DG9'
  | 'DG10'
  | 'DG11'
  | 'DG12'
  | 'DG13'
  | 'DG14'
  | 'DG15'
  | 'DG16';
export type ChipFileName = 'EF_COM' | 'EF_SOD' | DataGroupName;

/** The files exactly as the reader read them off the chip. */
export type ChipFiles = ReadonlyMap<ChipFileName, Buffer>;

export interface ActiveAuthentication {
  /** The 8 bytes that our server drew (Doc 9303-11 §6.1). The caller answers for freshness and single use. */
  challenge: Buffer;
  /** What the chip answered to INTERNAL AUTHENTICATE, exactly. */
  response: Buffer;
}

/**
 * Only a run by our own server proves anything: keys and answers that someone sends can be made without any chip
 * (Doc 9303-11 §6.2 proves the chip to the terminal, and to nobody else).
 */
export type ChipAuthenticationEvidence =
  | { source: 'our_server'; session: ChipAuthenticationSession }
  | { source: 'uploaded' };

export interface ChipPolicy {
  /**
   * `required`: only a fresh CRL of the issuing CSCA that does not list the signer lets a chip be genuine.
   * `reported`: a missing or stale CRL is a finding only. A listed signer rejects under both.
   */
  revocation: 'required' | 'reported';
  /** RSA signer keys below this many bits verify, with `level: 'lowered'`. */
  minRsaBits: number;
  /** Whether UTO ("Utopia", the specimen state) is a state. Never in production. */
  specimenStates: boolean;
}

/**
 * What the caller's trust was at the time: the number that its store counts, or a digest of the anchors that were named.
 * Only told, never judged: it says against what a verdict must be replayed.
 */
export interface TrustStoreUsed {
  version: number | string;
}

export interface VerifyChipInput {
  files: ChipFiles;
  /** CSCA certificates that the caller trusts, DER. */
  anchors: readonly Buffer[];
  /** Kept by the caller over many verdicts to save one signature each; changes no verdict. */
  verifiedSigners?: VerifiedSigners;
  /** Document signers from a store, DER, for a SOD that leaves its own out. No more trusted than an embedded one. */
  signers?: readonly Buffer[];
  /** CRLs of those CSCAs, DER. */
  crls: readonly Buffer[];
  /** Where the anchors come from; the verdict repeats it. */
  trustStore?: TrustStoreUsed;
  activeAuthentication?: ActiveAuthentication;
  chipAuthentication?: ChipAuthenticationEvidence;
  /** The zone as printed, typed or read from a photo: compared with DG1, never read instead of it. */
  printedZone?: readonly string[];
  now: Date;
  /** What is left out is taken from `defaultChipPolicy`. */
  policy?: Partial<ChipPolicy>;
}

/**
 * `genuine`: signed by a document signer that chains to an anchor, nothing altered, nothing unknown.
 * `unverifiable`: nothing proves it wrong, and something needed to prove it right is missing.
 * `rejected`: something proves it altered, forged, revoked or cloned.
 */
export type ChipOutcome = 'genuine' | 'unverifiable' | 'rejected';

/** `warned` is a finding that is told and does not move the outcome; `skipped` did not apply. */
export type CheckOutcome = 'passed' | 'failed' | 'unknown' | 'warned' | 'skipped';

export interface ChipCheck {
  name: ChipCheckName;
  outcome: CheckOutcome;
  /** A stable code; never document data. Always there unless passed. */
  reason?: string;
  /** Which data groups the reason is about. */
  dataGroups?: readonly DataGroupName[];
  /** The clause that the check enforces. */
  clause: string;
}

/** Every check, in the order of the verdict. What each does to the outcome: decision-table.ts. */
export type ChipCheckName =
  | 'files_well_formed'
  | 'sod_well_formed'
  | 'sod_signed_attributes'
  | 'sod_signature'
  | 'data_groups_listed'
  | 'data_group_hashes'
  | 'data_groups_complete'
  | 'com_matches_sod'
  | 'signer_chain'
  | 'signer_profile'
  | 'signer_valid_at_signing'
  | 'signer_valid_today'
  | 'revocation'
  | 'issuing_state'
  | 'algorithm_strength'
  | 'mrz_well_formed'
  | 'portrait_readable'
  | 'document_expired'
  | 'active_authentication'
  | 'chip_authentication';

export type CloneCheck = 'passed' | 'failed' | 'unsupported' | 'not_attempted';

export interface ChipDocument {
  /** Document code of the MRZ, fillers removed: `P`, `PD`, `I` … */
  documentCode: string;
  /** As in the MRZ: `UTO`, `D`, `GBD` … (fillers removed). */
  issuingState: string;
  documentNumber: string;
  nationality: string;
  /** As in the MRZ, fillers shown as spaces, e.g. `ERIKSSON`. For a single-name holder the only name. */
  primaryIdentifier: string;
  /** Empty for a single-name holder. */
  secondaryIdentifier: string;
  /** The name field of the MRZ exactly, fillers included. */
  nameRaw: string;
  /** The MRZ name field was too short for the name (Doc 9303-3 §4.6): never compare it as if whole. */
  nameMayBeTruncated: boolean;
  /** Full name of the holder from DG11, any script, `<` shown as spaces, primary identifier first. */
  fullNamePrinted?: string;
  /** Parts of that name as DG11 separates them (`<<`); a single-name holder has no secondary part. */
  printedPrimaryIdentifier?: string;
  printedSecondaryIdentifier?: string;
  /** YYYY-MM-DD; `XX` where the document leaves a part unknown, e.g. `1974-XX-XX`. */
  dateOfBirth: string;
  dateOfBirthSource: 'DG11' | 'MRZ';
  /** The century of a two-digit birth year is a guess (the holder could be over 100). */
  dateOfBirthCenturyDoubtful: boolean;
  /** YYYY-MM-DD. */
  dateOfExpiry: string;
  /** Past `dateOfExpiry` at `now` (UTC date). */
  expired: boolean;
  sex: 'M' | 'F' | 'X';
  placeOfBirth?: string;
  /** From DG12, as printed. */
  issuingAuthority?: string;
  /** From DG12, YYYY-MM-DD. */
  dateOfIssue?: string;
  /** The two or three MRZ lines of DG1. */
  mrzLines: readonly string[];
}

export interface ChipPortrait {
  mimeType: 'image/jpeg' | 'image/jp2' | 'image/j2c';
  /** As signed. Re-encode before showing (lib/portrait-image.ts). */
  bytes: Buffer;
}

export interface ChipAlgorithms {
  dataGroupHash?: string;
  /** E.g. `ecdsa-sha256 on P-256`, `rsa-pss-sha256 2048`. */
  sodSignature?: string;
  signerCertificate?: string;
  activeAuthentication?: string;
  /** E.g. `ecdh brainpoolP256r1 aes-128`. */
  chipAuthentication?: string;
  /** `lowered` where SHA-1 or a short RSA key carries the proof. */
  level: 'full' | 'lowered';
}

/** SHA-256, lower-case hex. */
export interface ChipFingerprints {
  sod?: string;
  documentSigner?: string;
  /** From the certificate that signed the document signer to the anchor that we trust. */
  chain?: readonly string[];
  crl?: string;
}

export interface ChipVerdict {
  outcome: ChipOutcome;
  checks: readonly ChipCheck[];
  /** What DG1 (and DG11) say. Only evidence when `outcome` is `genuine`. */
  document?: ChipDocument;
  portrait?: ChipPortrait;
  cloneCheck: CloneCheck;
  algorithms: ChipAlgorithms;
  fingerprints: ChipFingerprints;
  /** As the input named it; absent where it did not. */
  trustStore?: TrustStoreUsed;
  /** The `now` of the verdict, ISO 8601. */
  at: string;
}
