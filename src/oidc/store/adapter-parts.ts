import { errors } from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Payload } from './request-scope.ts';
import type { RequestStore } from './request-store.ts';

/**
 * The store to act on. `atOnce`: no request of the library gathers the writes (our own pages), so that each act is
 * written when it is done.
 */
export type Current = () => { store: RequestStore; atOnce: boolean };

/** Makes the adapter of one model (`adapter.ts` lists them). */
export type MakeAdapter = (current: Current) => Adapter;

/** Does one act, and writes it where no request gathers the writes. */
export async function act(current: Current, work: (store: RequestStore) => unknown): Promise<void> {
  const { store, atOnce } = current();
  await work(store);
  if (!atOnce) return;
  if ((await store.writes.flush({ failed: false })) === 'replayed') throw new errors.InvalidGrant();
}

export const found = (payload: Payload | undefined): AdapterPayload | undefined => payload;

/** Every artefact of ours ends: one without a lifetime is a fault of configuration. */
export function lifetime(seconds: number | undefined): number {
  if (seconds === undefined) throw new Error('The library stores something without an end.');
  return seconds;
}

/** Kinds and acts that no feature of ours uses: a fault where they are reached. */
export function unsupported(model: string): Adapter {
  const refuse = () => Promise.reject(new Error(`No storage for this act on ${model}`));
  return {
    find: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}
