import { checkDigitOf } from '../../documents/mrz-check-digits.ts';

export interface PassportFacts {
  /** `P` and, where the issuer names a kind, a second letter. */
  documentCode?: string;
  issuingState: string;
  nationality: string;
  documentNumber: string;
  primaryIdentifier: string;
  secondaryIdentifier: string;
  dateOfBirth: string;
  dateOfExpiry: string;
  sex: 'M' | 'F' | 'X';
}

/** The two lines of a passport's zone (TD3, Doc 9303-4 §4.2.2). Names must be A-Z and spaces already. */
export function writePassportMrz(facts: PassportFacts): [string, string] {
  const { primaryIdentifier, secondaryIdentifier } = facts;
  const name =
    secondaryIdentifier === '' ? primaryIdentifier : `${primaryIdentifier}<<${secondaryIdentifier}`;
  const first = filled(
    `${filled(facts.documentCode ?? 'P', 2)}${filled(facts.issuingState, 3)}${name.replaceAll(' ', '<')}`,
    44,
  );
  const number = withDigit(filled(facts.documentNumber, 9));
  const birth = withDigit(shortDate(facts.dateOfBirth));
  const expiry = withDigit(shortDate(facts.dateOfExpiry));
  const optional = withDigit(filled('', 14));
  const composite = checkDigitOf(number + birth + expiry + optional);
  const sex = facts.sex === 'X' ? '<' : facts.sex;
  const nationality = filled(facts.nationality, 3);
  return [first, number + nationality + birth + sex + expiry + optional + composite];
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
