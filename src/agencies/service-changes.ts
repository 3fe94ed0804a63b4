import type { App } from '../lib/app.ts';
import { findServiceChanges } from './service-change-store.ts';

/** Nothing older than this counts: a change of a service shows on every node within this time. */
const FRESH_MS = 1_000;
/** Looked again after this, beside the requests, so that none of them waits while there are requests. */
const LOOK_AGAIN_MS = 500;

/** More than any transaction: nothing is remembered before the first look. */
const NOTHING_YET = String(2n ** 62n);

/**
 * Tells who remembers services which of them changed: one small query a node, twice a second at most, however many
 * services there are. `forget` is called with each changed client id.
 */
export function followServiceChanges(
  app: Pick<App, 'db'>,
  forget: (clientId: string) => void,
): { whenFresh(this: void): Promise<void> | undefined } {
  let horizon = NOTHING_YET;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  const look = (): Promise<void> => {
    const startedAt = performance.now();
    looking ??= findServiceChanges(app.db, horizon)
      .then((found) => {
        found.changed.forEach(forget);
        horizon = found.horizon;
        lookedAt = startedAt;
      })
      .finally(() => (looking = undefined));
    return looking;
  };
  return {
    /** Undefined where what is remembered counts as it is; else a promise of it. */
    whenFresh() {
      const age = performance.now() - lookedAt;
      if (age >= FRESH_MS) return look();
      // A failure shows to whoever has to wait for the next look.
      if (age >= LOOK_AGAIN_MS && !looking) look().catch(() => {});
      return undefined;
    },
  };
}
