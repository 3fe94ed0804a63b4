import type { KeyObject } from 'node:crypto';
import { toPlainDate } from '../../lib/clock.ts';
import type { DataGroupName } from '../../documents/chip-verdict.ts';
import { demoPeople, type DemoPerson } from '../demo-people.ts';
import { drawPortrait, portraitSize } from './draw-portrait.ts';
import { ecKey, rsaKey, yearsFrom, type SandboxPki } from './sandbox-pki.ts';
import type { Identity } from './write-certificate.ts';
import {
  activeAuthenticationInfo,
  chipAuthenticationInfos,
  writeCommonData,
  writeDg1,
  writeDg11,
  writeDg14,
  writeDg15,
  writeDg2,
  writeSecurityObject,
  type ChipAuthenticationChipKey,
  type WrittenChip,
} from './write-chip-files.ts';
import { makeAgreementKey } from './chip-authentication-key.ts';
import { writePassportMrz, type PassportFacts } from './write-mrz.ts';

/** The ways in which a sandbox passport can be bad. */
export const passportDefects = [
  'flipped-byte',
  'swapped-dg',
  'unknown-csca',
  'revoked-dsc',
  'expired-dsc',
  'clone',
  'expired',
] as const;
export type PassportDefect = (typeof passportDefects)[number];

export interface PassportRequest {
  person: DemoPerson;
  now: Date;
  /** Of the chip's key and of the document signer; the person's own unless given. */
  algorithm?: 'rsa' | 'ecdsa';
  defect?: PassportDefect;
  /** False leaves out the key of active authentication, as many issuers do. */
  activeAuthentication?: boolean;
  /** A key of chip authentication. */
  chipAuthentication?: ChipAuthenticationChipKey;
  /** False leaves the document signer's certificate out of the SOD, as some issuers do. */
  embedSigner?: boolean;
  /** Another number for the same person: a renewed passport. */
  documentNumber?: string;
  /** `PR`, `PS`, `PD` …: a travel document of another kind. */
  documentCode?: string;
  /** `XXA`, `XXB`, `XXC`, `XXX`: of somebody who has none; Utopian unless given. */
  nationality?: string;
  /** YYYY-MM-DD; eight years from now unless given (a month ago with the defect `expired`). */
  dateOfExpiry?: string;
  /** A JPEG of `portraitSize`; drawn unless given. */
  portrait?: Buffer;
}

export interface SandboxPassport {
  files: WrittenChip;
  mrzLines: readonly [string, string];
  facts: PassportFacts;
  /** What the chip signs challenges with. A clone's is not the one that DG15 names. */
  chipKey: KeyObject;
  /** What the chip agrees on keys with, if it can. A clone's is not the one that DG14 names. */
  agreementKey: ChipAuthenticationChipKey | null;
  portrait: Buffer;
}

/** A passport of Utopia: real LDS files under a real signature, with one defect where one is asked for. */
export async function makePassport(
  pki: SandboxPki,
  request: PassportRequest,
): Promise<SandboxPassport> {
  const { person, now, defect } = request;
  const algorithm = request.algorithm ?? person.chipAlgorithm;
  const { activeAuthentication = true } = request;
  const facts = factsOf(request);
  const mrzLines = writePassportMrz(facts);
  const portrait = request.portrait ?? (await drawPortrait(person.look));
  const chipKey = algorithm === 'rsa' ? rsaKey() : ecKey('P-256');
  const infos = [
    ...(activeAuthentication && algorithm === 'ecdsa' ? [activeAuthenticationInfo()] : []),
    ...(request.chipAuthentication === undefined
      ? []
      : chipAuthenticationInfos(request.chipAuthentication)),
  ];
  const groups = new Map<DataGroupName, Buffer>([
    ['DG1', writeDg1(mrzLines)],
    ['DG2', writeDg2(portrait, portraitSize)],
    [
      'DG11',
      writeDg11({
        primary: person.printedPrimary,
        secondary: person.printedSecondary,
        dateOfBirth: person.dateOfBirth,
        placeOfBirth: person.placeOfBirth,
      }),
    ],
    ...(infos.length === 0 ? [] : [['DG14', writeDg14(...infos)] as const]),
    ...(activeAuthentication ? [['DG15', writeDg15(chipKey)] as const] : []),
  ]);
  const signer = signerFor(pki, algorithm, defect);
  const issuer = defect === 'unknown-csca' ? pki.unknownCsca : pki.csca;
  const { embedSigner = true } = request;
  const signedAt = signingTime(facts.dateOfExpiry, now, defect);
  const files: WrittenChip = new Map([
    ['EF_COM', writeCommonData([...groups.keys()])],
    ['EF_SOD', writeSecurityObject(groups, signer, issuer.name, { signedAt, embedSigner })],
    ...groups,
  ]);
  if (defect === 'flipped-byte') flipMiddleBit(files.get('DG2')!);
  if (defect === 'swapped-dg') files.set('DG2', await portraitOfAnother(person));
  const answering = defect === 'clone' ? anotherKey(algorithm) : chipKey;
  const agreementKey = agreeingKey(request);
  return { files, mrzLines, facts, chipKey: answering, agreementKey, portrait };
}

