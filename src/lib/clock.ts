/** Where the time comes from. Everything that needs "now" takes one of these (STYLE rule 10). */
export interface Clock {
  now(): Date;
}

/** The machine's own clock. Tests move it by faking `Date`, which oidc-provider reads too. */
export const systemClock: Clock = { now: () => new Date() };

/** `date` plus `seconds` (may be negative). */
export function addSeconds(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

const DAY_MS = 86_400_000;
/** Texts of days: every token asks for several, and mostly for those of today. */
const plainDates = new Map<number, string>();

/** The plain UTC date `YYYY-MM-DD` of an instant. */
export function toPlainDate(date: Date): string {
  const day = Math.floor(date.getTime() / DAY_MS);
  const known = plainDates.get(day);
  if (known !== undefined) return known;
  const text = date.toISOString().slice(0, 10);
  if (plainDates.size >= 1_000) plainDates.clear();
  plainDates.set(day, text);
  return text;
}

/** The plain date `days` after `plainDate` (both `YYYY-MM-DD`; `days` may be negative). */
export function addDays(plainDate: string, days: number): string {
  return toPlainDate(addSeconds(new Date(`${plainDate}T00:00:00Z`), days * 86_400));
}
