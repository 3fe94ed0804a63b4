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

/** The plain UTC date `YYYY-MM-DD` of an instant. */
export function toPlainDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The plain date `days` after `plainDate` (both `YYYY-MM-DD`; `days` may be negative). */
export function addDays(plainDate: string, days: number): string {
  return toPlainDate(addSeconds(new Date(`${plainDate}T00:00:00Z`), days * 86_400));
}
