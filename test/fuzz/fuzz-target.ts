import { mutated, type Draw } from './mutate.ts';
import { seeds } from './seeds.ts';
import { runTarget } from './targets.ts';

export interface Finding {
  target: string;
  why: string;
  bytes: Buffer;
}

export interface FuzzedTarget {
  runs: number;
  /** Different words heard: refusal reasons, and what was parsed. */
  words: number;
  /** Inputs that were the first to bring their word. */
  kept: Buffer[];
  findings: Finding[];
}

const MAX_CORPUS = 400;
/** Far above what any parser takes, for a machine that does other work too; a slow input is tried three times. */
const SLOW_MS = 200;

/** Mutates inputs of one parser while `goesOn`. An input whose outcome is new joins those that are mutated next. */
export function fuzzTarget(
  target: string,
  {
    draw,
    goesOn,
    corpus: more = [],
  }: { draw: Draw; goesOn: (runs: number) => boolean; corpus?: readonly Buffer[] },
): FuzzedTarget {
  const corpus = [...seeds[target]!, ...more];
  const words = new Set(corpus.map((bytes) => wordOf(target, bytes)));
  const result: FuzzedTarget = { runs: 0, words: 0, kept: [], findings: [] };
  while (goesOn(result.runs)) {
    const bytes = mutated(corpus[draw(corpus.length)]!, draw, corpus[draw(corpus.length)]!);
    const startedAt = performance.now();
    const outcome = runTarget(target, bytes);
    const slow = performance.now() - startedAt > SLOW_MS && isSlow(target, bytes);
    result.runs += 1;
    if (outcome.kind === 'fault' || slow) {
      const why = slow ? `slower than ${SLOW_MS} ms` : outcome.word;
      result.findings.push({ target, why, bytes });
      if (result.findings.length >= 5) break;
    }
    const word = `${outcome.kind} ${outcome.word}`;
    if (words.has(word) || words.size > 5000) continue;
    words.add(word);
    result.kept.push(bytes);
    if (corpus.length < MAX_CORPUS) corpus.push(bytes);
  }
  return { ...result, words: words.size };
}

function wordOf(target: string, bytes: Buffer): string {
  const { kind, word } = runTarget(target, bytes);
  return `${kind} ${word}`;
}

function isSlow(target: string, bytes: Buffer): boolean {
  return [1, 2, 3].every(() => {
    const startedAt = performance.now();
    runTarget(target, bytes);
    return performance.now() - startedAt > SLOW_MS;
  });
}
