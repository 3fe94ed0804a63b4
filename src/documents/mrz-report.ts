import { mrzLinesOf, parseMrz, type Mrz, type MrzProblem } from './mrz.ts';
import type { CheckDigitResult } from './mrz-check-digits.ts';

export interface MrzReport {
  valid: boolean;
  format: string | null;
  problems: readonly MrzProblem[];
  warnings: Mrz['warnings'];
  checkDigits: readonly CheckDigitResult[];
  /** Interpreted where the zone is valid; else as they stand in it. */
  fields: Readonly<Record<string, unknown>> | null;
}

/** What a machine-readable zone says, for people and machines. Lines in, or one run of all characters. */
export function mrzReport(text: string, now: Date): MrzReport {
  const read = parseMrz(mrzLinesOf(text), { now, specimenStates: true });
  if (!read.ok) {
    return {
      valid: false,
      format: read.format ?? null,
      problems: read.problems,
      warnings: [],
      checkDigits: read.checkDigits ?? [],
      fields: read.fields ?? null,
    };
  }
  const { mrz } = read;
  return {
    valid: true,
    format: mrz.format,
    problems: [],
    warnings: mrz.warnings,
    checkDigits: mrz.checkDigits,
    fields: {
      documentCode: mrz.documentCode,
      issuingState: mrz.issuingState,
      documentNumber: mrz.documentNumber,
      nationality: mrz.nationality,
      primaryIdentifier: mrz.name.primaryIdentifier,
      secondaryIdentifier: mrz.name.secondaryIdentifier,
      nameRaw: mrz.name.raw,
      dateOfBirth: mrz.dateOfBirth.value,
      sex: mrz.sex,
      dateOfExpiry: mrz.dateOfExpiry.value,
      optionalData: mrz.optionalData,
    },
  };
}
