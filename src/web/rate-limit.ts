import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import { networkOf } from '../lib/network-address.ts';
import type { Context } from './context.ts';
import { deleteExpiredCounters } from './rate-limit-store.ts';

/** How often, within how long. */
export interface Limit {
  name: string;
  calls: number;
  windowSeconds: number;
}

const limiters = new WeakMap<object, Map<string, RateLimiterPostgres>>();

function limiterFor(app: Pick<App, 'db'>, limit: Limit): RateLimiterPostgres {
  const ofDatabase = limiters.get(app.db) ?? new Map<string, RateLimiterPostgres>();
  limiters.set(app.db, ofDatabase);
  const known = ofDatabase.get(limit.name);
  if (known) return known;
  const made = new RateLimiterPostgres({
    storeClient: app.db,
    storeType: 'knex',
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: limit.name,
    points: limit.calls,
    duration: limit.windowSeconds,
    clearExpiredByTimeout: false,
  });
  ofDatabase.set(limit.name, made);
  return made;
}

/** One call in so many clears counters whose window is over: nothing else would. */
const SWEEP_EVERY = 100;
const SWEPT = 500;

type CountingApp = Pick<App, 'db' | 'blindIndex' | 'clock' | 'random'>;

/** Counts one call of the network that the request came from. */
export function countCaller(ctx: Context, app: CountingApp, limit: Limit): Promise<void> {
  return countCall(app, limit, callerOf(ctx));
}

/** The network that a request came from, as limits name it. */
export function callerOf(ctx: Context): string {
  return networkOf(ctx.ip);
}

/**
 * Counts one call for `who` (a network, an account: stored only as a keyed digest).
 * Throws `too_many_requests` (429, Retry-After) past the limit, on whatever node the calls came in.
 */
export async function countCall(app: CountingApp, limit: Limit, who: string): Promise<void> {
  if (app.random.integer(SWEEP_EVERY) === 0)
    await deleteExpiredCounters(app.db, { now: app.clock.now(), limit: SWEPT });
  const key = app.blindIndex.of('rate-limit', who).toString('base64url');
  try {
    await limiterFor(app, limit).consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    throw new Fault('too_many_requests', { retryAfterSeconds });
  }
}
