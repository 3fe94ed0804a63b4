import type { ChipDocument } from '../documents/chip-verdict.ts';
import type { DocumentKind } from './documents-accepted.ts';

/** Organisations that issue travel documents of their own (Doc 9303-3 section 5, parts C and D). */
const ORGANISATIONS = ['UNO', 'UNA', 'UNK', 'XPO', 'EUE'];

/**
 * Second letters of a passport's code that name its kind (Doc 9303-4 §4.2.2.1, as harmonised for documents issued from 2026 on);
 * before, a state chose its own, and most leave it out. What is not here is an ordinary passport.
 */
const PASSPORT_CODES: Readonly<Record<string, DocumentKind>> = {
  PD: 'official_passport',
  PO: 'official_passport',
  PM: 'official_passport',
  PE: 'emergency_document',
  PR: 'refugee_document',
  PS: 'stateless_document',
  PT: 'alien_document',
  PL: 'laissez_passer',
};

/** Codes in the place of the nationality, for those who have none (Doc 9303-3 section 5, part B). */
const WITHOUT_NATIONALITY: Readonly<Record<string, DocumentKind>> = {
  XXA: 'stateless_document',
  XXB: 'refugee_document',
  XXC: 'alien_document',
  XXX: 'alien_document',
};

/**
 * What kind of document a zone is of, by what its issuer wrote there: the code, then the nationality, then the issuer. Null
 * where no row of documents-accepted.ts fits. A state's own second letter (a Swiss `PA` passport …) is an ordinary passport.
 */
export function documentKindOf(
  zone: Pick<ChipDocument, 'documentCode' | 'issuingState' | 'nationality'>,
  { hasChip }: { hasChip: boolean },
): DocumentKind | null {
  const code = zone.documentCode.replaceAll('<', '');
  if (code.startsWith('P')) {
    const special =
      PASSPORT_CODES[code] ??
      WITHOUT_NATIONALITY[zone.nationality] ??
      (ORGANISATIONS.includes(zone.issuingState) ? 'laissez_passer' : null);
    return special ?? (hasChip ? 'passport_chip' : 'passport');
  }
  // ILO Convention 185, annex II: IS. Other cards begin with I, A or C (Doc 9303-5, -6).
  if (code === 'IS') return 'seafarer_identity';
  return /^[IAC]/.test(code) ? 'national_card' : null;
}
