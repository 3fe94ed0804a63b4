import { parseMrz, type Mrz, type MrzFormat, type MrzOptions, type MrzProblem } from './mrz.ts';
import type { CheckDigitResult } from './mrz-check-digits.ts';
import { adviceOnPart, adviceOnZone, adviceWithoutZone, type Advice } from './ocr-advice.ts';
import { alphabetsOf, formatFor } from './ocr-alphabets.ts';
import { characterOf, matchZone, type ReadCharacter } from './ocr-characters.ts';
import { findZone, mayBeFormat } from './ocr-find-zone.ts';
import { halved, smoothed, type GreyImage } from './ocr-image.ts';
import { doubtfulPlaces, zoneCandidates, type ZoneCandidate } from './ocr-repair.ts';
import { pitchOf, straighten, type StraightZone } from './ocr-straighten.ts';
import { zoneCharacters } from './ocr-templates.ts';
import type { ZoneGuess } from './ocr-zone.ts';

/** One character, and how sure the picture is of it: 0 to 1. */
export interface CharacterReading {
  character: string;
  confidence: number;
}

/**
 * `read`: every character is clear and every check digit holds. `candidates`: guesses for a person to compare with the
 * page, never evidence. `inconsistent`: read clearly, and the zone contradicts itself. `unreadable`: what to do, the likeliest first.
 */
export type ZoneReading =
  | {
      outcome: 'read';
      format: MrzFormat;
      lines: string[];
      characters: CharacterReading[][];
      mrz: Mrz;
    }
  | {
      outcome: 'candidates';
      format: MrzFormat;
      characters: CharacterReading[][];
      candidates: ZoneCandidate[];
      advice: Advice[];
    }
  | {
      outcome: 'inconsistent';
      format: MrzFormat;
      lines: string[];
      characters: CharacterReading[][];
      problems: readonly MrzProblem[];
      checkDigits: readonly CheckDigitResult[];
    }
  | { outcome: 'unreadable'; advice: Advice[] };

/** From this pitch on half the pixels hold as much. */
const AMPLE_PITCH = 48;

/**
 * Reads the machine-readable zone of a photo of a data page, card or visa: finds it in any direction, straightens it, matches each
 * place with OCR-B and holds the whole against the rules of Doc 9303. Takes the pixels that there are; enlarges nothing.
 */
export function readZone(image: GreyImage, options: MrzOptions): ZoneReading {
  const found = findZone(image);
  if (found.guesses.length === 0) {
    return { outcome: 'unreadable', advice: adviceWithoutZone(image, found) };
  }
  let unreadable: ZoneReading | null = null;
  for (const guess of found.guesses) {
    const reading = readGuess(image, guess, options);
    if (reading.outcome !== 'unreadable') return reading;
    unreadable ??= reading;
  }
  return unreadable!;
}

function readGuess(image: GreyImage, guess: ZoneGuess, options: MrzOptions): ZoneReading {
  if (!mayBeFormat(guess)) return { outcome: 'unreadable', advice: adviceOnPart(image, guess) };
  if (guess.pitch > AMPLE_PITCH && image.width > 64 && image.height > 64) {
    return readGuess(halved(image), halfGuess(guess), options);
  }
  const even = smoothed(image);
  const zone = straighten(even, guess);
  if (zone === null) return { outcome: 'unreadable', advice: adviceOnPart(image, guess) };
  const matches = matchZone(even, zone);
  const first = zoneCharacters[matches[0]![0]!.best]!;
  const format = formatFor(matches.length, matches[0]!.length, first);
  if (format === null) return { outcome: 'unreadable', advice: adviceOnPart(image, guess) };
  const alphabets = alphabetsOf(format);
  const characters = matches.map((line, at) =>
    line.map((match, column) => characterOf(match, zone.set, alphabets[at]![column]!)),
  );
  return judged({ image, zone, format, characters }, options);
}

/** The curves of a picture of half the size: pixel centres move by a quarter. */
function halfGuess(guess: ZoneGuess): ZoneGuess {
  const half = (polynomial: readonly number[]) =>
    polynomial.map((coefficient, power) => coefficient / 2 - (power === 0 ? 0.25 : 0));
  const curves = guess.curves.map(({ x, y }) => ({ x: half(x), y: half(y) }));
  return { ...guess, curves, pitch: guess.pitch / 2 };
}

interface Matched {
  image: GreyImage;
  zone: StraightZone;
  format: MrzFormat;
  characters: ReadCharacter[][];
}

function judged({ image, zone, format, characters }: Matched, options: MrzOptions): ZoneReading {
  const doubtful = doubtfulPlaces(characters).map(({ read }) => read);
  const advise = () =>
    adviceOnZone({
      characters: characters.flat(),
      doubtful,
      pitch: pitchOf(image, zone),
      blur: zone.set.blur,
      cut: zone.cut,
    });
  const readings = characters.map((line) => line.map(readingOf));
  if (doubtful.length > 0) {
    const candidates = zoneCandidates(characters, options);
    if (candidates.length === 0) return { outcome: 'unreadable', advice: advise() };
    return { outcome: 'candidates', format, characters: readings, candidates, advice: advise() };
  }
  const lines = readings.map((line) => line.map(({ character }) => character).join(''));
  const parsed = parseMrz(lines, options);
  if (parsed.ok) return { outcome: 'read', format, lines, characters: readings, mrz: parsed.mrz };
  const { problems, checkDigits = [] } = parsed;
  return { outcome: 'inconsistent', format, lines, characters: readings, problems, checkDigits };
}

function readingOf({ character, confidence }: ReadCharacter): CharacterReading {
  return { character, confidence: Math.round(confidence * 1000) / 1000 };
}
