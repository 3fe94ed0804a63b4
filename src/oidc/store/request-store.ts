import { AsyncLocalStorage } from 'node:async_hooks';
import type { AccountId } from '../../lib/ids.ts';
import type { Holder } from '../holder.ts';
import { RequestReads } from './request-reads.ts';
import type { RequestScope } from './request-scope.ts';
import { RequestWrites } from './request-writes.ts';

/** One request's store. */
export interface RequestStore {
  scope: RequestScope;
  reads: RequestReads;
  writes: RequestWrites;
  /** The holders that were asked for. */
  holders: Map<AccountId, Promise<Holder>>;
  /** Those that somebody acts for, by `guardian ward`. */
  wards: Map<string, Promise<Holder>>;
  /** What may happen only once the writes are there: others look for it at that very moment. */
  afterwards: (() => Promise<void>)[];
}

export function createRequestStore(scope: RequestScope): RequestStore {
  const reads = new RequestReads(scope);
  return {
    scope,
    reads,
    writes: new RequestWrites(scope, reads),
    holders: new Map(),
    wards: new Map(),
    afterwards: [],
  };
}

/** On the context itself: a weak map of all requests under way costs the collector more than the requests' own garbage. */
const STORE = Symbol('request store');
type Carrier = { [STORE]?: RequestStore };
const pages = new AsyncLocalStorage<RequestStore>();

/** Ties a store to a request of the library; the adapters find it through the library's own context. */
export function openRequestStore(ctx: object, scope: RequestScope): RequestStore {
  const store = createRequestStore(scope);
  (ctx as Carrier)[STORE] = store;
  return store;
}

export function requestStoreOf(ctx: object): RequestStore | undefined {
  return (ctx as Carrier)[STORE];
}

/** Runs a page of ours that asks the library things, outside its own requests: what was read for it serves them all. */
export function withPageStore<Result>(store: RequestStore, page: () => Result): Result {
  return pages.run(store, page);
}

export function pageStore(): RequestStore | undefined {
  return pages.getStore();
}
