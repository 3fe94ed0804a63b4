import type { CheckOutcome } from './chip-verdict.ts';
import type { Certificate } from './certificates.ts';
import type { RevocationList } from './revocation-lists.ts';
import type { SignerReference } from './vds-header.ts';
import type { SealFeature } from './vds-features.ts';

/**
 * The types of `verifySeal` (seal-verify.ts): what goes in, and the one verdict that comes out. The same input gives the
 * same verdict, byte for byte.
 */

/** Whom a seal may be signed by. */
export interface SealTrust {
  /** Seal signers that the caller took in, by whatever way their states publish them. */
  signers: readonly Certificate[];
  /** CSCA certificates that the caller trusts. */
  anchors: readonly Certificate[];
  crls: readonly RevocationList[];
}

export interface SealPolicy {
  /**
   * `required`: where the signer's state has a CSCA, only a fresh CRL of it that does not list the signer lets a seal be
   * genuine. `reported`: a missing or stale one is a finding only. A listed signer rejects under both.
   */
  revocation: 'required' | 'reported';
  /** RSA keys of a CSCA below this many bits verify at a lowered level. */
  minRsaBits: number;
  /** Whether UTO ("Utopia", the specimen state) is a state. Never in production. */
  specimenStates: boolean;
}

/** What is printed on the documents, for the seal to be bound to. What is left out is not compared, and that is told. */
export interface PrintedDocument {
  /** Zone of the document that carries the seal, exactly as printed. */
  mrzLines?: readonly string[];
  /** Number of the passport, as its zone or chip has it. */
  passportNumber?: string;
  /** YYYY-MM-DD, as the passport has it. */
  dateOfBirth?: string;
}

export interface VerifySealInput {
  /** The octets of the barcode: a seal (first octet DC) or a VDS-NC (JSON). */
  bytes: Buffer;
  trust: SealTrust;
  printed?: PrintedDocument;
  now: Date;
  /** What is left out is taken from `defaultSealPolicy`. */
  policy?: Partial<SealPolicy>;
}

/**
 * `genuine`: signed by a signer that we may believe, nothing unknown, nothing contradicted.
 * `refer`: a person must look. A signature that fails is here too: signers make mistakes, barcodes suffer, and a seal is an
 * addition to a document, not the document.
 * `rejected`: these octets are no seal; or the signer is revoked; or the seal, truly signed, is another document's.
 */
export type SealOutcome = 'genuine' | 'refer' | 'rejected';

/** Every check, in the order of the verdict. What each does to the outcome: seal-decision-table.ts. */
export type SealCheckName =
  | 'seal_well_formed'
  | 'document_type'
  | 'features'
  | 'dates'
  | 'signer_known'
  | 'signature'
  | 'signer_chain'
  | 'signer_profile'
  | 'signer_valid_at_signing'
  | 'signer_valid_today'
  | 'revocation'
  | 'issuing_state'
  | 'algorithm_strength'
  | 'mrz_well_formed'
  | 'mrz_binding'
  | 'passport_binding'
  | 'document_expired';

export interface SealCheck {
  name: SealCheckName;
  outcome: CheckOutcome;
  /** A stable code; never document data. Always there unless passed. */
  reason?: string;
  /** The clause that the check enforces. */
  clause: string;
}

/**
 * `bound`: all that the seal says of its document and its holder's passport was compared and is equal. `partly_bound`:
 * something that it says was not given to compare.
 */
export type SealBinding = 'bound' | 'partly_bound' | 'differs' | 'not_compared';

export interface SealContent {
  /** E.g. `visa`; null for a type that we do not know. */
  documentType: string | null;
  /** `5d01`; for a VDS-NC its message type and version, `icao.vacc/1`. */
  documentRef: string;
  /** Version octet of a seal's header. */
  version?: number;
  issuingState: string;
  issuedOn?: string;
  signedOn?: string;
  signer?: SignerReference;
  features?: readonly SealFeature[];
  /** Of a VDS-NC. */
  message?: unknown;
  /** Last day of the document, where the seal has it: YYYY-MM-DD. */
  expiresOn?: string;
}

export interface SealVerdict {
  outcome: SealOutcome;
  kind: 'vds' | 'vds-nc' | null;
  checks: readonly SealCheck[];
  binding: SealBinding;
  /** What the seal says. Only evidence when `outcome` is `genuine`. */
  content?: SealContent;
  algorithms: {
    /** E.g. `ecdsa-sha256 on brainpoolP256r1`. */
    seal?: string;
    signerCertificate?: string;
    /** `lowered` where a short key or SHA-1 carries the proof. */
    level: 'full' | 'lowered';
  };
  /** SHA-256, lower-case hex. */
  fingerprints: { seal: string; signer?: string; anchor?: string; crl?: string };
  /** The `now` of the verdict, ISO 8601. */
  at: string;
}
