import { finding, passed, type Finding } from './findings.ts';
import { parseMrz, type Mrz } from './mrz.ts';
import { isPast } from './mrz-dates.ts';
import { NOT_IN_SEAL, type SealFindings } from './seal-decision-table.ts';
import type { PrintedDocument } from './seal-verdict.ts';
import type { SealedZone } from './vds-features.ts';

/** What a seal says that can be held against the papers. */
export interface SealedFacts {
  zone?: SealedZone;
  /** Number of the holder's passport, fillers removed. */
  passportNumber?: string;
  /** YYYY-MM-DD. */
  dateOfBirth?: string;
}

export type BindingFindings = Pick<
  SealFindings,
  'mrz_well_formed' | 'mrz_binding' | 'passport_binding' | 'document_expired'
>;

export interface BindingInput {
  facts: SealedFacts;
  printed: PrintedDocument;
  /** Only signed content binds: else a difference says nothing about the papers. */
  signatureHolds: boolean;
  now: Date;
  specimenStates: boolean;
}

/** Holds a seal against the papers that it came with, character by character. */
export function judgeBinding(input: BindingInput): {
  findings: BindingFindings;
  expiresOn?: string;
} {
  const { facts, now, specimenStates, signatureHolds } = input;
  const read = facts.zone === undefined ? null : readZone(facts.zone, now, specimenStates);
  const expiresOn = read?.mrz?.dateOfExpiry.value;
  const past = expiresOn !== undefined && isPast(expiresOn, now);
  const binding = (found: Finding) =>
    signatureHolds || found.outcome === 'skipped' ? found : finding('unknown', 'seal_not_signed');
  return {
    findings: {
      mrz_well_formed: read?.finding ?? finding('skipped', NOT_IN_SEAL),
      mrz_binding: binding(checkZone(input)),
      passport_binding: binding(checkPassport(input)),
      document_expired:
        expiresOn === undefined
          ? finding('skipped', 'expiry_not_known')
          : past
            ? finding('failed', 'expired')
            : passed,
    },
    ...(expiresOn === undefined ? {} : { expiresOn }),
  };
}

/** The seal's own zone, completed with fillers where the seal leaves its optional data out. */
function readZone(
  { lines: [first, second] }: SealedZone,
  now: Date,
  specimenStates: boolean,
): { finding: Finding; mrz?: Mrz } {
  const lines = [first, second.padEnd(first.length, '<')];
  const result = parseMrz(lines, { now, specimenStates });
  return result.ok
    ? { finding: passed, mrz: result.mrz }
    : { finding: finding('failed', result.problems[0] ?? 'wrong_shape') };
}

/** What the seal leaves out of line 2 is not signed, and not compared. */
function checkZone({ facts: { zone }, printed: { mrzLines } }: BindingInput): Finding {
  if (zone === undefined) return finding('skipped', NOT_IN_SEAL);
  if (mrzLines === undefined) return finding('skipped', 'mrz_not_given');
  const [first, second, ...rest] = mrzLines;
  const width = zone.lines[0].length;
  const wellShaped = rest.length === 0 && first !== undefined && second !== undefined;
  if (!wellShaped || [first, second].some((line) => !/^[A-Z0-9<]+$/.test(line))) {
    return finding('unknown', 'mrz_unreadable');
  }
  const visa = first.startsWith('V');
  const sameFormat = first.length === width && second.length === width;
  if (!sameFormat || visa !== zone.format.startsWith('MRV')) {
    return finding('failed', 'mrz_format_differs');
  }
  const same = first === zone.lines[0] && second.startsWith(zone.lines[1]);
  return same ? passed : finding('failed', 'mrz_differs');
}

function checkPassport({ facts, printed }: BindingInput): Finding {
  if (facts.passportNumber === undefined) return finding('skipped', NOT_IN_SEAL);
  if (printed.passportNumber === undefined) return finding('skipped', 'passport_number_not_given');
  if (compact(facts.passportNumber) !== compact(printed.passportNumber)) {
    return finding('failed', 'passport_number_differs');
  }
  const [sealed, shown] = [facts.dateOfBirth, printed.dateOfBirth];
  const differs = sealed !== undefined && shown !== undefined && !shown.includes('X');
  return differs && sealed !== shown ? finding('failed', 'date_of_birth_differs') : passed;
}

/** Zones write a blank in a number as a filler. */
function compact(number: string): string {
  return number.toUpperCase().replaceAll(/[<\s-]/g, '');
}
