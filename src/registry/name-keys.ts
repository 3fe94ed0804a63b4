import { nameSpellings } from '../visas/normalise-name.ts';
import type { PersonAttributes } from './person.ts';

type Name = Pick<PersonAttributes, 'primaryIdentifier' | 'secondaryIdentifier' | 'fullNamePrinted'>;

/**
 * The forms of a name under which a person is looked for: a form in common with another person of the same birth
 * date makes a *candidate*, never a match. Order of words, spacing, diacritics, the ways of Doc 9303-3 §6 to write one
 * letter, a left-out later given name, a word said twice and fillers for a missing name (FNU, XXX) make no
 * difference; native script is a form of its own.
 */
export function nameForms(person: Name): string[] {
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

/** The whole name of the zone, words in any order; empty where there is none. */
export function wholeName(person: Name): string {
  return inAnyOrder([
    ...plainWords(person.primaryIdentifier),
    ...plainWords(person.secondaryIdentifier),
  ]);
}

/**
 * What is left of the whole name when everything goes that romanisations differ in: vowels, doubled letters, and the ways
 * to write one sound (MOHAMMED, MUHAMAD; YURIY, IURII; KHIN, KIN); with and without later given names. None for names
 * too short to tell anybody apart.
 */
export function soundForms(person: Name): string[] {
  const primary = plainWords(person.primaryIdentifier);
  const secondary = plainWords(person.secondaryIdentifier);
  const forms = [
    [...primary, ...secondary],
    [...primary, ...secondary.slice(0, 1)],
  ].map((words) => inAnyOrder(words.filter((word) => /^[A-Z]+$/.test(word)).map(boneOf)));
  return [...new Set(forms)].filter((bones) => bones.replaceAll(' ', '').length >= LEAST_SOUNDS);
}

const LEAST_SOUNDS = 3;

/** Sounds that are written in several ways, in the order in which they are folded. */
const FOLDS: readonly (readonly [RegExp, string])[] = [
  // One sign for every hissing sound; what is left of C then sounds as K.
  [/SCHTSCH|SHCH|SCH|TSCH|TCH|SH|CH|CZ|TS|TZ/g, '2'],
  [/ZH|DZ|DJ|DSCH|J/g, 'Z'],
  [/PH/g, 'F'],
  [/X/g, 'KS'],
  [/KH|GH|CK|[CQ]/g, 'K'],
  [/([BDGKLMNPRT])H/g, '$1'],
  [/W/g, 'V'],
  [/[AEIOUYH]/g, ''],
  [/(.)\1+/g, '$1'],
];

function boneOf(word: string): string {
  const folded = FOLDS.reduce((text, [from, to]) => text.replaceAll(from, to), word);
  // A word of vowels alone keeps its first letter, or it would be no word.
  return folded || word.slice(0, 1);
}

/** Stand-ins that passports and visas print where a name is missing. */
const STAND_INS = new Set(['FNU', 'LNU', 'XXX', 'NFN', 'NLN']);

/** Words without anything that transliteration may turn: Müller, MUELLER and MULLER are one. */
function plainWords(name: string): string[] {
  const [byTable = []] = nameSpellings(name);
  return byTable
    .filter((word) => !STAND_INS.has(word))
    .map((word) =>
      word.replaceAll(
        /([AO])E|UE|AA|([NU])XX/g,
        (pair, vowel, letter) => vowel ?? letter ?? pair[0],
      ),
    );
}

function inAnyOrder(words: readonly string[]): string {
  return [...new Set(words)]
    .filter((word) => word !== '')
    .toSorted()
    .join(' ');
}
