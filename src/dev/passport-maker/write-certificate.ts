import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import {
  der,
  derBits,
  derBoolean,
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
  derUtf8,
} from '../../documents/der-writer.ts';

/** A key and the certificate that names it. */
export interface Identity {
  privateKey: KeyObject;
  certificate: Buffer;
  /** Common name, as in the certificate. */
  name: string;
  serial: Buffer;
}

export interface CertificateRequest {
  kind: 'csca' | 'document_signer';
  name: string;
  serial: Buffer;
  privateKey: KeyObject;
  notBefore: Date;
  notAfter: Date;
  /** Absent for a self-signed CSCA. */
  issuer?: Identity;
}

/** The specimen state's country code in certificates. */
const COUNTRY = 'UT';

/** A CSCA or document signer certificate by the profile of Doc 9303-12 §7.1. */
export function writeCertificate(request: CertificateRequest): Identity {
  const { kind, name, serial, privateKey, notBefore, notAfter } = request;
  const issuerKey = request.issuer?.privateKey ?? privateKey;
  const algorithm = signatureAlgorithm(issuerKey);
  const signed = derSequence(
    derExplicit(0, derInteger(2)),
    derUnsigned(serial),
    algorithm,
    distinguishedName(request.issuer?.name ?? name),
    derSequence(derTime(notBefore), derTime(notAfter)),
    distinguishedName(name),
    publicKeyInfo(privateKey),
    derExplicit(
      3,
      derSequence(
        extension('2.5.29.35', derSequence(der(0x80, keyId(issuerKey)))),
        extension('2.5.29.14', derOctets(keyId(privateKey))),
        ...(kind === 'csca' ? cscaExtensions() : signerExtensions(notBefore, notAfter)),
      ),
    ),
  );
  const certificate = derSequence(signed, algorithm, derBits(sign('sha256', signed, issuerKey)));
  return { privateKey, certificate, name, serial };
}

function cscaExtensions(): Buffer[] {
  return [
    extension('2.5.29.19', derSequence(derBoolean(true), derInteger(0)), true),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension('2.5.29.15', derBits(Buffer.from([0x06]), 1), true),
  ];
}

function signerExtensions(notBefore: Date, notAfter: Date): Buffer[] {
  const generalized = (at: Date) =>
    Buffer.from(`${at.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`, 'latin1');
  return [
    // digitalSignature: bit 0.
    extension('2.5.29.15', derBits(Buffer.from([0x80]), 7), true),
    extension(
      '2.5.29.16',
      derSequence(der(0x80, generalized(notBefore)), der(0x81, generalized(notAfter))),
    ),
    extension('2.23.136.1.1.6.2', derSequence(derInteger(0), derSetOf(derPrintable('P')))),
  ];
}

function extension(oid: string, value: Buffer, critical = false): Buffer {
  return derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value));
}

/** C, O, CN (Doc 9303-12 §7.1.1.2). */
export function distinguishedName(commonName: string): Buffer {
  const attribute = (oid: string, value: Buffer) => derSetOf(derSequence(derOid(oid), value));
  return derSequence(
    attribute('2.5.4.6', derPrintable(COUNTRY)),
    attribute('2.5.4.10', derUtf8('Utopia Passport Sandbox')),
    attribute('2.5.4.3', derUtf8(commonName)),
  );
}

export function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyInfo(key)).digest();
}

/** sha256WithRSAEncryption or ecdsa-with-SHA256, whichever the key can make. */
export function signatureAlgorithm(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'rsa'
    ? derSequence(derOid('1.2.840.113549.1.1.11'), derNull())
    : derSequence(derOid('1.2.840.10045.4.3.2'));
}

export interface RevocationListRequest {
  issuer: Identity;
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
  revoked: readonly { serial: Buffer; at: Date }[];
}

/** A CRL by the profile of Doc 9303-12 §7.1.4. */
export function writeRevocationList(request: RevocationListRequest): Buffer {
  const { issuer, number, thisUpdate, nextUpdate, revoked } = request;
  const algorithm = signatureAlgorithm(issuer.privateKey);
  const entries = revoked.map(({ serial, at }) => derSequence(derUnsigned(serial), derTime(at)));
  const signed = derSequence(
    derInteger(1),
    algorithm,
    distinguishedName(issuer.name),
    derTime(thisUpdate),
    derTime(nextUpdate),
    ...(entries.length === 0 ? [] : [derSequence(...entries)]),
    derExplicit(
      0,
      derSequence(
        extension('2.5.29.35', derSequence(der(0x80, keyId(issuer.privateKey)))),
        extension('2.5.29.20', derInteger(number)),
      ),
    ),
  );
  return derSequence(signed, algorithm, derBits(sign('sha256', signed, issuer.privateKey)));
}
