import type { Agency } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import type { AccountId } from '../lib/ids.ts';
import { findOrInsertSubject } from './subject-store.ts';

const REMEMBERED = 20_000;
const caches = new WeakMap<object, Map<string, string>>();

/**
 * The `sub` of an account at an agency: pairwise, 128 random bits, stored, never derived from anything (DESIGN
 * section 4). It never changes, so a node may remember it.
 */
export async function subjectOf(app: App, agency: Agency, accountId: AccountId): Promise<string> {
  const cache = caches.get(app.db) ?? new Map<string, string>();
  caches.set(app.db, cache);
  const key = `${agency.id} ${accountId}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const sub = await findOrInsertSubject(app.db, {
    agencyId: agency.id,
    accountId,
    candidate: app.random.token(16),
    at: app.clock.now(),
  });
  if (cache.size >= REMEMBERED) cache.delete(cache.keys().next().value!);
  cache.set(key, sub);
  return sub;
}
