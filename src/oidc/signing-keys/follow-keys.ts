import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../lib/listen.ts';
import type { KeysApp } from './provider-keys.ts';
import { KEYS_CHANNEL } from './store.ts';

/**
 * Keeps this node's keys as the table and the clock say, until stopped: at once where another node tells of a change, and
 * every `KEY_POLL_SECONDS` in case it did not hear. Without `databaseUrl` it only looks.
 */
export function startKeyFollower(
  app: KeysApp,
  place: { databaseUrl: string | null },
): { stop(): Promise<void> } {
  const ending = new AbortController();
  let failing = false;
  const refresh = async () => {
    try {
      await app.providerKeys.refresh();
      failing = false;
    } catch (error) {
      if (!failing) app.log.error({ err: error }, 'the keys cannot be read');
      failing = true;
    }
  };
  const listener =
    place.databaseUrl === null
      ? null
      : listen({ databaseUrl: place.databaseUrl, channel: KEYS_CHANNEL, heard: refresh });
  const polling = (async () => {
    while (!ending.signal.aborted) {
      await refresh();
      const wait = app.config.KEY_POLL_SECONDS * 1000;
      await sleep(wait, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      ending.abort();
      await Promise.all([polling, listener?.stop()]);
    },
  };
}
