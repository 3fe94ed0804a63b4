import { RequestReads } from './request-reads.ts';
import type { RequestScope } from './request-scope.ts';
import { RequestWrites } from './request-writes.ts';

/** One request's store. */
export interface RequestStore {
  scope: RequestScope;
  reads: RequestReads;
  writes: RequestWrites;
  /** What may happen only once the writes are there: others look for it at that very moment. */
  afterwards: (() => Promise<void>)[];
}

export function createRequestStore(scope: RequestScope): RequestStore {
  const reads = new RequestReads(scope);
  return { scope, reads, writes: new RequestWrites(scope, reads), afterwards: [] };
}

const stores = new WeakMap<object, RequestStore>();

/** Ties a store to a request of the library; the adapters find it through the library's own context. */
export function openRequestStore(ctx: object, scope: RequestScope): RequestStore {
  const store = createRequestStore(scope);
  stores.set(ctx, store);
  return store;
}

export function requestStoreOf(ctx: object): RequestStore | undefined {
  return stores.get(ctx);
}
