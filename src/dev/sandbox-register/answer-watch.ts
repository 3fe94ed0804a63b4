import type { Clock } from '../../lib/clock.ts';
import { addSeconds } from '../../lib/clock.ts';
import type { WatchStatement } from '../../visas/register-answer.ts';
import type { RegisterQuestion } from '../../visas/register-port.ts';

export const WATCH_SOURCE = 'sandbox_watch';

/** A document is on the list by how its number begins; since when, in days before now. */
const LISTED = [
  { prefix: 'LOST', list: 'lost_or_stolen', daysAgo: 20 },
  { prefix: 'STOLEN', list: 'lost_or_stolen', daysAgo: 20 },
  { prefix: 'WATCHED', list: 'watch_list', daysAgo: 90 },
] as const;

/** What the sandbox's list of lost and stolen documents and of watched persons says. */
export function lookUpWatch(
  { documentNumber }: Pick<RegisterQuestion, 'documentNumber'>,
  clock: Clock,
): WatchStatement {
  const now = clock.now();
  const said = { asOf: now.toISOString(), source: WATCH_SOURCE };
  const listed = LISTED.find(({ prefix }) => documentNumber.startsWith(prefix));
  if (!listed) return { kind: 'not_found', ...said };
  const { prefix, list, daysAgo } = listed;
  const since = addSeconds(now, -daysAgo * 86_400).toISOString();
  return { kind: 'hit', list, reference: `${prefix}-2026-0001`, since, ...said };
}
