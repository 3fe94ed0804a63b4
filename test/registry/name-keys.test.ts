import { describe, expect, it, test } from 'vitest';
import { nameForms } from '../../src/registry/name-keys.ts';

type Name = Parameters<typeof nameForms>[0];
const name = (
  primaryIdentifier: string,
  secondaryIdentifier = '',
  fullNamePrinted?: string,
): Name => ({
  primaryIdentifier,
  secondaryIdentifier,
  ...(fullNamePrinted === undefined ? {} : { fullNamePrinted }),
});
const shareAForm = (a: Name, b: Name) => nameForms(a).some((form) => nameForms(b).includes(form));

describe('names that make candidates', () => {
  test.each<[string, Name, Name]>([
    ['the same name', name('ERIKSSON', 'ANNA MARIA'), name('ERIKSSON', 'ANNA MARIA')],
    ['another order', name('NGUYEN', 'THI MAI'), name('MAI', 'THI NGUYEN')],
    ['primary and secondary swapped', name('MAI', 'NGUYEN'), name('NGUYEN', 'MAI')],
    ['a later given name left out', name('ERIKSSON', 'ANNA MARIA'), name('ERIKSSON', 'ANNA')],
    ['other spacing', name('AL HASSAN', 'OMAR'), name('ALHASSAN', 'OMAR')],
    ['an apostrophe', name("O'CONNOR", 'ENYA'), name('OCONNOR', 'ENYA')],
    ['a hyphen', name('SMITH-JONES', 'ANN'), name('SMITH JONES', 'ANN')],
    ['fillers', name('ERIKSSON', 'ANNA<MARIA'), name('ERIKSSON', 'ANNA MARIA')],
    ['two transliterations of one letter', name('MUELLER', 'JOERG'), name('MULLER', 'JORG')],
    [
      'printed letters and their transliteration',
      name('x', 'y', 'Müller Jörg'),
      name('MUELLER', 'JOERG'),
    ],
    ['a ring', name('AASTROEM', 'LENA'), name('ASTROM', 'LENA')],
    ['a macron', name('x', 'y', 'Ōkubo Tomás'), name('OKUBO', 'TOMAS')],
    ['sharp s', name('x', 'y', 'Groß Ute'), name('GROSS', 'UTE')],
    ['a single name, however it was entered', name('SUKARNO'), name('', 'SUKARNO')],
    ['the same native script', name('A', 'B', 'สมชาย ใจดี'), name('C', 'D', 'สมชาย ใจดี')],
  ])('%s', (_case, a, b) => {
    expect(shareAForm(a, b)).toBe(true);
  });

  test.each<[string, Name, Name]>([
    ['another family name', name('ERIKSSON', 'ANNA'), name('ERIKSEN', 'ANNA')],
    ['another given name', name('NGUYEN', 'THI MAI'), name('NGUYEN', 'VAN MAI')],
    ['a single name and a longer one', name('SUKARNO'), name('SUKARNO', 'PUTRA')],
  ])('but not %s', (_case, a, b) => {
    expect(shareAForm(a, b)).toBe(false);
  });

  it('give no empty form', () => {
    expect(nameForms(name('', ''))).toEqual([]);
    expect(nameForms(name('SUKARNO'))).toEqual(['SUKARNO']);
  });
});
