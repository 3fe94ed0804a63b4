/** A person as their documents tell it; a `ChipDocument` (documents/chip-verdict.ts) fits. */
export interface PersonAttributes {
  /** As in the MRZ, fillers shown as spaces; for a single-name holder the only name. */
  primaryIdentifier: string;
  /** Empty for a single-name holder. */
  secondaryIdentifier: string;
  /** As printed, any script, where the document holds it. Never split into first and last. */
  fullNamePrinted?: string;
  /** `YYYY-MM-DD`; `XX` where the document leaves a part unknown. */
  dateOfBirth: string;
  sex: 'F' | 'M' | 'X';
  /** State code of the MRZ. */
  nationality: string;
}

/** A travel document's own facts; a `ChipDocument` fits. */
export interface TravelDocumentFacts {
  /** Document code of the MRZ: `P`. */
  documentCode: string;
  issuingState: string;
  /** Whole, long numbers too. */
  documentNumber: string;
  /** `YYYY-MM-DD`; null where the document states none. */
  dateOfExpiry: string | null;
}
