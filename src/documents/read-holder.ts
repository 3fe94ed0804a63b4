import { birthDatesAgree, chipDocumentOf } from './chip-document.ts';
import type { ChipDocument, ChipPolicy, ChipPortrait, VerifyChipInput } from './chip-verdict.ts';
import { attempt, finding, passed, type Finding, type Findings } from './findings.ts';
import { readAdditionalDetails, readMrzLines } from './lds.ts';
import { readPortrait } from './lds-portrait.ts';
import { parseMrz } from './mrz.ts';

export interface Holder {
  findings: Pick<Findings, 'mrz_well_formed' | 'portrait_readable' | 'document_expired'>;
  document?: ChipDocument;
  portrait?: ChipPortrait;
}

/** What the files say of the holder, whether or not anyone signed it. */
export function readHolder(input: VerifyChipInput, policy: ChipPolicy): Holder {
  const { files, now } = input;
  const { specimenStates } = policy;
  const dg1 = files.get('DG1');
  const dg11 = files.get('DG11');
  const dg2 = files.get('DG2');
  const details = attempt(() => (dg11 === undefined ? undefined : readAdditionalDetails(dg11)));
  const portrait = attempt(() => (dg2 === undefined ? undefined : readPortrait(dg2)));
  const zone = attempt(() =>
    dg1 === undefined ? undefined : parseMrz(readMrzLines(dg1), { now, specimenStates }),
  );
  const mrz = zone.ok && zone.value?.ok === true ? zone.value.mrz : undefined;
  const document = mrz && chipDocumentOf(mrz, details.ok ? details.value : undefined, input.now);
  let mrzFinding: Finding = passed;
  if (!zone.ok) mrzFinding = zone.finding;
  else if (zone.value === undefined) mrzFinding = finding('unknown', 'mrz_missing');
  else if (!zone.value.ok) mrzFinding = finding('failed', zone.value.problems[0]!);
  else if (!birthDatesAgree(zone.value.mrz, details.ok ? details.value : undefined)) {
    mrzFinding = finding('failed', 'birth_dates_differ', ['DG1', 'DG11']);
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

function expiryFinding(document: ChipDocument | undefined): Finding {
  if (document === undefined) return finding('skipped', 'mrz_missing');
  return document.expired ? finding('failed', 'document_expired') : passed;
}
