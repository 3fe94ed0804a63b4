import { addSeconds } from '../lib/clock.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import type { Limit } from '../web/rate-limit.ts';
import { listReadingTimes } from './examination-store.ts';

/** A chip may be read so often per account; a person whose chip fails goes to a counter (issue 5). */
export const CHIP_ATTEMPTS = { most: 5, windowSeconds: 6 * 3600 } as const;

/** DESIGN section 8. */
export const FILE_BYTES_MAX = 1024 * 1024;
export const FILES_BYTES_MAX = 2 * 1024 * 1024;

export const PORTRAIT_LIMITS = { maxPixels: 40_000_000, maxEdge: 1600 } as const;

/**
 * Guessing a token of 256 bits is hopeless; these keep a broken phone or a prankster from being a load. By network address
 * they are wide: one may be a whole dormitory or airport hall.
 */
export const START_LIMIT: Limit = { name: 'proofing-start', calls: 30, windowSeconds: 3600 };
export const HAND_OFF_LIMIT: Limit = { name: 'proofing-hand-off', calls: 40, windowSeconds: 3600 };
export const PORTRAIT_LIMIT: Limit = { name: 'proofing-portrait', calls: 40, windowSeconds: 3600 };
export const LINK_LIMIT: Limit = { name: 'proofing-link', calls: 1200, windowSeconds: 600 };
export const READER_LIMIT: Limit = { name: 'proofing-reader', calls: 600, windowSeconds: 600 };
export const READER_FILE_LIMIT: Limit = { name: 'proofing-files', calls: 120, windowSeconds: 600 };

export interface ChipAttempts {
  left: number;
  /** When one more is possible; null where one is possible now. */
  nextAt: Date | null;
}

/** How often the chip may still be read for an account, over all its cases. */
export async function chipAttempts(
  db: Db | Tx,
  accountId: AccountId,
  now: Date,
): Promise<ChipAttempts> {
  const since = addSeconds(now, -CHIP_ATTEMPTS.windowSeconds);
  const times = await listReadingTimes(db, accountId, since);
  const left = Math.max(0, CHIP_ATTEMPTS.most - times.length);
  const oldest = times[times.length - CHIP_ATTEMPTS.most];
  return { left, nextAt: oldest ? addSeconds(oldest, CHIP_ATTEMPTS.windowSeconds) : null };
}
