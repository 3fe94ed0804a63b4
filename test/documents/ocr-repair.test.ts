import { describe, expect, it } from 'vitest';
import type { ReadCharacter } from '../../src/documents/ocr-characters.ts';
import { zoneCandidates } from '../../src/documents/ocr-repair.ts';

const options = { now: new Date('2026-11-22T10:00:00Z'), specimenStates: true };
/** The specimen of Doc 9303-4, appendix A. */
const LINES = [
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
];

type Change = Partial<ReadCharacter> & { at: readonly [line: number, column: number] };

/** The specimen as if read clearly, but for the changes. */
function readWith(...changes: readonly Change[]): ReadCharacter[][] {
  return LINES.map((text, line) =>
    Array.from(text, (printed, column): ReadCharacter => {
      const change = changes.find(({ at }) => at[0] === line && at[1] === column);
      const character = change?.character ?? printed;
      return {
        character,
        confidence: change?.confidence ?? 0.999,
        looksLike: change?.looksLike ?? character,
        alternatives: change?.alternatives ?? [],
        mean: 200,
        contrast: 50,
        likeness: 0.97,
      };
    }),
  );
}

describe('candidates', () => {
  it('replace an unclear character that the check digits refuse', () => {
    const candidates = zoneCandidates(
      readWith({ at: [1, 1], character: 'B', confidence: 0.6, alternatives: ['8', '6'] }),
      options,
    );
    expect(candidates).toEqual([
      {
        lines: LINES,
        doubts: [{ line: 1, column: 1, character: '8', looksLike: 'B', because: 'check_digit' }],
      },
    ]);
  });

  it('replace two of them at once where one does not do', () => {
    const candidates = zoneCandidates(
      readWith(
        { at: [1, 0], character: 'I', confidence: 0.6, alternatives: ['L'] },
        { at: [1, 5], character: 'O', confidence: 0.7, alternatives: ['0', 'D'] },
      ),
      options,
    );
    expect(candidates.map(({ lines }) => lines)).toContainEqual(LINES);
  });

  it('name an unclear letter of a name, which no check digit covers', () => {
    const [candidate] = zoneCandidates(
      readWith({
        at: [0, 5],
        character: 'F',
        looksLike: 'F',
        confidence: 0.8,
        alternatives: ['E'],
      }),
      options,
    );
    expect(candidate!.doubts).toEqual([
      { line: 0, column: 5, character: 'F', looksLike: 'F', because: 'unclear' },
    ]);
  });

  it('name a digit that looks like a letter', () => {
    const [candidate] = zoneCandidates(readWith({ at: [1, 14], looksLike: 'A' }), options);
    expect(candidate!.doubts).toEqual([
      { line: 1, column: 14, character: '4', looksLike: 'A', because: 'position' },
    ]);
  });

  it('never replace a clear character, whatever the check digits say', () => {
    const contradicting = readWith({ at: [1, 1], character: 'B', alternatives: ['8'] });
    expect(zoneCandidates(contradicting, options)).toEqual([]);
  });

  it('are none where more is doubtful than a person could compare', () => {
    const unclear = Array.from({ length: 9 }, (_, at): Change => ({
      at: [0, at + 5],
      confidence: 0.5,
    }));
    expect(zoneCandidates(readWith(...unclear), options)).toEqual([]);
  });
});
