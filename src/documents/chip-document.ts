import type { ChipDocument } from './chip-verdict.ts';
import type { AdditionalDetails, DocumentDetails } from './lds.ts';
import type { Mrz } from './mrz.ts';
import { isPast } from './mrz-dates.ts';

/**
 * One document out of DG1, DG11 and DG12. DG11 wins where it knows more: the full birth date ends the doubt about the century,
 * the printed name keeps the letters that the zone has to transliterate. Nothing is merged or invented.
 */
export function chipDocumentOf(
  mrz: Mrz,
  { details, issue }: { details?: AdditionalDetails; issue?: DocumentDetails },
  now: Date,
): ChipDocument {
  const fullDate = details?.dateOfBirth;
  return {
    documentCode: mrz.documentCode,
    issuingState: mrz.issuingState,
    documentNumber: mrz.documentNumber,
    nationality: mrz.nationality,
    primaryIdentifier: mrz.name.primaryIdentifier,
    secondaryIdentifier: mrz.name.secondaryIdentifier,
    nameRaw: mrz.name.raw,
    nameMayBeTruncated: mrz.name.mayBeTruncated,
    ...(details?.fullName === undefined ? {} : { fullNamePrinted: details.fullName }),
    ...(details?.primaryIdentifier === undefined
      ? {}
      : { printedPrimaryIdentifier: details.primaryIdentifier }),
    ...(details?.secondaryIdentifier === undefined
      ? {}
      : { printedSecondaryIdentifier: details.secondaryIdentifier }),
    dateOfBirth: fullDate ?? mrz.dateOfBirth.value,
    dateOfBirthSource: fullDate === undefined ? 'MRZ' : 'DG11',
    dateOfBirthCenturyDoubtful: fullDate === undefined && mrz.dateOfBirth.centuryDoubtful,
    dateOfExpiry: mrz.dateOfExpiry.value,
    expired: isPast(mrz.dateOfExpiry.value, now),
    sex: mrz.sex,
    ...(details?.placeOfBirth === undefined ? {} : { placeOfBirth: details.placeOfBirth }),
    ...(issue?.issuingAuthority === undefined ? {} : { issuingAuthority: issue.issuingAuthority }),
    ...(issue?.dateOfIssue === undefined ? {} : { dateOfIssue: issue.dateOfIssue }),
    mrzLines: mrz.lines,
  };
}

/** DG11 may give the century, never another day: both are signed, so a difference is an issuer's error, told. */
export function birthDatesAgree(mrz: Mrz, details: AdditionalDetails | undefined): boolean {
  const fullDate = details?.dateOfBirth;
  if (fullDate === undefined) return true;
  const agree = (one: string, other: string) =>
    one.includes('X') || other.includes('X') || one === other;
  const [year, month, day] = mrz.dateOfBirth.value.split('-') as [string, string, string];
  const [fullYear, fullMonth, fullDay] = fullDate.split('-') as [string, string, string];
  return agree(year.slice(2), fullYear.slice(2)) && agree(month, fullMonth) && agree(day, fullDay);
}
