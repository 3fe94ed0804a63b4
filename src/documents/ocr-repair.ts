import { parseMrz, type MrzOptions } from './mrz.ts';
import { CLEAR, type ReadCharacter } from './ocr-characters.ts';

/** A zone that holds together after guesses: for a person to compare with the page, never evidence. */
export interface ZoneCandidate {
  lines: string[];
  doubts: readonly Doubt[];
}

/** A character that the picture alone does not decide. */
export interface Doubt {
  line: number;
  column: number;
  /** In this candidate. */
  character: string;
  looksLike: string;
  because: 'unclear' | 'position' | 'check_digit';
}

/** More doubts than this are no reading. */
export const MOST_DOUBTS = 8;
const ALTERNATIVES = 3;
const MOST_CANDIDATES = 5;

interface Place {
  line: number;
  column: number;
  read: ReadCharacter;
}

/** Doubtful is what is not clear, and what looks like a character that may not stand where it is. */
export function doubtfulPlaces(lines: readonly (readonly ReadCharacter[])[]): Place[] {
  const places = lines.flatMap((characters, line) =>
    characters.map((read, column): Place => ({ line, column, read })),
  );
  return places.filter(({ read }) => read.confidence < CLEAR || read.character !== read.looksLike);
}

/**
 * Zones whose check digits hold, with up to two doubtful characters replaced. Clear characters stay: where they
 * contradict each other, the page does.
 */
export function zoneCandidates(
  characters: readonly (readonly ReadCharacter[])[],
  options: MrzOptions,
): ZoneCandidate[] {
  const doubtful = doubtfulPlaces(characters).toSorted(
    (a, b) => a.read.confidence - b.read.confidence,
  );
  if (doubtful.length > MOST_DOUBTS) return [];
  const plain = characters.map((line) => line.map(({ character }) => character).join(''));
  const candidate = (changes: readonly Change[]): ZoneCandidate | null => {
    const lines = changes.reduce(
      (text, { place, character }) => replaced(text, place, character),
      plain,
    );
    if (!parseMrz(lines, options).ok) return null;
    return { lines, doubts: doubtful.map((place) => doubtAbout(place, changes)) };
  };
  const asRead = candidate([]);
  if (asRead !== null) return [asRead];
  const singles = doubtful.flatMap(changesOf);
  const found = singles.map((change) => candidate([change])).filter((one) => one !== null);
  if (found.length > 0) return found.slice(0, MOST_CANDIDATES);
  const pairs = singles.flatMap((first, at) =>
    singles
      .slice(at + 1)
      .filter(({ place }) => place !== first.place)
      .map((second) => [first, second]),
  );
  return pairs
    .map(candidate)
    .filter((one) => one !== null)
    .slice(0, MOST_CANDIDATES);
}

interface Change {
  place: Place;
  character: string;
}

function changesOf(place: Place): Change[] {
  return place.read.alternatives.slice(0, ALTERNATIVES).map((character) => ({ place, character }));
}

function replaced(lines: readonly string[], { line, column }: Place, character: string): string[] {
  return lines.map((text, at) =>
    at === line ? text.slice(0, column) + character + text.slice(column + 1) : text,
  );
}

function doubtAbout(place: Place, changes: readonly Change[]): Doubt {
  const { line, column, read } = place;
  const { looksLike } = read;
  const change = changes.find((one) => one.place === place);
  if (change)
    return { line, column, character: change.character, looksLike, because: 'check_digit' };
  const because = read.confidence < CLEAR ? 'unclear' : 'position';
  return { line, column, character: read.character, looksLike, because };
}
