import type { Aal, Ial, Levels } from './acr.ts';

/** The Thai names were read from public texts and not reviewed by the authority that owns them. */
export const THAI_NAMES = { reviewed: false, asOf: '2026-11-22' } as const;

/** The names that other frameworks give our identity levels (DESIGN section 3): aligned with, never certified. */
export const ALIGNED_IAL: Readonly<Record<Ial, { nist: string | null; thai: string }>> = {
  0: { nist: null, thai: '1.1' },
  1: { nist: 'IAL1', thai: '1.3' },
  2: { nist: 'IAL2', thai: '2.3' },
  3: { nist: 'IAL3', thai: '3' },
};

export const ALIGNED_AAL: Readonly<Record<Aal, { nist: string }>> = {
  1: { nist: 'AAL1' },
  2: { nist: 'AAL2' },
  3: { nist: 'AAL3' },
};

/** The aligned names of a pair of levels, as separate claims beside `acr`. */
export interface AlignedNames {
  nist: { ial: string | null; aal: string };
  /** Of the pair: high = 3 and 3, substantial = both at least 2; nothing is claimed below. */
  eidas: 'substantial' | 'high' | null;
  thai: { ial: string; reviewed: boolean; asOf: string };
}

/** The names that NIST SP 800-63-4, eIDAS (EU) 2015/1502 and the Thai framework use for `levels`. */
export function alignedNames(levels: Levels): AlignedNames {
  return {
    nist: { ial: ALIGNED_IAL[levels.ial].nist, aal: ALIGNED_AAL[levels.aal].nist },
    eidas: eidasOf(levels),
    thai: { ial: ALIGNED_IAL[levels.ial].thai, ...THAI_NAMES },
  };
}

function eidasOf({ ial, aal }: Levels): AlignedNames['eidas'] {
  if (ial === 3 && aal === 3) return 'high';
  return ial >= 2 && aal >= 2 ? 'substantial' : null;
}
