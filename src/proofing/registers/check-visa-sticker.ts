import { z } from 'zod';
import { parseMrz } from '../../documents/mrz.ts';
import type { SealTrust, SealVerdict } from '../../documents/seal-verdict.ts';
import { verifySeal } from '../../documents/seal-verify.ts';
import type { ChipDocument } from '../../documents/chip-verdict.ts';
import { comparePerson, plainNumber, plainState } from '../../visas/compare-person.ts';

/** What an applicant gave of the sticker: its two printed lines, the octets of its barcode, or both. */
export interface GivenSticker {
  mrzLines: readonly string[] | null;
  seal: Buffer | null;
}

export const STICKER_FINDINGS = [
  'mrz_unreadable',
  'mrz_not_a_visa',
  'mrz_name',
  'mrz_date_of_birth',
  'mrz_nationality',
  'seal_unreadable',
  'seal_unproven',
  'seal_revoked_or_forged',
  'seal_other_visa',
  'seal_other_passport',
] as const;
export type StickerFinding = (typeof STICKER_FINDINGS)[number];

/** Findings that speak against the papers; the rest say only that something could not be read or proven. */
const AGAINST: ReadonlySet<StickerFinding> = new Set<StickerFinding>([
  'mrz_name',
  'mrz_date_of_birth',
  'mrz_nationality',
  'seal_revoked_or_forged',
  'seal_other_visa',
  'seal_other_passport',
]);

export interface CheckedSticker {
  outcome: 'agrees' | 'differs' | 'unread';
  findings: StickerFinding[];
  /** As the zone has it: the number of the visa, or of the passport (Doc 9303-7 leaves the choice to the state). */
  zoneNumber: string | null;
  sealOutcome: SealVerdict['outcome'] | null;
}

/**
 * Holds a visa sticker against the passport that was examined. What cannot be read or proven is a finding that decides
 * nothing; what was read and differs makes the sticker `differs`. A seal's words count only where its signature holds.
 */
export function checkVisaSticker(
  given: GivenSticker,
  document: ChipDocument,
  by: { trust: SealTrust; now: Date; specimenStates: boolean },
): CheckedSticker {
  const findings: StickerFinding[] = [];
  const zone = given.mrzLines ? checkZone(given.mrzLines, document, by) : null;
  if (zone) findings.push(...zone.findings);
  const seal = given.seal ? checkSeal(given.seal, given.mrzLines, document, by) : null;
  if (seal) findings.push(...seal.findings);
  const differs = findings.some((found) => AGAINST.has(found));
  const read = (zone?.read ?? false) || seal?.outcome === 'genuine';
  return {
    outcome: differs ? 'differs' : read ? 'agrees' : 'unread',
    findings,
    zoneNumber: zone?.number ?? null,
    sealOutcome: seal?.outcome ?? null,
  };
}

function checkZone(
  lines: readonly string[],
  document: ChipDocument,
  { now, specimenStates }: { now: Date; specimenStates: boolean },
): { read: boolean; number: string | null; findings: StickerFinding[] } {
  const parsed = parseMrz(lines, { now, specimenStates });
  if (!parsed.ok) return { read: false, number: null, findings: ['mrz_unreadable'] };
  const { mrz } = parsed;
  if (mrz.format !== 'MRV-A' && mrz.format !== 'MRV-B')
    return { read: false, number: null, findings: ['mrz_not_a_visa'] };
  const { primaryIdentifier, secondaryIdentifier } = mrz.name;
  const compared = comparePerson(
    {
      person: {
        registerPersonId: 'visa',
        nameAsRecorded: `${primaryIdentifier} ${secondaryIdentifier}`.trim(),
        dateOfBirth: mrz.dateOfBirth.value,
        nationality: mrz.nationality,
        sex: mrz.sex,
      },
      document: { ...document, status: 'current' },
    },
    document,
  );
  const differs = new Set(compared.differences.map(({ field }) => field));
  // Doc 9303-7: a name that fills its field is cut there, and then its beginning agrees.
  const cut = mrz.name.mayBeTruncated && startsAlike(mrz.name.raw, document);
  const findings: StickerFinding[] = [];
  if (differs.has('name') && !cut) findings.push('mrz_name');
  if (differs.has('date_of_birth')) findings.push('mrz_date_of_birth');
  if (plainState(mrz.nationality) !== plainState(document.nationality))
    findings.push('mrz_nationality');
  return { read: true, number: plainNumber(mrz.documentNumber), findings };
}

function startsAlike(
  raw: string,
  { primaryIdentifier, secondaryIdentifier }: ChipDocument,
): boolean {
  const plain = (text: string) => text.replace(/[^A-Z]/g, '');
  return plain(`${primaryIdentifier}${secondaryIdentifier}`).startsWith(plain(raw));
}

function checkSeal(
  bytes: Buffer,
  mrzLines: readonly string[] | null,
  document: ChipDocument,
  by: { trust: SealTrust; now: Date; specimenStates: boolean },
): { outcome: SealVerdict['outcome']; findings: StickerFinding[] } {
  const verdict = verifySeal({
    bytes,
    trust: by.trust,
    printed: {
      ...(mrzLines ? { mrzLines } : {}),
      passportNumber: document.documentNumber,
      dateOfBirth: document.dateOfBirth,
    },
    now: by.now,
    policy: { specimenStates: by.specimenStates },
  });
  const failed = new Set(
    verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name),
  );
  const findings: StickerFinding[] = [];
  if (verdict.kind === null) findings.push('seal_unreadable');
  if (failed.has('mrz_binding')) findings.push('seal_other_visa');
  if (failed.has('passport_binding')) findings.push('seal_other_passport');
  if (failed.has('signature') || failed.has('revocation')) findings.push('seal_revoked_or_forged');
  if (findings.length === 0 && verdict.outcome !== 'genuine') findings.push('seal_unproven');
  return { outcome: verdict.outcome, findings };
}

/** What is kept of a sticker, encrypted. */
export const stickerContent = z.object({
  mrzLines: z.array(z.string()).nullable(),
  sealHex: z.string().nullable(),
  findings: z.array(z.enum(STICKER_FINDINGS)),
  zoneNumber: z.string().nullable(),
  sealOutcome: z.enum(['genuine', 'refer', 'rejected']).nullable(),
});
export type StickerContent = z.output<typeof stickerContent>;
