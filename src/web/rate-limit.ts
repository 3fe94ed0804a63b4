import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';

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

/**
 * Counts one call for `who` (an address, an account: stored only as a keyed digest).
 * Throws `too_many_requests` (429, Retry-After) past the limit, on whatever node the calls came in.
 */
export async function countCall(
  app: Pick<App, 'db' | 'blindIndex'>,
  limit: Limit,
  who: string,
): Promise<void> {
  const key = app.blindIndex.of('rate-limit', who).toString('base64url');
  try {
    await limiterFor(app, limit).consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    throw new Fault('too_many_requests', { retryAfterSeconds });
  }
}
