import process from 'node:process';
import { Corpus, type Entry } from './corpus.ts';
import { blockOf, clearBlocks, forEachFeature } from './coverage/block-counters.ts';
import type { LiveInput } from './live-input.ts';
import type { Draw } from './mutators/draw.ts';
import { mutated } from './mutators/mutate.ts';
import { shortened } from './shortened.ts';
import { runTarget, targetCalled, type Outcome, type Target } from './targets.ts';

export interface Finding {
  target: string;
  why: string;
  bytes: Buffer;
  /** False where it comes of somebody else's document. */
  ours: boolean;
}

export interface FuzzedTarget {
  target: string;
  runs: number;
  seconds: number;
  /** Where the blocks are that it reached. */
  reached: string[];
  /** Where all blocks are. */
  measured: readonly string[];
  corpus: number;
  findings: Finding[];
  /** Short inputs of our own that reached blocks which the seeds and vectors do not. */
  kept: Buffer[];
}

export interface FuzzRequest {
  target: string;
  draw: Draw;
  goesOn: (runs: number) => boolean;
  /** False leaves the corpus as it is, for comparison. */
  guided: boolean;
  corpus: readonly { bytes: Buffer; ours: boolean }[];
  /** Where each block is. */
  blocks: readonly string[];
  dictionary: readonly Buffer[];
  live: LiveInput;
  /** After so many different ones it is enough. */
  maxFindings: number;
  /** Whether to choose inputs worth keeping. */
  keep: boolean;
}

const SLOW_MS = 50;
const MAX_KEPT_BYTES = 600;

/** Changes inputs of one parser while `goesOn`: those that reach new code are changed further. */
export function fuzzTarget(request: FuzzRequest): FuzzedTarget {
  const target = targetCalled(request.target);
  const { draw, dictionary, live, guided } = request;
  const corpus = new Corpus();
  const findings = new Map<string, Finding>();
  const startedAt = performance.now();

  const measured = (bytes: Buffer, ours: boolean): number[] => {
    live.show(bytes);
    clearBlocks();
    const before = performance.now();
    const outcome = runTarget(target, bytes);
    const elapsedMs = performance.now() - before;
    const features: number[] = [];
    forEachFeature(request.blocks.length, (feature) => features.push(feature));
    const why = faultOf(target, outcome, elapsedMs, bytes);
    if (why !== null && !findings.has(headOf(why))) {
      const short = outcome.kind === 'fault' ? shortestWith(target, why, bytes) : bytes;
      findings.set(headOf(why), { target: request.target, why, bytes: short, ours });
    }
    return features;
  };

  for (const { bytes, ours } of request.corpus) {
    const entry: Entry = { bytes, ours, owned: 0 };
    corpus.addSeed(entry, measured(bytes, ours));
  }
  const known = corpus.blocks;
  let runs = 0;
  while (findings.size < request.maxFindings && request.goesOn(runs)) {
    const [parent, other] = [corpus.pick(draw), corpus.pick(draw)];
    const bytes = mutated(parent.bytes, target.shapes, { draw, other: other.bytes, dictionary });
    const ours = parent.ours && other.ours;
    const features = measured(bytes, ours);
    if (guided) corpus.offer({ bytes, ours, owned: 0 }, features);
    runs += 1;
  }
  return {
    target: request.target,
    runs,
    seconds: (performance.now() - startedAt) / 1000,
    reached: [...corpus.blocks].map((block) => request.blocks[block]!),
    measured: request.blocks,
    corpus: corpus.size,
    findings: [...findings.values()],
    kept: request.keep ? newBlocks(corpus, known, (bytes) => measured(bytes, true)) : [],
  };
}

/** What is wrong, or null. An input is slow by its processor time, the best of three. */
function faultOf(
  target: Target,
  outcome: Outcome,
  elapsedMs: number,
  bytes: Buffer,
): string | null {
  if (outcome.kind === 'fault') return outcome.word;
  const limitMs = target.slowMs ?? SLOW_MS;
  if (elapsedMs <= limitMs) return null;
  const times = [1, 2, 3].map(() => {
    const before = process.threadCpuUsage();
    runTarget(target, bytes);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  const best = Math.min(...times);
  return best > limitMs ? `slow: ${best.toFixed(0)} ms of processor time` : null;
}

/** A fault is known by its message and where it was thrown; a slow input by being slow. */
function headOf(why: string): string {
  return why.startsWith('slow') ? 'slow' : why.split('\n').slice(0, 2).join('\n');
}

function shortestWith(target: Target, why: string, bytes: Buffer): Buffer {
  return shortened(bytes, (candidate) => {
    const outcome = runTarget(target, candidate);
    return outcome.kind === 'fault' && headOf(outcome.word) === headOf(why);
  });
}

function newBlocks(
  corpus: Corpus,
  known: Set<number>,
  measured: (bytes: Buffer) => number[],
): Buffer[] {
  const seen = new Set(known);
  return corpus.entries
    .filter(({ ours, bytes }) => ours && bytes.length <= MAX_KEPT_BYTES)
    .toSorted((one, other) => one.bytes.length - other.bytes.length)
    .filter(({ bytes }) => {
      const before = seen.size;
      for (const feature of measured(bytes)) seen.add(blockOf(feature));
      return seen.size > before;
    })
    .map(({ bytes }) => bytes);
}
