import { Fault } from '../lib/fault.ts';
import { addSeconds } from '../lib/clock.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { plainNumber, plainState } from '../visas/compare-person.ts';
import { countCall } from '../web/rate-limit.ts';
import type { Limit } from '../web/rate-limit.ts';
import { listReadingTimes } from './examination-store.ts';

/** So many tries within a window; from `freely` on each failed one doubles the wait for the next. */
interface AttemptRule {
  most: number;
  windowSeconds: number;
  freely: number;
  firstWaitSeconds: number;
}

/** A chip may be read so often per account; a person whose chip fails goes to a counter. */
export const CHIP_ATTEMPTS: AttemptRule = {
  most: 5,
  windowSeconds: 6 * 3600,
  // All five at once: a chip slips off the phone; then it is six hours, or a counter.
  freely: 5,
  firstWaitSeconds: 60,
};
/** A photo is worth more tries, and costs us half a second of a core each. */
export const PAGE_ATTEMPTS: AttemptRule = {
  most: 10,
  windowSeconds: 24 * 3600,
  freely: 3,
  firstWaitSeconds: 15,
};

/** DESIGN section 8. */
export const FILE_BYTES_MAX = 1024 * 1024;
export const FILES_BYTES_MAX = 2 * 1024 * 1024;

export const PORTRAIT_LIMITS = { maxPixels: 40_000_000, maxEdge: 1600 } as const;
export const PAGE_LIMITS = { maxPixels: 40_000_000, maxEdge: 2000 } as const;

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
export const DATA_PAGE_NETWORK_LIMIT: Limit = {
  name: 'proofing-page-network',
  calls: 300,
  windowSeconds: 3600,
};
export const COUNTER_CODE_LIMIT: Limit = {
  name: 'proofing-counter-code',
  calls: 30,
  windowSeconds: 3600,
};
/** One document in so many cases a day, over all accounts: more is somebody trying a stolen photo on many. */
export const DOCUMENT_LIMIT: Limit = {
  name: 'proofing-document',
  calls: 10,
  windowSeconds: 24 * 3600,
};
/**
 * The same for chips that are genuine, counted apart: whoever has a photo of somebody's page can use up its limit, and must not
 * keep its holder from their own chip. A counter is always open.
 */
export const CHIP_DOCUMENT_LIMIT: Limit = {
  name: 'proofing-chip-document',
  calls: 10,
  windowSeconds: 24 * 3600,
};
/** Codes to one address that a register holds, over all accounts: nobody's mailbox is flooded. */
export const REGISTER_ADDRESS_LIMIT: Limit = {
  name: 'proofing-register-address',
  calls: 6,
  windowSeconds: 24 * 3600,
};
export const REGISTER_CODE_LIMIT: Limit = {
  name: 'proofing-register-code',
  calls: 5,
  windowSeconds: 3600,
};
export const APPEAL_LIMIT: Limit = { name: 'proofing-appeal', calls: 10, windowSeconds: 3600 };

export interface ChipAttempts {
  left: number;
  /** When one more is possible; null where one is possible now. */
  nextAt: Date | null;
}

/** How often the chip may still be read for an account, over all its cases. */
export function chipAttempts(db: Db | Tx, accountId: AccountId, now: Date): Promise<ChipAttempts> {
  return attemptsOf(db, CHIP_ATTEMPTS, { accountId, pathway: 'chip', now });
}

/** The same for photos of a data page. */
export function pageAttempts(db: Db | Tx, accountId: AccountId, now: Date): Promise<ChipAttempts> {
  return attemptsOf(db, PAGE_ATTEMPTS, { accountId, pathway: 'data_page', now });
}

async function attemptsOf(
  db: Db | Tx,
  rule: AttemptRule,
  given: { accountId: AccountId; pathway: 'chip' | 'data_page'; now: Date },
): Promise<ChipAttempts> {
  const since = addSeconds(given.now, -rule.windowSeconds);
  const tries = await listReadingTimes(db, { ...given, since });
  const left = Math.max(0, rule.most - tries.length);
  const oldest = tries[tries.length - rule.most];
  const nextAt = oldest
    ? addSeconds(oldest.at, rule.windowSeconds)
    : afterFailures(rule, tries, given.now);
  return { left, nextAt };
}

/** When the next try may be made after so many failures in a row; null where it may be now. */
export function afterFailures(
  rule: AttemptRule,
  tries: readonly { at: Date; accepted: boolean }[],
  now: Date,
): Date | null {
  const last = tries.at(-1);
  const failures = tries.length - 1 - tries.findLastIndex(({ accepted }) => accepted);
  if (!last || failures < rule.freely) return null;
  const nextAt = addSeconds(last.at, rule.firstWaitSeconds * 2 ** (failures - rule.freely));
  return nextAt > now ? nextAt : null;
}

/** Counts one case in which a document is used, whoever uses it. Throws `too_many_requests`. */
export async function countDocument(
  app: Pick<App, 'db' | 'blindIndex' | 'clock' | 'random'>,
  document: UsedDocument,
): Promise<void> {
  await countCall(app, DOCUMENT_LIMIT, nameOf(document));
}

/** The same for a genuine chip; false where it was used too often. */
export function mayUseChipOf(
  app: Pick<App, 'db' | 'blindIndex' | 'clock' | 'random'>,
  document: UsedDocument,
): Promise<boolean> {
  return mayCall(app, CHIP_DOCUMENT_LIMIT, nameOf(document));
}

interface UsedDocument {
  issuingState: string;
  documentNumber: string;
}

function nameOf({ issuingState, documentNumber }: UsedDocument): string {
  return `${plainState(issuingState)} ${plainNumber(documentNumber)}`;
}

/** As `countCall`, where being over the limit must look like everything else: false instead of an answer. */
export async function mayCall(
  app: Pick<App, 'db' | 'blindIndex' | 'clock' | 'random'>,
  limit: Limit,
  who: string,
): Promise<boolean> {
  try {
    await countCall(app, limit, who);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === 'too_many_requests') return false;
    throw error;
  }
}
