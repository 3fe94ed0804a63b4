/** Which register gave a number: the kinds of the crosswalk (DESIGN section 4). */
export const CROSS_REFERENCE_KINDS = [
  'civil_registration',
  'alien_certificate',
  'tax',
  'social_security',
  'work_permit',
  'immigration_person',
] as const;
export type CrossReferenceKind = (typeof CROSS_REFERENCE_KINDS)[number];

/** Those that a person could show on paper: an officer may type them in. The other comes from its register alone. */
export const TYPED_KINDS = CROSS_REFERENCE_KINDS.filter((kind) => kind !== 'immigration_person');

/**
 * The number as it is kept, or null where it is none of its kind. Thai 13-digit numbers carry a check digit; those of
 * persons without Thai nationality start with 0, 6, 7 or 8 (Civil Registration Act), and 1 to 5 after naturalisation.
 */
export function plainCrossReference(kind: CrossReferenceKind, text: string): string | null {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\-/.]/g, '');
  switch (kind) {
    case 'civil_registration':
    case 'social_security':
      return isThaiNumber(plain) ? plain : null;
    case 'tax':
      // The revenue department numbers those without a civil registration itself; the check digit is the same.
      return isThaiNumber(plain) ? plain : null;
    case 'alien_certificate':
    case 'work_permit':
      return /^[A-Z0-9]{4,20}$/.test(plain) ? plain : null;
    case 'immigration_person':
      // A register's own key: opaque, so nothing of it is folded.
      return text.length > 0 && text.length <= 200 ? text : null;
    default:
      return kind satisfies never;
  }
}

/** 13 digits whose last is (11 − Σ dᵢ·(14 − i) mod 11) mod 10. */
export function isThaiNumber(digits: string): boolean {
  if (!/^\d{13}$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < 12; at += 1) sum += Number(digits[at]) * (13 - at);
  return (11 - (sum % 11)) % 10 === Number(digits[12]);
}
