/** Every claim about a person that a service can be allowed to ask. Where each comes from: src/oidc/claims.ts. */
export const CLAIM_NAMES = [
  'name',
  'family_name',
  'given_name',
  'birthdate',
  'nationality',
  'nationalities',
  'foreign_national_id',
  'stay',
  'travel_document',
  'previous_documents',
] as const;
export type ClaimName = (typeof CLAIM_NAMES)[number];

export function isClaimName(text: string): text is ClaimName {
  return (CLAIM_NAMES as readonly string[]).includes(text);
}
