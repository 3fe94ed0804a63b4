import { CLAIM_NAMES } from '../agencies/claim-names.ts';

/** What a person agrees to share, each a line of its own: claims, how they were verified, and parts of the evidence. */
export const SHARED_ITEMS = [
  ...CLAIM_NAMES,
  'verified_claims',
  'verified_document_number',
  'verified_document_issuer',
  'verified_document_expiry',
] as const;
export type SharedItem = (typeof SHARED_ITEMS)[number];
