import { birthDatesAgree, chipDocumentOf } from './chip-document.ts';
import type { ChipDocument, ChipPolicy, ChipPortrait, VerifyChipInput } from './chip-verdict.ts';
import { attempt, finding, passed, type Finding, type Findings } from './findings.ts';
import type { ReadFiles } from './check-data-groups.ts';
import { readPortrait } from './lds-portrait.ts';
import { parseMrz } from './mrz.ts';

export interface Holder {
  findings: Pick<Findings, 'mrz_well_formed' | 'portrait_readable' | 'document_expired'>;
  document?: ChipDocument;
  portrait?: ChipPortrait;
}

/** What the files say of the holder, whether or not anyone signed it. */
export function readHolder(input: VerifyChipInput, policy: ChipPolicy, whole: ReadFiles): Holder {
  const { files, now } = input;
  const { specimenStates } = policy;
  const dg2 = files.get('DG2');
  const details = whole.details?.ok === true ? whole.details.value : undefined;
  const issue = whole.issue?.ok === true ? whole.issue.value : undefined;
  const portrait = attempt(() => (dg2 === undefined ? undefined : readPortrait(dg2)));
  const { zone: lines } = whole;
  const zone =
    lines?.ok === false
      ? lines
      : attempt(() => lines && parseMrz(lines.value, { now, specimenStates }));
  const mrz = zone.ok && zone.value?.ok === true ? zone.value.mrz : undefined;
  const document =
    mrz && chipDocumentOf(mrz, { ...(details && { details }), ...(issue && { issue }) }, input.now);
  let mrzFinding: Finding = passed;
  if (!zone.ok) mrzFinding = zone.finding;
  else if (zone.value === undefined) mrzFinding = finding('unknown', 'mrz_missing');
  else if (!zone.value.ok) mrzFinding = finding('failed', zone.value.problems[0]!);
  else if (!birthDatesAgree(zone.value.mrz, details)) {
    mrzFinding = finding('failed', 'birth_dates_differ', ['DG1', 'DG11']);
  } else if (input.printedZone && !isSameZone(input.printedZone, zone.value.mrz.lines)) {
    mrzFinding = finding('failed', 'printed_zone_differs', ['DG1']);
  }
  return {
    findings: {
      mrz_well_formed: mrzFinding,
      portrait_readable: portrait.ok
        ? portrait.value === undefined
          ? finding('unknown', 'portrait_missing')
          : passed
        : portrait.finding,
      document_expired: expiryFinding(document),
    },
    ...(document === undefined ? {} : { document }),
    ...(portrait.ok && portrait.value !== undefined ? { portrait: portrait.value } : {}),
  };
}

function isSameZone(one: readonly string[], other: readonly string[]): boolean {
  return one.join('\n') === other.join('\n');
}

function expiryFinding(document: ChipDocument | undefined): Finding {
  if (document === undefined) return finding('skipped', 'mrz_missing');
  return document.expired ? finding('failed', 'document_expired') : passed;
}
