import { FILLER } from './mrz-fillers.ts';

/** A date of a machine-readable zone, century decided. Parts that the document leaves open are `XX` (Doc 9303-3 §4.8). */
export interface MrzDate {
  /** `1974-08-12`, `1974-XX-XX`, `XXXX-XX-XX`. */
  value: string;
  /** Two centuries were possible. */
  centuryDoubtful: boolean;
}

/** No holder is older: the oldest age ever proven is 122. */
const OLDEST_AGE_YEARS = 122;

/**
 * A birth date, never in the future of `now`. Where both centuries give a living age the later one is taken and the
 * doubt is told; the full date of DG11 ends it. Null for a date that no calendar has. `codes` holds YYMMDD from `at` on.
 */
export function birthDateOf(codes: Uint8Array, at: number, now: Date): MrzDate | null {
  const year = partAt(codes, at);
  const month = partAt(codes, at + 2);
  const day = partAt(codes, at + 4);
  if (year === NO_PART) return null;
  if (year === OPEN) return spelled(OPEN, month, day, false);
  const date = plainDateOf(now);
  const thisYear = date.year;
  const inThisCentury = thisYear - (thisYear % 100) + year;
  const latest = isNotAfter(inThisCentury, month, day, date) ? inThisCentury : inThisCentury - 100;
  const doubtful = thisYear - (latest - 100) <= OLDEST_AGE_YEARS;
  return spelled(latest, month, day, doubtful);
}

/** An expiry date: within 50 years of `now`, either way. */
export function expiryDateOf(codes: Uint8Array, at: number, now: Date): MrzDate | null {
  const part = partAt(codes, at);
  if (part === NO_PART || part === OPEN) return null;
  const first = plainDateOf(now).year - 50;
  const year = first + ((((part - first) % 100) + 100) % 100);
  return spelled(year, partAt(codes, at + 2), partAt(codes, at + 4), false);
}

const ZERO = 0x30;
/** Parts of a date are numbers throughout, these two as well: 0 to 99, or fillers, or neither. */
const OPEN = -1;
const NO_PART = -2;

function partAt(codes: Uint8Array, at: number): number {
  const first = codes[at]!;
  const second = codes[at + 1]!;
  if (first === FILLER && second === FILLER) return OPEN;
  const tens = first - ZERO;
  const units = second - ZERO;
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : NO_PART;
}

/** Whether a date that was read leaves its year, month or day open. */
export function hasOpenPart(codes: Uint8Array, at: number): boolean {
  return codes[at] === FILLER || codes[at + 2] === FILLER || codes[at + 4] === FILLER;
}

/** An unknown month counts as January, an unknown day as the first. */
function isNotAfter(year: number, month: number, day: number, today: PlainDate): boolean {
  if (year !== today.year) return year < today.year;
  const inMonth = month === OPEN ? 1 : month;
  if (inMonth !== today.month) return inMonth < today.month;
  return (day === OPEN ? 1 : day) <= today.day;
}

interface PlainDate {
  year: number;
  month: number;
  day: number;
}

const DAY_MILLISECONDS = 86_400_000;
/** Of the last moment asked about, for the rest of its day: a calendar costs more than a date. */
const today = { startsAt: Number.NaN, date: { year: 0, month: 0, day: 0 } };

function plainDateOf(now: Date): PlainDate {
  const since = now.getTime() - today.startsAt;
  if (since >= 0 && since < DAY_MILLISECONDS) return today.date;
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  today.startsAt = Date.UTC(year, month, day);
  today.date = { year, month: month + 1, day };
  return today.date;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, part) => String(part).padStart(2, '0'));
/** `-08-12`, `-08-XX`, by month and day, 0 for one left open: a date is then put together of two strings, not of five. */
const MONTHS_AND_DAYS = Array.from({ length: 13 * 32 }, (_, at) => {
  const [month, day] = [Math.floor(at / 32), at % 32];
  return `-${month === 0 ? 'XX' : TWO_DIGITS[month]!}-${day === 0 ? 'XX' : TWO_DIGITS[day]!}`;
});

function spelled(
  year: number,
  month: number,
  day: number,
  centuryDoubtful: boolean,
): MrzDate | null {
  if (!isPossible(year, month, day)) return null;
  const rest = MONTHS_AND_DAYS[(month === OPEN ? 0 : month) * 32 + (day === OPEN ? 0 : day)]!;
  return { value: (year === OPEN ? 'XXXX' : String(year)) + rest, centuryDoubtful };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether a calendar has the date; an unknown year may be a leap year, an unknown month a long one. */
function isPossible(year: number, month: number, day: number): boolean {
  if (month !== OPEN && (month < 1 || month > 12)) return false;
  if (day === OPEN) return true;
  const leap = month === 2 && (year === OPEN || isLeapYear(year));
  const daysInMonth = month === OPEN ? 31 : DAYS[month - 1]! + (leap ? 1 : 0);
  return day >= 1 && day <= daysInMonth;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Past the last day of an expiry date; an unknown day lasts to the end of its month, an unknown month of its year. */
export function isPast(expiry: string, now: Date): boolean {
  const [year, month, day] = expiry.split('-').map(Number) as [number, number, number];
  if (Number.isNaN(month)) return now.getTime() >= Date.UTC(year + 1, 0);
  if (Number.isNaN(day)) return now.getTime() >= Date.UTC(year, month);
  return now.getTime() >= Date.UTC(year, month - 1, day + 1);
}
