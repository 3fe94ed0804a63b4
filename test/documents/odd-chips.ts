import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import {
  writeCommonData,
  writeDg1,
  writeDg11,
  writeDg2,
  type PrintedDetails,
} from '../../src/dev/passport-maker/write-chip-files.ts';
import { writePassportMrz, type PassportFacts } from '../../src/dev/passport-maker/write-mrz.ts';
import type {
  ChipFileName,
  DataGroupName,
  ChipVerdict,
  VerifyChipInput,
} from '../../src/documents/chip-verdict.ts';
import {
  der,
  derBits,
  derBoolean,
  derExplicit,
  derInteger,
  derOctets,
  derOid,
  derPrintable,
  derSequence,
  derSetOf,
  derTime,
} from '../../src/documents/der-writer.ts';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';

/** Chips whose SOD and signer differ from the usual in what a test wishes, truly signed all the same. */
export const now = new Date('2026-11-22T12:00:00Z');

export interface SignerWish {
  country: string;
  /** Of the CSCA; the signer's unless given. */
  cscaCountry: string;
  notBefore: Date;
  notAfter: Date;
  cscaNotBefore: Date;
  /** Instead of a key usage of digitalSignature. */
  extensions: readonly Buffer[];
  /** The authority key identifier of the signer: the CSCA's, another's, or none. */
  authorityKey: KeyObject | null;
  key: KeyObject;
}

export interface SodWish {
  contentType: string;
  /** 1 brings a version of the LDS along. */
  version: number;
  groups: (groups: [number, Buffer][]) => [number, Buffer][];
  /** Content type, digest, time: as a list, so that a test may take, add and turn round. */
  attributes: (attributes: Buffer[]) => Buffer[];
  signerInfos: (one: Buffer) => Buffer[];
  byKeyId: boolean;
  embedSigner: boolean;
  signedAt: Date | null;
}

export interface OddChip {
  files: Map<ChipFileName, Buffer>;
  csca: Buffer;
  signer: Buffer;
}

type Facts = Partial<PassportFacts> & { printed?: PrintedDetails };

export const ecKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
export const cscaKey = ecKey();
const signerKey = ecKey();
const portrait = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

export function oddChip(
  wishes: { facts?: Facts; signer?: Partial<SignerWish>; sod?: Partial<SodWish> } = {},
): OddChip {
  const { printed, ...facts } = wishes.facts ?? {};
  const zone = writePassportMrz({
    issuingState: 'UTO',
    nationality: 'UTO',
    documentNumber: 'L898902C3',
    primaryIdentifier: 'ERIKSSON',
    secondaryIdentifier: 'ANNA MARIA',
    dateOfBirth: '1974-08-12',
    dateOfExpiry: '2034-04-15',
    sex: 'F',
    ...facts,
  });
  const groups: [number, Buffer][] = [
    [1, writeDg1(zone)],
    [2, writeDg2(portrait, { width: 413, height: 531 })],
    ...(printed === undefined ? [] : [[11, writeDg11(printed)] as [number, Buffer]]),
  ];
  const { csca, signer, key } = writeCertificates(wishes.signer ?? {});
  const sod = writeSod(groups, { signer, key }, wishes.sod ?? {});
  const named = groups.map(([number, bytes]) => [`DG${number}` as DataGroupName, bytes] as const);
  const com = writeCommonData(named.map(([name]) => name));
  const files = new Map<ChipFileName, Buffer>([['EF_COM', com], ['EF_SOD', sod], ...named]);
  return { files, csca, signer };
}

/** What the verdict says beyond "passed", with no list of revoked signers to be had. */
export function judgeOdd(
  { files, csca }: OddChip,
  changes: Partial<VerifyChipInput> = {},
): ChipVerdict & { told: Record<string, string> } {
  const policy = { specimenStates: true, revocation: 'reported' } as const;
  const verdict = verifyChip({ files, now, anchors: [csca], crls: [], policy, ...changes });
  const told = verdict.checks.filter(
    ({ name, outcome, reason }) =>
      outcome !== 'passed' && reason !== 'no_chip_key' && name !== 'revocation',
  );
  return {
    ...verdict,
    told: Object.fromEntries(
      told.map(({ name, outcome, reason }) => [name, `${outcome}: ${reason}`]),
    ),
  };
}

