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
 * doubt is told; the full date of DG11 ends it. Null for a date that no calendar has.
 */
export function birthDateOf(field: string, now: Date): MrzDate | null {
  const parts = partsOf(field);
  if (parts === null) return null;
  const { year, month, day } = parts;
  if (year === null) return spelled(null, month, day, false);
  const date = plainDateOf(now);
  const thisYear = date.year;
  const inThisCentury = thisYear - (thisYear % 100) + year;
  const latest = isNotAfter(inThisCentury, month, day, date) ? inThisCentury : inThisCentury - 100;
  const doubtful = thisYear - (latest - 100) <= OLDEST_AGE_YEARS;
  return spelled(latest, month, day, doubtful);
}

/** An expiry date: within 50 years of `now`, either way. */
export function expiryDateOf(field: string, now: Date): MrzDate | null {
  const parts = partsOf(field);
  if (parts === null || parts.year === null) return null;
  const first = plainDateOf(now).year - 50;
  const year = first + ((((parts.year - first) % 100) + 100) % 100);
  return spelled(year, parts.month, parts.day, false);
}

/** Two digits, `null` for two fillers. */
type Part = number | null;

interface DateParts {
  year: Part;
  month: Part;
  day: Part;
}

/** YYMMDD, each part of digits or left open; null for anything else. */
function partsOf(field: string): DateParts | null {
  if (field.length !== 6) return null;
  const year = partAt(field, 0);
  const month = partAt(field, 2);
  const day = partAt(field, 4);
  if (year === undefined || month === undefined || day === undefined) return null;
  return { year, month, day };
}

const ZERO = 0x30;
const FILLER = 0x3c;

/** Undefined where it is neither two digits nor two fillers. */
function partAt(field: string, at: number): Part | undefined {
  const first = field.charCodeAt(at);
  const second = field.charCodeAt(at + 1);
  if (first === FILLER && second === FILLER) return null;
  const tens = first - ZERO;
  const units = second - ZERO;
  if (tens < 0 || tens > 9 || units < 0 || units > 9) return undefined;
  return tens * 10 + units;
}

/** An unknown month counts as January, an unknown day as the first. */
function isNotAfter(year: number, month: Part, day: Part, today: PlainDate): boolean {
  if (year !== today.year) return year < today.year;
  if ((month ?? 1) !== today.month) return (month ?? 1) < today.month;
  return (day ?? 1) <= today.day;
}

interface PlainDate {
  year: number;
  month: number;
  day: number;
}

/** Of the same moment for as long as the caller asks of one: a calendar costs more than a date. */
const today = { at: Number.NaN, date: { year: 0, month: 0, day: 0 } };

function plainDateOf(now: Date): PlainDate {
  const at = now.getTime();
  if (at !== today.at) {
    const date = {
      year: now.getUTCFullYear(),
      month: now.getUTCMonth() + 1,
      day: now.getUTCDate(),
    };
    Object.assign(today, { at, date });
  }
  return today.date;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, part) => String(part).padStart(2, '0'));

function spelled(
  year: number | null,
  month: Part,
  day: Part,
  centuryDoubtful: boolean,
): MrzDate | null {
  if (!isPossible(year, month, day)) return null;
  const two = (part: Part) => (part === null ? 'XX' : TWO_DIGITS[part]!);
  const value = `${year === null ? 'XXXX' : year}-${two(month)}-${two(day)}`;
  return { value, centuryDoubtful };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether a calendar has the date; an unknown year may be a leap year, an unknown month a long one. */
function isPossible(year: number | null, month: Part, day: Part): boolean {
  if (month !== null && (month < 1 || month > 12)) return false;
  if (day === null) return true;
  const leap = month === 2 && (year === null || isLeapYear(year));
  const daysInMonth = month === null ? 31 : DAYS[month - 1]! + (leap ? 1 : 0);
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
