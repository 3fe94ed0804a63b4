import type { Draw } from './mutators/draw.ts';
import { blockOf } from './coverage/block-counters.ts';

/** An input worth changing further. */
export interface Entry {
  bytes: Buffer;
  /** False where it comes of somebody else's document: it is never written into the project. */
  ours: boolean;
  /** Features of which it is the shortest input. */
  owned: number;
}

/**
 * The inputs that reached what no other had: for each feature (a block, run so often) the shortest one that has it. An
 * input that owns no feature any more is dropped, so the corpus stays as small as the parser.
 */
export class Corpus {
  readonly #seeds: Entry[] = [];
  readonly #owners = new Map<number, Entry>();
  #entries: Entry[] = [];
  #newest: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get features(): number {
    return this.#owners.size;
  }

  get blocks(): Set<number> {
    return new Set([...this.#owners.keys()].map((feature) => blockOf(feature)));
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** A sound input: stays, whatever it owns. */
  addSeed(entry: Entry, features: readonly number[]): void {
    this.#seeds.push(entry);
    this.#entries.push(entry);
    for (const feature of features) this.#own(feature, entry);
  }

  /** Whether an input with these features was new; or shorter, by a quarter or more, than all that had one of them. */
  offer(entry: Entry, features: readonly number[]): boolean {
    let isNew = false;
    const won: number[] = [];
    for (const feature of features) {
      const owner = this.#owners.get(feature);
      if (owner === undefined) isNew = true;
      if (owner === undefined || entry.bytes.length < owner.bytes.length * 0.75) won.push(feature);
    }
    if (won.length === 0) return false;
    this.#entries.push(entry);
    for (const feature of won) this.#own(feature, entry);
    this.#entries = this.#entries.filter((kept) => kept.owned > 0 || this.#seeds.includes(kept));
    if (isNew) this.#newest = [...this.#newest.slice(-7), entry];
    return isNew;
  }

  /** Sometimes a sound one, sometimes one of the newest, else any. */
  pick(draw: Draw): Entry {
    const chance = draw(8);
    const from = chance === 0 ? this.#seeds : chance < 4 ? this.#newest : this.#entries;
    const entries = from.length === 0 ? this.#entries : from;
    return entries[draw(entries.length)]!;
  }

  #own(feature: number, entry: Entry): void {
    const before = this.#owners.get(feature);
    if (before !== undefined) before.owned -= 1;
    this.#owners.set(feature, entry);
    entry.owned += 1;
  }
}
