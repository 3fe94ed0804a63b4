import { checkDigitOf } from '../../documents/mrz-check-digits.ts';
import type { MrzFormat } from '../../documents/mrz.ts';
import { toPlainDate } from '../../lib/clock.ts';
import type { DemoPerson } from '../demo-people.ts';
import { yearsFrom } from '../passport-maker/sandbox-pki.ts';
import { writePassportMrz } from '../passport-maker/write-mrz.ts';
import type { DataPageContent } from './draw-data-page.ts';

const TITLES: Readonly<Record<MrzFormat, string>> = {
  TD3: 'PASSPORT  UTOPIA',
  TD2: 'TRAVEL CARD  UTOPIA',
  TD1: 'IDENTITY CARD  UTOPIA',
  'MRV-A': 'VISA  UTOPIA',
  'MRV-B': 'VISA  UTOPIA',
};

/** What stands on a demo person's data page: as a passport, the very zone that `passport make` puts into the chip. */
export function sandboxDataPage(person: DemoPerson, format: MrzFormat, now: Date): DataPageContent {
  const dateOfExpiry = toPlainDate(yearsFrom(now, 8));
  return {
    format,
    mrzLines: zoneLines(person, format, dateOfExpiry),
    title: TITLES[format],
    fields: [
      { label: 'Document No.', value: person.documentNumber },
      { label: 'Surname', value: person.printedPrimary },
      { label: 'Given names', value: person.printedSecondary },
      { label: 'Date of birth', value: person.dateOfBirth },
      { label: 'Place of birth', value: person.placeOfBirth },
      { label: 'Date of expiry', value: dateOfExpiry },
    ],
    look: person.look,
  };
}

/** Doc 9303-4 to -7, §4.2.2. */
function zoneLines(person: DemoPerson, format: MrzFormat, dateOfExpiry: string): string[] {
  if (format === 'TD3') {
    return writePassportMrz({ ...person, issuingState: 'UTO', nationality: 'UTO', dateOfExpiry });
  }
  const given = person.secondaryIdentifier === '' ? '' : `<<${person.secondaryIdentifier}`;
  const name = `${person.primaryIdentifier}${given}`.replaceAll(' ', '<');
  const number = withDigit(filled(person.documentNumber, 9));
  const birth = withDigit(shortDate(person.dateOfBirth));
  const expiry = withDigit(shortDate(dateOfExpiry));
  if (format === 'TD1') {
    const [first, second] = [number + filled('', 15), birth + expiry];
    const composite = checkDigitOf(first + second + filled('', 11));
    return [
      `I<UTO${first}`,
      `${birth}${person.sex}${expiry}UTO${filled('', 11)}${composite}`,
      filled(name, 30),
    ];
  }
  const width = format === 'MRV-A' ? 44 : 36;
  const code = format === 'TD2' ? 'I<' : 'V<';
  const second = `${number}UTO${birth}${person.sex}${expiry}`;
  const composite = checkDigitOf(number + birth + expiry + filled('', 7));
  return [
    filled(`${code}UTO${name}`, width),
    format === 'TD2' ? `${filled(second, 35)}${composite}` : filled(second, width),
  ];
}

function filled(text: string, width: number): string {
  return text.padEnd(width, '<').slice(0, width);
}

function withDigit(field: string): string {
  return field + checkDigitOf(field);
}

/** YYMMDD. */
function shortDate(date: string): string {
  return date.replaceAll('-', '').slice(2);
}
