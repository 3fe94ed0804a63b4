import { hash } from 'node:crypto';
import type { ChipFileName, ChipFiles, DataGroupName } from './chip-verdict.ts';
import { attempt, finding, passed, type Attempt, type Finding } from './findings.ts';
import {
  readAdditionalDetails,
  readCommonData,
  readDocumentDetails,
  readFileTemplate,
  readMrzLines,
  type AdditionalDetails,
  type CommonData,
  type DocumentDetails,
} from './lds.ts';
import type { SecurityObject } from './security-object.ts';

/** DESIGN §8: chip uploads 1 MiB a file, 2 MiB in all. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_ALL_BYTES = 2 * 1024 * 1024;

/** The data groups among the files, by number. */
export function dataGroupsOf(files: ChipFiles): Map<DataGroupName, Buffer> {
  const groups = [...files].filter(
    (entry): entry is [DataGroupName, Buffer] => entry[0] !== 'EF_COM' && entry[0] !== 'EF_SOD',
  );
  return new Map(groups.toSorted(([one], [other]) => numberOf(one) - numberOf(other)));
}

function numberOf(name: DataGroupName): number {
  return Number(name.slice(2));
}

/** The files that we read whole, read once for all who ask; undefined where there is none. */
export interface ReadFiles {
  common: Attempt<CommonData> | undefined;
  zone: Attempt<string[]> | undefined;
  details: Attempt<AdditionalDetails> | undefined;
  issue: Attempt<DocumentDetails> | undefined;
}

export function readFiles(files: ChipFiles): ReadFiles {
  const read = <Value>(bytes: Buffer | undefined, reader: (bytes: Buffer) => Value) =>
    bytes === undefined ? undefined : attempt(() => reader(bytes));
  return {
    common: read(files.get('EF_COM'), readCommonData),
    zone: read(files.get('DG1'), readMrzLines),
    details: read(files.get('DG11'), readAdditionalDetails),
    issue: read(files.get('DG12'), readDocumentDetails),
  };
}

/** Sizes, outer tags, nothing after the template, and the groups that we read whole. */
export function checkFiles(files: ChipFiles, whole: ReadFiles): Finding {
  const sizes = [...files.values()].map((bytes) => bytes.length);
  if (files.size === 0) return finding('unknown', 'no_files');
  if (Math.max(...sizes) > MAX_FILE_BYTES) return finding('failed', 'file_too_large');
  if (sizes.reduce((sum, size) => sum + size, 0) > MAX_ALL_BYTES) {
    return finding('failed', 'files_too_large');
  }
  const { common, zone, details, issue } = whole;
  const known: Partial<Record<ChipFileName, Attempt<unknown>>> = {
    ...(common && { EF_COM: common }),
    ...(zone && { DG1: zone }),
    ...(details && { DG11: details }),
    ...(issue && { DG12: issue }),
  };
  for (const [name, bytes] of files) {
    if (name === 'EF_SOD') continue;
    const read = known[name] ?? attempt(() => readFileTemplate(name, bytes));
    if (read.ok) continue;
    return name === 'EF_COM' ? read.finding : { ...read.finding, dataGroups: [name] };
  }
  return passed;
}

/** A data group that the issuer did not sign was put there by someone else. */
export function checkListed(
  groups: ReadonlyMap<DataGroupName, Buffer>,
  sod: SecurityObject,
): Finding {
  const unlisted = [...groups.keys()].filter((name) => !sod.dataGroups.has(name));
  return unlisted.length === 0 ? passed : finding('failed', 'not_in_sod', unlisted);
}

/** Hashes the exact uploaded bytes. */
export function differingGroups(
  groups: ReadonlyMap<DataGroupName, Buffer>,
  sod: SecurityObject,
): DataGroupName[] {
  return [...groups]
    .filter(([name, bytes]) => {
      const signed = sod.dataGroups.get(name);
      return signed !== undefined && hash(sod.hash, bytes) !== signed.toString('hex');
    })
    .map(([name]) => name);
}

/** DG3 and DG4 need the issuer's leave to read; without the others the reader kept something back, which is told. */
export function checkComplete(
  groups: ReadonlyMap<DataGroupName, Buffer>,
  sod: SecurityObject,
): Finding {
  if (groups.size === 0) return finding('failed', 'only_sod');
  const missing = (['DG1', 'DG2'] as const).filter((name) => !groups.has(name));
  if (missing.length > 0) return finding('failed', 'mandatory_group_missing', missing);
  const unread = [...sod.dataGroups.keys()].filter(
    (name) => !groups.has(name) && name !== 'DG3' && name !== 'DG4',
  );
  return unread.length === 0 ? passed : finding('warned', 'listed_group_not_read', unread);
}

export function checkCommonData({ common }: ReadFiles, sod: SecurityObject): Finding {
  if (common === undefined) return finding('skipped', 'com_missing');
  if (!common.ok) return finding('warned', 'com_unreadable');
  const listed = new Set(common.value.dataGroups);
  const differing = [
    ...[...listed].filter((name) => !sod.dataGroups.has(name)),
    ...[...sod.dataGroups.keys()].filter((name) => !listed.has(name)),
  ];
  return differing.length === 0 ? passed : finding('warned', 'com_differs', differing);
}
