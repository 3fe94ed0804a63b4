import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { parseCertificate, type Certificate } from '../../src/documents/certificates.ts';
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
import type { SealCheckName, SealVerdict } from '../../src/documents/seal-verdict.ts';
import { canonicalText, parseStrictJson } from '../../src/documents/seal-json.ts';

/** A seal signer or CSCA of our own, and seals that it signs. */
export interface TestSigner {
  certificate: Certificate;
  privateKey: KeyObject;
  country: string;
  name: string;
  serial: number;
}

export interface SignerRequest {
  country?: string;
  name?: string;
  serial?: number;
  curve?: string;
  issuer?: TestSigner;
  isCa?: boolean;
  notBefore?: string;
  notAfter?: string;
  /** Bits of KeyUsage in the first octet. */
  keyUsage?: number;
  extendedKeyUsage?: string;
  documentTypes?: readonly string[];
}

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

export function makeSigner(request: SignerRequest = {}): TestSigner {
  const { country = 'UT', name = 'SV', serial = 0x1a, curve = 'prime256v1', issuer } = request;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
  const issuerKey = issuer?.privateKey ?? privateKey;
  const signed = derSequence(
    derExplicit(0, derInteger(2)),
    derInteger(serial),
    derSequence(derOid(ECDSA_SHA256)),
    issuer === undefined ? nameOf(country, name) : nameOf(issuer.country, issuer.name),
    derSequence(
      derTime(new Date(request.notBefore ?? '2024-01-01')),
      derTime(new Date(request.notAfter ?? '2034-01-01')),
    ),
    nameOf(country, name),
    publicKeyInfo(privateKey),
    derExplicit(3, derSequence(...extensionsOf(request, issuerKey, privateKey))),
  );
  const certificate = derSequence(
    signed,
    derSequence(derOid(ECDSA_SHA256)),
    derBits(sign('sha256', signed, issuerKey)),
  );
  return { certificate: parseCertificate(certificate), privateKey, country, name, serial };
}

export function makeCsca(request: SignerRequest = {}): TestSigner {
  return makeSigner({ name: 'CSCA', serial: 1, isCa: true, keyUsage: 0x06, ...request });
}

function extensionsOf(request: SignerRequest, issuerKey: KeyObject, key: KeyObject): Buffer[] {
  const { isCa = false, keyUsage = 0x80, extendedKeyUsage, documentTypes } = request;
  const extension = (oid: string, value: Buffer) => derSequence(derOid(oid), derOctets(value));
  return [
    extension('2.5.29.35', derSequence(der(0x80, keyId(issuerKey)))),
    extension('2.5.29.14', derOctets(keyId(key))),
    extension('2.5.29.15', derBits(Buffer.from([keyUsage]))),
    ...(isCa ? [extension('2.5.29.19', derSequence(derBoolean(true)))] : []),
    ...(extendedKeyUsage === undefined
      ? []
      : [extension('2.5.29.37', derSequence(derOid(extendedKeyUsage)))]),
    ...(documentTypes === undefined
      ? []
      : [
          extension(
            '2.23.136.1.1.6.2',
            derSequence(derInteger(0), derSetOf(...documentTypes.map(derPrintable))),
          ),
        ]),
  ];
}

export function makeRevocationList(
  issuer: TestSigner,
  revoked: readonly TestSigner[],
  dates = { thisUpdate: '2026-11-01', nextUpdate: '2027-01-01' },
): Buffer {
  const algorithm = derSequence(derOid(ECDSA_SHA256));
  const entries = revoked.map(({ serial }) =>
    derSequence(derInteger(serial), derTime(new Date(dates.thisUpdate))),
  );
  const signed = derSequence(
    derInteger(1),
    algorithm,
    nameOf(issuer.country, issuer.name),
    derTime(new Date(dates.thisUpdate)),
    derTime(new Date(dates.nextUpdate)),
    ...(entries.length === 0 ? [] : [derSequence(...entries)]),
  );
  return derSequence(signed, algorithm, derBits(sign('sha256', signed, issuer.privateKey)));
}

function nameOf(country: string, name: string): Buffer {
  const attribute = (oid: string, text: string) =>
    derSetOf(derSequence(derOid(oid), derPrintable(text)));
  return derSequence(attribute('2.5.4.6', country), attribute('2.5.4.3', name));
}

function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyInfo(key)).digest();
}

