/** Who compared the face, and where; `remote_code` is the code sent to the address a register holds (IAL1 only). */
export type Pathway = 'remote_code' | 'remote_officer' | 'remote_matcher' | 'counter';

/**
 * What one proofing left on record: facts, never a level. Levels are worked out from it at every token.
 * Each field holds an outcome of a check that somebody did; "not done" is an outcome of its own.
 */
export interface IdentityEvidence {
  /** The proof's id: named in decision records and `verified_claims`. */
  proofId: string;
  pathway: Pathway;
  /** How the document was examined. `inspected_with_second`: by hand at a counter, plus a second document. */
  documentCheck: 'chip' | 'data_page' | 'inspected_with_second';
  /** Passive authentication to a trusted CSCA; `absent` where no chip was read. */
  chipVerdict: 'genuine' | 'unverifiable' | 'rejected' | 'absent';
  /** Active or chip authentication: is the chip the original? */
  cloneCheck: 'passed' | 'unsupported' | 'failed' | 'not_attempted';
  /** The chip has no key, and an officer compared the register's entry photo instead. */
  cloneCompensated: boolean;
  /** What the authoritative registers said of this person and document. */
  registers: 'agree' | 'contradict' | 'no_record' | 'not_asked';
  /** Where the holder's face came from; an uploaded picture never counts as live. */
  capture: 'capture_page' | 'attested_app' | 'in_person' | 'uploaded' | 'none';
  /** Presentation-attack and injection detection on a live capture. */
  attackDetection: 'passed' | 'judged_by_officer' | 'failed' | 'not_run';
  /** The approved matcher's answer. */
  matcher: 'match' | 'no_match' | 'not_run';
  /** The officer's answer on the same two faces. */
  officer: 'match' | 'no_match' | 'not_asked';
  /** A code came back from the address that the visa or arrival-card register holds. */
  registerCodeConfirmed: boolean;
  /** A biometric sample is kept under the retention policy, and the person's consent to that stands. */
  biometricSample: 'kept' | 'consent_withdrawn' | 'not_kept';
  /** A second officer confirmed the decision. */
  secondOfficer: boolean;
  proofedAt: Date;
  /** An earlier re-proof date that somebody set for this proof, `YYYY-MM-DD`. */
  reproofDueOn: string | null;
  /** Last day of validity of the document, `YYYY-MM-DD`; null where it states none. */
  documentExpiresOn: string | null;
  /** Since when the document counts as lost or stolen. */
  documentLostAt: Date | null;
  /** The trust manager classified the key that signed the chip as compromised. */
  issuerCompromised: boolean;
}

/** How long a proof carries its level. */
export interface IdentityPolicy {
  reproofAfterDays: number;
  reproofAfterExpiryDays: number;
}

/**
 * 2026-11-22: ten years is the longest a passport lives; half a year after its expiry is time to renew it and
 * have it read again.
 */
export const IDENTITY_POLICY: IdentityPolicy = {
  reproofAfterDays: 3652,
  reproofAfterExpiryDays: 180,
};
