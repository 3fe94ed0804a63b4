import type { App } from '../../lib/app.ts';
import { findTokenBundles } from './artefact-store.ts';
import type { TokenBundle } from './artefact-store.ts';
import { findBrowserBundles } from './browser-store.ts';
import type { BrowserBundle, BrowserNames } from './browser-store.ts';
import { flushWrites } from './flush-store.ts';
import type { FlushOutcome } from './flush-store.ts';
import { Gatherer } from './gather.ts';
import { keysOf } from './writes.ts';
import type { Writes } from './writes.ts';

/** The ways to the database, each with connections of its own that no other takes: none waits for another. */
export interface Lanes {
  /** Digest of a code or token → all that its use asks for. */
  tokens: Gatherer<Buffer, TokenBundle | null>;
  browsers: Gatherer<BrowserNames, BrowserBundle>;
  writes: Gatherer<Writes, FlushOutcome>;
}

/** Two: while the one statement is under way the next gathers, and a slow one does not stop the rest. */
const SLOTS = 2;
const nothing = (): readonly string[] => [];
const lanes = new WeakMap<object, Lanes>();

/** The lanes of a node: one set a database pool. */
export function lanesOf(app: App): Lanes {
  const known = lanes.get(app.db);
  if (known) return known;
  const made: Lanes = {
    tokens: new Gatherer({
      slots: SLOTS,
      keysOf: nothing,
      run: (digests) => findTokenBundles(app, digests),
    }),
    browsers: new Gatherer({
      slots: SLOTS,
      keysOf: nothing,
      run: (names) => findBrowserBundles(app, names, app.clock.now()),
    }),
    writes: new Gatherer({
      slots: SLOTS,
      keysOf,
      run: (writes) => flushWrites(app, writes),
    }),
  };
  lanes.set(app.db, made);
  return made;
}
