/**
 * What a letter of refusal rests on and how long there is to appeal. Dated data, read from the Administrative Procedure Act
 * B.E. 2539 (1996); no lawyer has reviewed it yet.
 */
export interface LegalBasis {
  effectiveFrom: string;
  /** Sections that letters cite; their words are locale keys `proofing.letter.law_<code>`. */
  citations: readonly { code: string; section: string }[];
  /** Section 44: from the day the order is told. */
  appealWithinDays: number;
  /** Section 45: from the day the appeal is received. */
  decidedWithinDays: number;
  confidence: 'certain' | 'reported' | 'assumed';
}

export const LEGAL_BASES: readonly LegalBasis[] = [
  {
    effectiveFrom: '2026-11-23',
    citations: [
      { code: 'reasons', section: '37' },
      { code: 'route', section: '40' },
      { code: 'appeal', section: '44' },
      { code: 'decision', section: '45' },
    ],
    appealWithinDays: 15,
    decidedWithinDays: 30,
    confidence: 'reported',
  },
];

/** The basis that held on a day (`YYYY-MM-DD`). */
export function legalBasisOn(day: string): LegalBasis {
  const found = LEGAL_BASES.findLast(({ effectiveFrom }) => effectiveFrom <= day);
  return found ?? LEGAL_BASES[0]!;
}
