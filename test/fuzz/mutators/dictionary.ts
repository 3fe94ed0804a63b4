import { derOid } from '../../../src/documents/der-writer.ts';

/**
 * Octets that the parsers' own code compares with, as an input would hold them: texts as they are, object identifiers in DER, hex as
 * octets, numbers (tags of two octets, magic numbers) big end first.
 */
export function dictionaryOf(literals: readonly (string | number)[]): Buffer[] {
  const words = new Map<string, Buffer>();
  for (const literal of literals) {
    for (const word of wordsOf(literal)) {
      if (word.length > 0) words.set(word.toString('hex'), word);
    }
  }
  const sorted = [...words].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.length === 0 ? [Buffer.of(0)] : sorted.map(([, word]) => word);
}

function wordsOf(literal: string | number): Buffer[] {
  if (typeof literal === 'number') {
    const hex = literal.toString(16);
    return [Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')];
  }
  if (/^[0-2](\.\d+)+$/.test(literal)) return [derOid(literal)];
  const isHex = /^([0-9a-f]{2})+$/.test(literal);
  return [Buffer.from(literal), ...(isHex ? [Buffer.from(literal, 'hex')] : [])];
}