const C40 = ' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function encodeC40(text: string): Buffer {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = text.slice(at, at + 3).replaceAll('<', ' ');
    if (part.length === 1) {
      octets.push(0xfe, part.charCodeAt(0) + 1);
      continue;
    }
    const values = Array.from({ length: 3 }, (_, index) =>
      index < part.length ? C40.indexOf(part[index]!) + 3 : 0,
    );
    const packed = 1600 * values[0]! + 40 * values[1]! + values[2]! + 1;
    octets.push(packed >> 8, packed & 0xff);
  }
  return Buffer.from(octets);
}

export function encodeDate(date: string): Buffer {
  const [year, month, day] = date.split('-');
  return threeOctets(Number(`${month}${day}${year}`));
}

function threeOctets(value: number): Buffer {
  const octets = Buffer.alloc(3);
  octets.writeUIntBE(value, 0, 3);
  return octets;
}

export type Features = readonly (readonly [tag: number, value: Buffer])[];

export interface SealRequest {
  signer: TestSigner;
  version?: 2 | 3;
  issuingState?: string;
  issuedOn?: string;
  signedOn?: string;
  documentRef?: string;
  features?: Features;
  hash?: string;
}

export const visaMrvB: readonly [string, string] = [
  'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<',
  'L898902C<3UTO9008124F3006014<<<<<<<<',
];

export const visaFeatures: Features = [
  [2, encodeC40(visaMrvB[0] + visaMrvB[1].slice(0, 28))],
  [3, Buffer.from([2])],
  [4, Buffer.from([90, 0, 0])],
  [5, encodeC40('L898902C3')],
];

export function sealHeader(request: SealRequest): Buffer {
  const { signer, version = 3, issuingState = 'UTO' } = request;
  const serial = signer.serial.toString(16).toUpperCase();
  const identifier = signer.country + signer.name;
  const reference =
    version === 2
      ? identifier + serial.padStart(5, '0')
      : identifier + serial.length.toString(16).toUpperCase().padStart(2, '0') + serial;
  return Buffer.concat([
    Buffer.from([0xdc, version]),
    encodeC40(issuingState.padEnd(3, '<')),
    encodeC40(reference),
    encodeDate(request.issuedOn ?? '2026-10-01'),
    encodeDate(request.signedOn ?? '2026-10-02'),
    Buffer.from(request.documentRef ?? '5d01', 'hex'),
  ]);
}

export function writeFeatures(features: Features): Buffer {
  return Buffer.concat(
    features.flatMap(([tag, value]) => [Buffer.from([tag, value.length]), value]),
  );
}

/** A visa seal, unless told otherwise. */
export function makeSeal(request: SealRequest): Buffer {
  const signed = Buffer.concat([
    sealHeader(request),
    writeFeatures(request.features ?? visaFeatures),
  ]);
  return closeSeal(signed, request);
}

export function closeSeal(signed: Buffer, { signer, hash = 'sha256' }: SealRequest): Buffer {
  const key = { key: signer.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign(hash, signed, key);
  return Buffer.concat([signed, Buffer.from([0xff, signature.length]), signature]);
}

export interface VdsNcRequest {
  signer: TestSigner;
  data?: unknown;
  algorithm?: string;
}

export const vaccination = {
  hdr: { t: 'icao.vacc', v: 1, is: 'UTO' },
  msg: {
    uvci: 'U32870',
    pid: { n: 'ERIKSSON ANNA MARIA', dob: '1990-08-12', i: 'L898902C3', sex: 'F' },
    ve: [{ des: 'XM68M6', nam: 'Comirnaty', vd: [{ dvc: '2026-03-03', seq: 1, ctr: 'UTO' }] }],
  },
};

export function makeVdsNc({ signer, data = vaccination, algorithm = 'ES256' }: VdsNcRequest) {
  const signed = Buffer.from(canonicalText(parseStrictJson(Buffer.from(JSON.stringify(data)))));
  const key = { key: signer.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const hash = `sha${algorithm.slice(2)}`;
  const sig = {
    alg: algorithm,
    cer: signer.certificate.raw.toString('base64url'),
    sigvl: sign(hash, signed, key).toString('base64url'),
  };
  return Buffer.from(JSON.stringify({ data, sig }, null, 1));
}

/** `failed: reason` of one check. */
export function checkOf(verdict: SealVerdict, name: SealCheckName) {
  const { outcome, reason } = verdict.checks.find((found) => found.name === name)!;
  return reason === undefined ? outcome : `${outcome}: ${reason}`;
}
