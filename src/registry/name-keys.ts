import { nameSpellings } from '../visas/normalise-name.ts';
import type { PersonAttributes } from './person.ts';

/**
 * The forms of a name under which a person is looked for: a form in common with another person of the same birth
 * date makes a *candidate*, never a match. Order of words, spacing, diacritics, the ways of Doc 9303-3 §6 to write one
 * letter, and a left-out later given name make no difference; native script is a form of its own.
 */
export function nameForms(
  person: Pick<PersonAttributes, 'primaryIdentifier' | 'secondaryIdentifier' | 'fullNamePrinted'>,
): string[] {
  const primary = plainWords(person.primaryIdentifier);
  const secondary = plainWords(person.secondaryIdentifier);
  const forms = new Set([
    inAnyOrder([...primary, ...secondary]),
    inAnyOrder([...primary, ...secondary.slice(0, 1)]),
    inAnyOrder([primary.join(''), secondary.join('')]),
  ]);
  if (person.fullNamePrinted !== undefined)
    forms.add(inAnyOrder(plainWords(person.fullNamePrinted)));
  forms.delete('');
  return [...forms];
}

/** Words without anything that transliteration may turn: Müller, MUELLER and MULLER are one. */
function plainWords(name: string): string[] {
  const [byTable = []] = nameSpellings(name);
  return byTable.map((word) =>
    word.replaceAll(/([AO])E|UE|AA|([NU])XX/g, (pair, vowel, letter) => vowel ?? letter ?? pair[0]),
  );
}

function inAnyOrder(words: readonly string[]): string {
  return words
    .filter((word) => word !== '')
    .toSorted()
    .join(' ');
}