function writeCertificates(wish: Partial<SignerWish>) {
  const { country = 'UT', key = signerKey, cscaCountry = country } = wish;
  const { notBefore = new Date('2024-01-01Z'), notAfter = new Date('2036-01-01Z') } = wish;
  const authorityKey = wish.authorityKey === undefined ? cscaKey : wish.authorityKey;
  const issuer = nameOf(cscaCountry, 'CSCA');
  const csca = writeCertificate({
    issuer,
    subject: issuer,
    key: cscaKey,
    dates: [wish.cscaNotBefore ?? new Date('2020-01-01Z'), new Date('2040-01-01Z')],
    extensions: [
      extension('2.5.29.19', derSequence(derBoolean(true), derInteger(0)), true),
      extension('2.5.29.15', derBits(Buffer.from([0x06]), 1), true),
    ],
  });
  const signer = writeCertificate({
    issuer,
    subject: nameOf(country, 'Signer'),
    key,
    dates: [notBefore, notAfter],
    extensions: [
      ...(authorityKey === null
        ? []
        : [extension('2.5.29.35', derSequence(der(0x80, keyId(authorityKey))))]),
      ...(wish.extensions ?? [keyUsage(0x80)]),
    ],
  });
  return { csca, signer, key };
}

interface CertificateParts {
  issuer: Buffer;
  subject: Buffer;
  key: KeyObject;
  dates: readonly [Date, Date];
  extensions: readonly Buffer[];
}

const ECDSA = derSequence(derOid('1.2.840.10045.4.3.2'));
const RSA = derSequence(derOid('1.2.840.113549.1.1.11'), der(0x05));
const SHA256 = derSequence(derOid('2.16.840.1.101.3.4.2.1'));
const SERIAL = derInteger(0x4711);

function writeCertificate({ issuer, subject, key, dates, extensions }: CertificateParts): Buffer {
  const signed = derSequence(
    derExplicit(0, derInteger(2)),
    SERIAL,
    ECDSA,
    issuer,
    derSequence(derTime(dates[0]), derTime(dates[1])),
    subject,
    spki(key),
    derExplicit(3, derSequence(extension('2.5.29.14', derOctets(keyId(key))), ...extensions)),
  );
  return derSequence(signed, ECDSA, derBits(sign('sha256', signed, cscaKey)));
}

function writeSod(
  groups: [number, Buffer][],
  { signer, key }: { signer: Buffer; key: KeyObject },
  wish: Partial<SodWish>,
): Buffer {
  const { contentType = '2.23.136.1.1.1', version = 0, byKeyId = false } = wish;
  const listed = (wish.groups ?? ((all) => all))(groups);
  const hashes = listed.map(([number, bytes]) =>
    derSequence(derInteger(number), derOctets(sha256(bytes))),
  );
  const lds = version === 1 ? [derSequence(derPrintable('0108'), derPrintable('040000'))] : [];
  const content = derSequence(derInteger(version), SHA256, derSequence(...hashes), ...lds);
  const signedAt = wish.signedAt === undefined ? new Date('2025-01-01Z') : wish.signedAt;
  const usual = [
    attribute('1.2.840.113549.1.9.3', derOid(contentType)),
    attribute('1.2.840.113549.1.9.4', derOctets(sha256(content))),
    ...(signedAt === null ? [] : [attribute('1.2.840.113549.1.9.5', derTime(signedAt))]),
  ];
  const attributes = der(0x31, ...(wish.attributes ?? ((all) => all))(usual));
  const signerInfo = derSequence(
    derInteger(byKeyId ? 3 : 1),
    byKeyId ? der(0x80, keyId(key)) : derSequence(issuerOf(signer), SERIAL),
    SHA256,
    Buffer.concat([Buffer.from([0xa0]), attributes.subarray(1)]),
    key.asymmetricKeyType === 'rsa' ? RSA : ECDSA,
    derOctets(sign('sha256', attributes, key)),
  );
  const signedData = derSequence(
    derInteger(3),
    derSetOf(SHA256),
    derSequence(derOid(contentType), derExplicit(0, derOctets(content))),
    ...(wish.embedSigner === false ? [] : [derExplicit(0, signer)]),
    der(0x31, ...(wish.signerInfos ?? ((one) => [one]))(signerInfo)),
  );
  return der(0x77, derSequence(derOid('1.2.840.113549.1.7.2'), derExplicit(0, signedData)));
}

export function extension(oid: string, value: Buffer, critical = false): Buffer {
  return derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value));
}

/** Bits of the first octet. */
export function keyUsage(bits: number): Buffer {
  return extension('2.5.29.15', derBits(Buffer.from([bits])), true);
}

export function attribute(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), derSetOf(value));
}

function issuerOf(certificate: Buffer): Buffer {
  return parseCertificate(certificate).issuer.raw;
}

function nameOf(country: string, name: string): Buffer {
  const part = (oid: string, text: string) =>
    derSetOf(derSequence(derOid(oid), derPrintable(text)));
  return derSequence(part('2.5.4.6', country), part('2.5.4.3', name));
}

function spki(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(spki(key)).digest();
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
