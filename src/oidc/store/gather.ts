/** How the work of many requests becomes few statements. */
export interface Gathering<Item, Outcome> {
  /** Statements under way at once: each takes a connection, and no other gatherer takes from this number. */
  slots: number;
  /** What an item touches. Two items that share a key never go into one statement; the later waits its turn. */
  keysOf(item: Item): readonly string[];
  /** One statement, atomic: an outcome for each item, in order. */
  run(items: readonly Item[]): Promise<readonly Outcome[]>;
}

interface Waiting<Item, Outcome> {
  item: Item;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

const MOST = 64;
const TRIES = 4;

/**
 * Gathers what requests ask of the database at the same moment. All that arrives within one turn of the event loop,
 * or while every slot is taken, goes out as one statement of at most 64 items: the cost of a round trip, and of a
 * commit, is shared. With nothing else under way an item waits for nobody.
 */
export class Gatherer<Item, Outcome> {
  readonly #gathering: Gathering<Item, Outcome>;
  #queue: Waiting<Item, Outcome>[] = [];
  #underWay = 0;
  #scheduled = false;

  constructor(gathering: Gathering<Item, Outcome>) {
    this.#gathering = gathering;
  }

  do(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    if (this.#underWay >= this.#gathering.slots) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send(this.#take());
      this.#schedule();
    });
  }

  /** The next items that have nothing to do with each other; what must wait keeps its order. */
  #take(): Waiting<Item, Outcome>[] {
    const taken: Waiting<Item, Outcome>[] = [];
    const left: Waiting<Item, Outcome>[] = [];
    const touched = new Set<string>();
    for (const waiting of this.#queue) {
      const keys = this.#gathering.keysOf(waiting.item);
      const isFree = taken.length < MOST && !keys.some((key) => touched.has(key));
      for (const key of keys) touched.add(key);
      (isFree ? taken : left).push(waiting);
    }
    this.#queue = left;
    return taken;
  }

  async #send(batch: Waiting<Item, Outcome>[]): Promise<void> {
    this.#underWay++;
    try {
      await this.#run(batch);
    } finally {
      this.#underWay--;
      this.#schedule();
    }
  }

  /**
   * A statement that failed has done nothing, and one item may have spoilt it for all: each is then tried by itself.
   * Where it is unknown whether it was done (the connection broke), nothing is repeated.
   */
  async #run(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#gathering.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, at) => resolve(outcomes[at]!));
    } catch (error) {
      const mayRepeat = batch.length > 1 && wasRolledBack(error);
      for (const waiting of batch)
        if (mayRepeat) await this.#runAlone(waiting);
        else if (batch.length === 1 && isDeadlock(error)) await this.#runAlone(waiting);
        else waiting.reject(error);
    }
  }

  async #runAlone({ item, resolve, reject }: Waiting<Item, Outcome>): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        const [outcome] = await this.#gathering.run([item]);
        return resolve(outcome!);
      } catch (error) {
        if (!isDeadlock(error) || tries === TRIES) return reject(error);
      }
  }
}

const codeOf = (error: unknown) => (error as { code?: string } | null)?.code ?? '';

/** PostgreSQL itself refused the statement, and lives: not class 08 (connection), 57P (shut down) or a socket's error. */
function wasRolledBack(error: unknown): boolean {
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P)/.test(code);
}

/** 40P01: chosen to give way to another; 40001: overtaken by another. */
function isDeadlock(error: unknown): boolean {
  return ['40P01', '40001'].includes(codeOf(error));
}
