/**
 * Letters that Doc 9303-3 §6 (table A) lets an issuing state write in more than one way, or that no decomposition
 * reaches. First spelling: the table's own; second: the plain letter that many registers write instead.
 */
const SPELLINGS: Readonly<Record<string, readonly [string, string]>> = {
  Å: ['AA', 'A'],
  Ä: ['AE', 'A'],
  Æ: ['AE', 'AE'],
  Ð: ['D', 'D'],
  Đ: ['D', 'D'],
  Ħ: ['H', 'H'],
  Ĳ: ['IJ', 'IJ'],
  ĸ: ['Q', 'K'],
  Ł: ['L', 'L'],
  Ñ: ['N', 'N'],
  Ŋ: ['N', 'N'],
  Ö: ['OE', 'O'],
  Ø: ['OE', 'O'],
  Œ: ['OE', 'OE'],
  ẞ: ['SS', 'SS'],
  Ŧ: ['T', 'T'],
  Þ: ['TH', 'TH'],
  Ü: ['UE', 'U'],
};

/** Apostrophes are left out of a name, not replaced by a space (Doc 9303-3 §4.6). */
const APOSTROPHES = /['’‘ʼʻ`´]/gu;
const DIACRITICS = /[\u0300-\u036f]/gu;
const WORDS = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * A name as words that can be compared, in each way it may have been transliterated (one or two ways): upper case,
 * Latin letters without diacritics, punctuation and fillers gone. Other scripts stay as they are.
 */
export function nameSpellings(name: string): readonly (readonly string[])[] {
  const upper = name.normalize('NFC').replace(APOSTROPHES, '').toUpperCase();
  const spell = (which: 0 | 1): string[] => {
    const latin = Array.from(upper, (letter) => SPELLINGS[letter]?.[which] ?? letter).join('');
    const plain = latin.normalize('NFD').replace(DIACRITICS, '').normalize('NFC');
    return plain.match(WORDS) ?? [];
  };
  const byTable = spell(0);
  const byPlainLetter = spell(1);
  return byTable.join(' ') === byPlainLetter.join(' ') ? [byTable] : [byTable, byPlainLetter];
}
