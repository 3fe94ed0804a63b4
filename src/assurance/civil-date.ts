import { addSeconds, toPlainDate } from '../lib/clock.ts';

/** Thailand keeps UTC+7 all year (no daylight saving since 1945). */
const CIVIL_OFFSET_SECONDS = 7 * 3600;

/** Today's date where stays and passports are counted: a stay "until the 5th" is lawful through the 5th there. */
export function civilDate(now: Date): string {
  return toPlainDate(addSeconds(now, CIVIL_OFFSET_SECONDS));
}
