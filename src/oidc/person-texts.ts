import type { PersonAttributes } from '../registry/person.ts';

/** Code points of the Thai script, with what stands between words. */
const THAI = /^[\u0E00-\u0E7F\s.'-]*[\u0E01-\u0E2E][\u0E00-\u0E7F\s.'-]*$/;

/** The whole name: as printed, unless that is in Thai script; else as in the zone, given names first. */
export function fullName(person: PersonAttributes | null): string | undefined {
  if (!person) return undefined;
  const printed = person.fullNamePrinted;
  if (printed && !THAI.test(printed)) return printed;
  return [person.secondaryIdentifier, person.primaryIdentifier].filter(Boolean).join(' ');
}

/** The whole name in Thai script, where the document prints it so. We never transliterate a name ourselves. */
export function fullNameInThai(person: PersonAttributes | null): string | undefined {
  const printed = person?.fullNamePrinted;
  return printed && THAI.test(printed) ? printed : undefined;
}

/** OIDC Core §5.1: `YYYY-MM-DD`, or `YYYY` alone. */
export function birthdate(date: string | undefined): string | undefined {
  if (date === undefined) return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(date)) return date;
  return /^\d{4}/.exec(date)?.[0];
}