function agreeingKey({
  chipAuthentication,
  defect,
}: PassportRequest): ChipAuthenticationChipKey | null {
  if (!chipAuthentication) return null;
  const { key, cipher, keyId } = chipAuthentication;
  const own =
    defect === 'clone' ? makeAgreementKey(key.asymmetricKeyType === 'dh' ? 'dh' : 'ecdh') : key;
  return { key: own, cipher, ...(keyId === undefined ? {} : { keyId }) };
}

function factsOf(request: PassportRequest) {
  const { person, now, defect, documentNumber, dateOfExpiry, documentCode } = request;
  const monthAgo = new Date(now.getTime() - 30 * 86_400_000);
  const expiry = defect === 'expired' ? monthAgo : yearsFrom(now, 8);
  return {
    issuingState: 'UTO',
    nationality: request.nationality ?? 'UTO',
    ...(documentCode === undefined ? {} : { documentCode }),
    documentNumber: documentNumber ?? person.documentNumber,
    primaryIdentifier: person.primaryIdentifier,
    secondaryIdentifier: person.secondaryIdentifier,
    dateOfBirth: person.dateOfBirth,
    dateOfExpiry: dateOfExpiry ?? toPlainDate(expiry),
    sex: person.sex,
  };
}

function signerFor(
  pki: SandboxPki,
  algorithm: 'rsa' | 'ecdsa',
  defect: PassportDefect | undefined,
): Identity {
  if (defect === 'unknown-csca') return pki.signers.unknown;
  if (defect === 'revoked-dsc') return pki.signers.revoked;
  if (defect === 'expired-dsc') return pki.signers.expired;
  return pki.signers[algorithm];
}

/** Issued ten years before it expires, and never today or later; in the expired signer's own time where that signs. */
function signingTime(dateOfExpiry: string, now: Date, defect: PassportDefect | undefined): Date {
  const issued = yearsFrom(new Date(`${dateOfExpiry}T09:00:00Z`), -10);
  const latest =
    defect === 'expired-dsc' ? yearsFrom(now, -2) : new Date(now.getTime() - 86_400_000);
  const at = issued < latest ? issued : latest;
  at.setUTCMilliseconds(0);
  return at;
}

/** In the middle of the portrait: the file still parses, only the hash tells. */
function flipMiddleBit(bytes: Buffer): void {
  const middle = bytes.length >> 1;
  bytes[middle]! ^= 0x01;
}

async function portraitOfAnother(person: DemoPerson): Promise<Buffer> {
  const other = Object.values(demoPeople).find((candidate) => candidate.key !== person.key)!;
  return writeDg2(await drawPortrait(other.look), portraitSize);
}

function anotherKey(algorithm: 'rsa' | 'ecdsa'): KeyObject {
  return algorithm === 'rsa' ? rsaKey() : ecKey('P-256');
}
