import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ChipFiles, ChipFileName, DataGroupName } from '../../src/documents/chip-verdict.ts';
import {
  der,
  derBits,
  derExplicit,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSetOf,
  derTime,
  derUnsigned,
  derUtf8,
} from '../../src/documents/der-writer.ts';
import { writeCommonData } from '../../src/dev/passport-maker/write-chip-files.ts';

/* Chips of anyone's making, as expensive to judge as the size limits allow. Nobody trusted signs any of them. */

export const FILE_BYTES = 1024 * 1024;
const ECDSA_SHA256 = derSequence(derOid('1.2.840.10045.4.3.2'));
const SHA512 = derSequence(derOid('2.16.840.1.101.3.4.2.3'));
const SERIAL = Buffer.from('41', 'hex');
const SIGNATURE = derSequence(derUnsigned(Buffer.alloc(32, 7)), derUnsigned(Buffer.alloc(32, 9)));

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

const ecInfo = spkiOf(generateKeyPairSync('ec', { namedCurve: 'brainpoolP512r1' }).privateKey);

/** RSA of 8192 bits with an exponent of 256: the dearest key that is read. Nobody needs its private half. */
export function dearRsaInfo(): Buffer {
  const modulus = Buffer.alloc(1024, 0xab);
  modulus[1023] = 1;
  const key = derSequence(derUnsigned(modulus), derUnsigned(Buffer.alloc(32, 0xff)));
  return derSequence(derSequence(derOid('1.2.840.113549.1.1.1'), derNull()), derBits(key));
}

function name(country: string, attributes = 0): Buffer {
  const attribute = (oid: string, text: string) =>
    der(0x31, derSequence(derOid(oid), derUtf8(text)));
  const more = Array.from({ length: attributes }, (_, at) => attribute('2.5.4.10', `O ${at % 10}`));
  return derSequence(attribute('2.5.4.6', country), ...more);
}

interface SignerWish {
  country?: string;
  attributes?: number;
  info?: Buffer;
  algorithm?: Buffer;
  signature?: Buffer;
  extensions?: readonly Buffer[];
}

function certificate(wish: SignerWish = {}): Buffer {
  const algorithm = wish.algorithm ?? ECDSA_SHA256;
  const who = name(wish.country ?? 'UT', wish.attributes);
  const body = derSequence(
    derExplicit(0, derInteger(2)),
    derUnsigned(SERIAL),
    algorithm,
    who,
    derSequence(derTime(new Date(Date.UTC(2020, 0))), derTime(new Date(Date.UTC(2040, 0)))),
    who,
    wish.info ?? ecInfo,
    ...(wish.extensions === undefined ? [] : [derExplicit(3, derSequence(...wish.extensions))]),
  );
  return derSequence(body, algorithm, derBits(wish.signature ?? SIGNATURE));
}

interface SodWish {
  files?: ReadonlyMap<DataGroupName, Buffer>;
  certificates?: readonly Buffer[];
  attributes?: readonly Buffer[];
  issuer?: Buffer;
  algorithm?: Buffer;
  signature?: Buffer;
}

function sod(wish: SodWish): Buffer {
  const groups = wish.files ?? new Map([['DG1', Buffer.alloc(1)]]);
  const digests = [...groups].map(([group, bytes]) =>
    derSequence(
      derInteger(Number(group.slice(2))),
      derOctets(createHash('sha512').update(bytes).digest()),
    ),
  );
  const content = derSequence(derInteger(0), SHA512, derSequence(...digests));
  const attribute = (oid: string, value: Buffer) => derSequence(derOid(oid), derSetOf(value));
  const attributes = [
    attribute('1.2.840.113549.1.9.3', derOid('2.23.136.1.1.1')),
    attribute('1.2.840.113549.1.9.4', derOctets(createHash('sha512').update(content).digest())),
    ...(wish.attributes ?? []),
  ];
  const signer = derSequence(
    derInteger(1),
    derSequence(wish.issuer ?? name('UT'), derUnsigned(SERIAL)),
    SHA512,
    der(0xa0, ...attributes),
    wish.algorithm ?? ECDSA_SHA256,
    derOctets(wish.signature ?? SIGNATURE),
  );
  const signed = derSequence(
    derInteger(3),
    derSetOf(SHA512),
    derSequence(derOid('2.23.136.1.1.1'), derExplicit(0, derOctets(content))),
    der(0xa0, ...(wish.certificates ?? [certificate()])),
    derSetOf(signer),
  );
  return der(0x77, derSequence(derOid('1.2.840.113549.1.7.2'), derExplicit(0, signed)));
}

const chip = (sodBytes: Buffer, ...files: readonly (readonly [ChipFileName, Buffer])[]) =>
  new Map<ChipFileName, Buffer>([['EF_SOD', sodBytes], ...files]);

