import { createHash, sign, type KeyObject } from 'node:crypto';
import type { ChipFileName, DataGroupName } from '../../documents/chip-verdict.ts';
import {
  der,
  derExplicit,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derPrintable,
  derSequence,
  derSetOf,
  derTime,
  derUnsigned,
} from '../../documents/der-writer.ts';
import { fileTags } from '../../documents/lds.ts';
import {
  distinguishedName,
  publicKeyInfo,
  signatureAlgorithm,
  type Identity,
} from './write-certificate.ts';

const text = (value: string) => Buffer.from(value, 'utf8');

/** DG1: the zone (Doc 9303-10 §4.7.1). */
export function writeDg1(mrzLines: readonly string[]): Buffer {
  return der(fileTags.DG1, der(0x5f1f, text(mrzLines.join(''))));
}

/** DG2: one portrait, ISO/IEC 19794-5:2005 in a biometric template (Doc 9303-10 §4.7.2). */
export function writeDg2(jpeg: Buffer, size: { width: number; height: number }): Buffer {
  const image = Buffer.alloc(12);
  image.writeUInt8(1, 0); // full frontal
  image.writeUInt8(0, 1); // JPEG
  image.writeUInt16BE(size.width, 2);
  image.writeUInt16BE(size.height, 4);
  image.writeUInt8(1, 6); // sRGB
  const facial = Buffer.alloc(20);
  facial.writeUInt32BE(facial.length + image.length + jpeg.length, 0);
  const header = Buffer.alloc(14);
  header.write('FAC\x00010\x00', 'latin1');
  header.writeUInt32BE(header.length + facial.length + image.length + jpeg.length, 8);
  header.writeUInt16BE(1, 12);
  const template = der(
    0xa1,
    der(0x81, Buffer.from([0x02])), // facial features
    der(0x82, Buffer.from([0x00])),
    der(0x87, Buffer.from([0x01, 0x01])), // format owner: ISO/IEC JTC 1/SC 37
    der(0x88, Buffer.from([0x00, 0x08])), // format: 19794-5
  );
  const block = der(0x5f2e, header, facial, image, jpeg);
  return der(fileTags.DG2, der(0x7f61, derInteger(1), der(0x7f60, template, block)));
}

export interface PrintedDetails {
  primary: string;
  secondary: string;
  dateOfBirth: string;
  placeOfBirth: string;
}

/** DG11: printed name, full birth date, place of birth (Doc 9303-10 §4.7.11). */
export function writeDg11(details: PrintedDetails): Buffer {
  const spelled = (part: string) => part.replaceAll(' ', '<');
  const name =
    details.secondary === ''
      ? spelled(details.primary)
      : `${spelled(details.primary)}<<${spelled(details.secondary)}`;
  return der(
    fileTags.DG11,
    der(0x5c, Buffer.from('5f0e5f2b5f11', 'hex')),
    der(0x5f0e, text(name)),
    der(0x5f2b, text(details.dateOfBirth.replaceAll('-', ''))),
    der(0x5f11, text(spelled(details.placeOfBirth))),
  );
}

/** DG14, SecurityInfos (Doc 9303-11 §9.2). */
export function writeDg14(...infos: readonly Buffer[]): Buffer {
  return der(fileTags.DG14, derSetOf(...infos));
}

/** The hash of an ECDSA chip key, ecdsa-plain-SHA256 (Doc 9303-11 §9.2.4). */
export function activeAuthenticationInfo(): Buffer {
  return derSequence(derOid('2.23.136.1.1.5'), derInteger(1), derOid('0.4.0.127.0.7.1.1.4.1.3'));
}

const CIPHER_NUMBERS = { '3des': 1, 'aes-128': 2, 'aes-192': 3, 'aes-256': 4 } as const;

/** A static key of chip authentication. */
export interface ChipAuthenticationChipKey {
  key: KeyObject;
  cipher: keyof typeof CIPHER_NUMBERS;
  keyId?: number;
}

/** The two infos of a chip authentication key (Doc 9303-11 §9.2.5, §9.2.6). */
export function chipAuthenticationInfos({
  key,
  cipher,
  keyId,
}: ChipAuthenticationChipKey): Buffer[] {
  const kind = key.asymmetricKeyType === 'dh' ? 1 : 2;
  const reference = keyId === undefined ? [] : [derInteger(keyId)];
  const protocol = derOid(`0.4.0.127.0.7.2.2.3.${kind}.${CIPHER_NUMBERS[cipher]}`);
  const keyType = derOid(`0.4.0.127.0.7.2.2.1.${kind}`);
  return [
    derSequence(protocol, derInteger(1), ...reference),
    derSequence(keyType, publicKeyInfo(key), ...reference),
  ];
}

/** DG15: the chip's public key (Doc 9303-10 §4.7.15). */
export function writeDg15(chipKey: KeyObject): Buffer {
  return der(fileTags.DG15, publicKeyInfo(chipKey));
}

/** EF.COM (Doc 9303-10 §4.6.1). */
export function writeCommonData(groups: readonly DataGroupName[]): Buffer {
  return der(
    fileTags.EF_COM,
    der(0x5f01, text('0107')),
    der(0x5f36, text('040000')),
    der(0x5c, Buffer.from(groups.map((name) => fileTags[name]))),
  );
}

const SHA256 = derSequence(derOid('2.16.840.1.101.3.4.2.1'), derNull());
const SECURITY_OBJECT = '2.23.136.1.1.1';

/** EF.SOD: the hashes of the data groups, signed by a document signer (Doc 9303-10 §4.6.2; RFC 5652 §5). */
export function writeSecurityObject(
  groups: ReadonlyMap<DataGroupName, Buffer>,
  signer: Identity,
  issuerName: string,
  { signedAt, embedSigner = true }: { signedAt: Date; embedSigner?: boolean },
): Buffer {
  const digests = [...groups].map(([name, bytes]) =>
    derSequence(derInteger(Number(name.slice(2))), derOctets(sha256(bytes))),
  );
  const version = derSequence(derPrintable('0107'), derPrintable('040000'));
  const content = derSequence(derInteger(1), SHA256, derSequence(...digests), version);
  const attributes = derSetOf(
    attribute('1.2.840.113549.1.9.3', derOid(SECURITY_OBJECT)),
    attribute('1.2.840.113549.1.9.5', derTime(signedAt)),
    attribute('1.2.840.113549.1.9.4', derOctets(sha256(content))),
  );
  const tagged = Buffer.from(attributes);
  tagged[0] = 0xa0;
  const signerInfo = derSequence(
    derInteger(1),
    derSequence(distinguishedName(issuerName), derUnsigned(signer.serial)),
    SHA256,
    tagged,
    signatureAlgorithm(signer.privateKey),
    derOctets(sign('sha256', attributes, signer.privateKey)),
  );
  const signedData = derSequence(
    derInteger(3),
    derSetOf(SHA256),
    derSequence(derOid(SECURITY_OBJECT), derExplicit(0, derOctets(content))),
    ...(embedSigner ? [derExplicit(0, signer.certificate)] : []),
    derSetOf(signerInfo),
  );
  const contentInfo = derSequence(derOid('1.2.840.113549.1.7.2'), derExplicit(0, signedData));
  return der(fileTags.EF_SOD, contentInfo);
}

function attribute(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), derSetOf(value));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** In the order that a reader meets them. */
export type WrittenChip = Map<ChipFileName, Buffer>;
