/** A date of a machine-readable zone, century decided. Parts that the document leaves open are `XX` (Doc 9303-3 §4.8). */
export interface MrzDate {
  /** `1974-08-12`, `1974-XX-XX`, `XXXX-XX-XX`. */
  value: string;
  /** Two centuries were possible. */
  centuryDoubtful: boolean;
}

const PARTS = /^(\d\d|<<)(\d\d|<<)(\d\d|<<)$/;
/** No holder is older: the oldest age ever proven is 122. */
const OLDEST_AGE_YEARS = 122;

/**
 * A birth date, never in the future of `now`. Where both centuries give a living age the later one is taken and the
 * doubt is told; the full date of DG11 ends it. Null for a date that no calendar has.
 */
export function birthDateOf(field: string, now: Date): MrzDate | null {
  const parts = partsOf(field);
  if (parts === null) return null;
  const { year, month, day } = parts;
  if (year === null) return spelled(null, month, day, false);
  const thisYear = now.getUTCFullYear();
  const century = thisYear - (thisYear % 100);
  const latest = [century + year, century + year - 100].find((candidate) =>
    isNotAfter(candidate, month, day, now),
  )!;
  const doubtful = thisYear - (latest - 100) <= OLDEST_AGE_YEARS;
  return spelled(latest, month, day, doubtful);
}

/** An expiry date: within 50 years of `now`, either way. */
export function expiryDateOf(field: string, now: Date): MrzDate | null {
  const parts = partsOf(field);
  if (parts === null || parts.year === null) return null;
  const thisYear = now.getUTCFullYear();
  const first = thisYear - 50;
  const year = first + ((((parts.year - first) % 100) + 100) % 100);
  return spelled(year, parts.month, parts.day, false);
}

interface DateParts {
  year: number | null;
  month: number | null;
  day: number | null;
}

function partsOf(field: string): DateParts | null {
  const match = PARTS.exec(field);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map((part) => (part === '<<' ? null : Number(part)));
  return { year: year!, month: month!, day: day! };
}

function isNotAfter(year: number, month: number | null, day: number | null, now: Date): boolean {
  return Date.UTC(year, (month ?? 1) - 1, day ?? 1) <= now.getTime();
}

function spelled(
  year: number | null,
  month: number | null,
  day: number | null,
  centuryDoubtful: boolean,
): MrzDate | null {
  if (!isPossible(year, month, day)) return null;
  const two = (part: number | null) => (part === null ? 'XX' : String(part).padStart(2, '0'));
  const value = `${year === null ? 'XXXX' : year}-${two(month)}-${two(day)}`;
  return { value, centuryDoubtful };
}

/** Whether a calendar has the date; an unknown year may be a leap year, an unknown month a long one. */
function isPossible(year: number | null, month: number | null, day: number | null): boolean {
  if (month !== null && (month < 1 || month > 12)) return false;
  if (day === null) return true;
  const daysInMonth = month === null ? 31 : new Date(Date.UTC(year ?? 2000, month, 0)).getUTCDate();
  return day >= 1 && day <= daysInMonth;
}

/** Past the last day of an expiry date; an unknown day lasts to the end of its month, an unknown month of its year. */
export function isPast(expiry: string, now: Date): boolean {
  const [year, month, day] = expiry.split('-') as [string, string, string];
  const last = `${year}-${month === 'XX' ? '12' : month}-${day === 'XX' ? '31' : day}`;
  return now.toISOString().slice(0, 10) > last;
}
