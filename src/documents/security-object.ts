import { childrenOf, readOnly, type Element } from './ber.ts';
import { octetsOf, sequenceOf, smallIntegerOf, textOf } from './asn1-values.ts';
import type { DataGroupName } from './chip-verdict.ts';
import { ID_DATA, parseSignedData, type SignedData } from './cms.ts';
import { malformed, unsupported } from './format-refusal.ts';
import { dataGroupName, readFileTemplate } from './lds.ts';
import { hashAlgorithmOf, hashBytes, type HashName } from './signature-algorithms.ts';

/** The document security object (Doc 9303-10 §4.6.2): what the issuer signed about each data group. */
export interface SecurityObject {
  signed: SignedData;
  version: number;
  hash: HashName;
  /** The digest of each data group's file. */
  dataGroups: ReadonlyMap<DataGroupName, Buffer>;
  /** Version 1 only. */
  ldsVersion?: string;
}

const CONTENT_TYPES = new Set([
  '2.23.136.1.1.1', // id-icao-mrtd-security-ldsSecurityObject
  ID_DATA, // first generation
  '1.3.27.1.1.1', // draft OID, used by BE and FR
  '1.2.528.1.1006.1.20.1', // NL
]);

export function parseSecurityObject(bytes: Buffer): SecurityObject {
  const [contentInfo, ...rest] = childrenOf(readFileTemplate('EF_SOD', bytes));
  if (contentInfo === undefined || rest.length > 0) throw malformed('bad_sod');
  const signed = parseSignedData(contentInfo);
  if (!CONTENT_TYPES.has(signed.contentType)) throw malformed('not_a_security_object');
  return { signed, ...ldsSecurityObjectOf(signed.content) };
}

function ldsSecurityObjectOf(content: Buffer): Omit<SecurityObject, 'signed'> {
  const [version, algorithm, groups, info, ...rest] = sequenceOf(
    readOnly(content, { rules: 'ber' }),
    'bad_security_object',
  );
  const versionNumber = smallIntegerOf(version, 'bad_security_object');
  if (versionNumber > 1) throw unsupported('unsupported_security_object_version');
  if (rest.length > 0) throw malformed('bad_security_object');
  const hash = hashAlgorithmOf(algorithm);
  const dataGroups = new Map<DataGroupName, Buffer>();
  for (const group of sequenceOf(groups, 'bad_security_object')) {
    const [number, digest, ...more] = sequenceOf(group, 'bad_security_object');
    if (more.length > 0) throw malformed('bad_security_object');
    const name = dataGroupName(smallIntegerOf(number, 'bad_security_object'));
    const octets = octetsOf(digest, 'bad_security_object');
    if (dataGroups.has(name)) throw malformed('duplicate_data_group');
    if (octets.length !== hashBytes[hash]) throw malformed('bad_digest_length');
    dataGroups.set(name, octets);
  }
  if (dataGroups.size === 0) throw malformed('no_data_groups');
  const ldsVersion = info === undefined ? undefined : ldsVersionOf(info);
  return {
    version: versionNumber,
    hash,
    dataGroups,
    ...(ldsVersion === undefined ? {} : { ldsVersion }),
  };
}

/** LDSVersionInfo ::= SEQUENCE { ldsVersion, unicodeVersion } (Doc 9303-10 §4.6.2.3). */
function ldsVersionOf(info: Element): string {
  const [ldsVersion] = sequenceOf(info, 'bad_security_object');
  if (ldsVersion === undefined) throw malformed('bad_security_object');
  return textOf(ldsVersion);
}
