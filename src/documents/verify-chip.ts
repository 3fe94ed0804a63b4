import { hash } from 'node:crypto';
import {
  checkCommonData,
  checkComplete,
  checkFiles,
  checkListed,
  dataGroupsOf,
  differingGroups,
  readFiles,
  type ReadFiles,
} from './check-data-groups.ts';
import { checkClone, unsignedClone, type CloneResult } from './check-clone.ts';
import type { ChipPolicy, ChipVerdict, VerifyChipInput } from './chip-verdict.ts';
import { decide, decisionTable } from './decision-table.ts';
import { attempt, checked, finding, passed, type Findings } from './findings.ts';
import { judgeSigner, unjudgedSigner } from './judge-signer.ts';
import { readHolder } from './read-holder.ts';
import { parseSecurityObject, type SecurityObject } from './security-object.ts';

/** What production asks. A sandbox adds `specimenStates`. */
export const defaultChipPolicy: ChipPolicy = {
  revocation: 'required',
  minRsaBits: 2048,
  specimenStates: false,
};

/**
 * Judges the files of one chip: passive authentication to the given anchors, active authentication where an exchange
 * came along (Doc 9303-11 §5.1, §6.1). Pure and deterministic; never throws for bytes. The verdict holds every
 * check of the decision table with its outcome, reason and clause; anything unknown withholds `genuine`.
 */
export function verifyChip(input: VerifyChipInput): ChipVerdict {
  const told = {
    ...(input.trustStore === undefined
      ? {}
      : { trustStore: { version: input.trustStore.version } }),
    at: input.now.toISOString(),
  };
  const judged = attempt(() => judge(input));
  if (judged.ok) return { ...judged.value, ...told };
  const everything = decisionTable.map(({ check }) => [check, judged.finding]);
  const findings = Object.fromEntries(everything) as Findings;
  return {
    ...verdictOf(findings),
    cloneCheck: 'not_attempted',
    algorithms: { level: 'lowered' },
    fingerprints: {},
    ...told,
  };
}

function verdictOf(findings: Findings): Pick<ChipVerdict, 'outcome' | 'checks'> {
  const checks = decisionTable.map(({ check, clause }) => ({
    name: check,
    ...findings[check],
    clause,
  }));
  return { outcome: decide(checks), checks };
}

function judge(input: VerifyChipInput): Omit<ChipVerdict, 'at' | 'trustStore'> {
  const policy = { ...defaultChipPolicy, ...input.policy };
  const whole = readFiles(input.files);
  const holder = readHolder(input, policy, whole);
  const sodBytes = input.files.get('EF_SOD');
  const sod =
    sodBytes === undefined
      ? { ok: false as const, finding: finding('unknown', 'sod_missing') }
      : attempt(() => parseSecurityObject(sodBytes));
  const integrity = sod.ok ? judgeIntegrity(input, sod.value, whole) : unjudgedIntegrity;
  const signer = sod.ok ? judgeSigner(input, policy, sod.value, holder.document) : unjudgedSigner;
  const clone = signer.signatureHolds ? integrity.judgeClone() : unsignedClone;
  const findings: Findings = {
    files_well_formed: checked(() => checkFiles(input.files, whole)),
    sod_well_formed: sod.ok ? passed : sod.finding,
    ...integrity.findings,
    ...signer.findings,
    ...holder.findings,
    ...clone.findings,
  };
  return {
    ...verdictOf(findings),
    ...(holder.document === undefined ? {} : { document: holder.document }),
    ...(holder.portrait === undefined ? {} : { portrait: holder.portrait }),
    cloneCheck: clone.cloneCheck,
    algorithms: { ...signer.algorithms, ...clone.algorithms },
    fingerprints: {
      ...(sodBytes === undefined ? {} : { sod: sha256(sodBytes) }),
      ...signer.fingerprints,
    },
  };
}

interface Integrity {
  findings: Pick<
    Findings,
    'data_groups_listed' | 'data_group_hashes' | 'data_groups_complete' | 'com_matches_sod'
  >;
  /** Costs the import of keys that anyone may have put there: only under a signature that holds. */
  judgeClone: () => CloneResult;
}

const withoutSod = finding('unknown', 'sod_unread');

const unjudgedIntegrity: Integrity = {
  findings: {
    data_groups_listed: withoutSod,
    data_group_hashes: withoutSod,
    data_groups_complete: withoutSod,
    com_matches_sod: finding('skipped', 'sod_unread'),
  },
  judgeClone: () => unsignedClone,
};

function judgeIntegrity(input: VerifyChipInput, sod: SecurityObject, whole: ReadFiles): Integrity {
  const groups = dataGroupsOf(input.files);
  const differing = differingGroups(groups, sod);
  const covered = new Map(
    [...groups].filter(([name]) => sod.dataGroups.has(name) && !differing.includes(name)),
  );
  return {
    findings: {
      data_groups_listed: checkListed(groups, sod),
      data_group_hashes:
        differing.length === 0 ? passed : finding('failed', 'hash_differs', differing),
      data_groups_complete: checkComplete(groups, sod),
      com_matches_sod: checkCommonData(whole, sod),
    },
    judgeClone: () => checkClone({ covered, sod, input }),
  };
}

function sha256(bytes: Buffer): string {
  return hash('sha256', bytes);
}