/** A SOD whose signer says it is of this state: every key of it must be asked. */
export function signedInTheNameOf(country: string, kind: 'ec' | 'rsa'): ChipFiles {
  const rsa = derSequence(derOid('1.2.840.113549.1.1.11'), derNull());
  const wish = kind === 'ec' ? {} : { algorithm: rsa, signature: Buffer.alloc(512, 1) };
  return chip(sod({ certificates: [certificate({ country, ...wish })], issuer: name(country) }));
}

function filler(tag: number, bytes: number): Buffer {
  return der(tag, Buffer.alloc(bytes - 5, 0x3c));
}

function securityInfos(info: Buffer): Buffer {
  const key = derSequence(derOid('0.4.0.127.0.7.2.2.1.2'), info);
  const infos = Array.from({ length: Math.floor((FILE_BYTES - 1000) / key.length) }, () => key);
  return der(0x6e, der(0x31, ...infos));
}

function deepest(): Buffer {
  const levels = 31;
  const empty = Buffer.from('3000', 'hex').toString('hex').repeat(9000);
  return Buffer.from(`77803080${'3080'.repeat(levels - 2)}${empty}${'0000'.repeat(levels)}`, 'hex');
}

/** Each within 1 MiB a file and 2 MiB in all. */
export function worstChips(): Readonly<Record<string, ChipFiles>> {
  const halves = new Map<DataGroupName, Buffer>([
    ['DG2', filler(0x75, FILE_BYTES - 1000)],
    ['DG3', filler(0x63, FILE_BYTES - 4000)],
  ]);
  const many = Array.from({ length: 20_000 }, () => derSequence(derOid('1.2.3'), derSetOf()));
  const extension = derSequence(derOid('2.5.29.37'), derOctets(derSequence(...oids(9000))));
  const dg14 = securityInfos(ecInfo);
  const dearest = dearRsaInfo();
  const rsa = derSequence(derOid('1.2.840.113549.1.1.11'), derNull());
  const signature = Buffer.concat([Buffer.from([0x55]), Buffer.alloc(1023, 1)]);
  return {
    'two files of 1 MiB, hashed by SHA-512': chip(sod({ files: halves }), ...halves),
    'twenty certificates of endless names': chip(
      sod({ certificates: times(20, certificate({ attributes: 1300 })) }),
    ),
    'twenty certificates of names as long as may be': chip(
      sod({
        certificates: times(20, certificate({ attributes: 150 })),
        issuer: name('UT', 3000),
      }),
    ),
    'a certificate for 9000 purposes': chip(
      sod({ certificates: [certificate({ extensions: [extension] })] }),
    ),
    'the dearest RSA key': chip(
      sod({ certificates: [certificate({ info: dearest })], algorithm: rsa, signature }),
    ),
    'signed attributes by the thousand': chip(sod({ attributes: many.slice(0, 4000) })),
    'more signed attributes than are read': chip(sod({ attributes: many })),
    'indefinite lengths as deep as may be': chip(deepest()),
    'EF.COM with a million groups': chip(sod({}), [
      'EF_COM',
      der(0x60, der(0x5f01, Buffer.from('0107')), der(0x5c, Buffer.alloc(FILE_BYTES - 100, 0x61))),
    ]),
    'EF.COM as it should be, and a name of a million letters': chip(
      sod({}),
      ['EF_COM', writeCommonData(['DG1', 'DG11'])],
      ['DG11', der(0x6b, der(0x5f0e, Buffer.from('A<'.repeat(FILE_BYTES / 2 - 50))))],
    ),
    'a chip with keys by the thousand': chip(sod({ files: new Map([['DG14', dg14]]) }), [
      'DG14',
      dg14,
    ]),
  };
}

const times = (count: number, bytes: Buffer) => Array.from({ length: count }, () => bytes);

const oids = (count: number) => times(count, derOid('1.2.3.4'));

/** Of an entry each 3 elements, beside some 20 of the list's own. */
export const MOST_ENTRIES = 100_000;

export function revocationList(entries: number): Buffer {
  const at = derTime(new Date(Date.UTC(2026, 0)));
  const serial = (entry: number) => {
    const octets = Buffer.alloc(8, 0x11);
    octets.writeUInt32BE(entry, 4);
    return derUnsigned(octets);
  };
  const list = Array.from({ length: entries }, (_, entry) => derSequence(serial(entry), at));
  const algorithm = derSequence(derOid('1.2.840.10045.4.3.2'));
  const country = derSequence(derOid('2.5.4.6'), der(0x13, Buffer.from('UT')));
  const body = derSequence(
    derUnsigned(Buffer.from([1])),
    algorithm,
    derSequence(der(0x31, country)),
    at,
    at,
    der(0x30, Buffer.concat(list)),
  );
  return derSequence(body, algorithm, der(0x03, Buffer.alloc(70)));
}
