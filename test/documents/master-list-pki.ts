import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
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
  derUnsigned,
  derUtf8,
} from '../../src/documents/der-writer.ts';

/** States, list signers and master lists of our own, so that these tests run anywhere. */
export interface Identity {
  key: KeyObject;
  certificate: Buffer;
  country: string;
  name: string;
  serial: Buffer;
}

export const LIST_SIGNER = '2.23.136.1.1.3';
export const MASTER_LIST = '2.23.136.1.1.2';

export interface CertificateWish {
  country: string;
  name: string;
  kind: 'csca' | 'list_signer' | 'document_signer';
  /** Whose key signs; itself unless given. */
  issuer?: Identity;
  key?: KeyObject;
  notBefore?: Date;
  notAfter?: Date;
  extendedKeyUsage?: string | null;
  /** Another SubjectPublicKeyInfo than the key's own. */
  publicKeyInfo?: Buffer;
}

const ECDSA_SHA256 = derSequence(derOid('1.2.840.10045.4.3.2'));
const SHA256 = derSequence(derOid('2.16.840.1.101.3.4.2.1'));
let serials = 0x4000;

export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export function certificate(wish: CertificateWish): Identity {
  const { country, name, kind } = wish;
  const key = wish.key ?? newKey();
  const issuer = wish.issuer ?? { key, country, name };
  const serial = Buffer.from((serials++).toString(16), 'hex');
  const info = wish.publicKeyInfo ?? spki(key);
  const purpose =
    wish.extendedKeyUsage ??
    (wish.extendedKeyUsage === undefined && kind === 'list_signer' ? LIST_SIGNER : null);
  const signed = derSequence(
    derExplicit(0, derInteger(2)),
    derUnsigned(serial),
    ECDSA_SHA256,
    distinguishedName(issuer.country, issuer.name),
    derSequence(
      derTime(wish.notBefore ?? new Date('2020-01-01T00:00:00Z')),
      derTime(wish.notAfter ?? new Date('2040-01-01T00:00:00Z')),
    ),
    distinguishedName(country, name),
    info,
    derExplicit(
      3,
      derSequence(
        extension('2.5.29.35', derSequence(der(0x80, keyId(spki(issuer.key))))),
        extension('2.5.29.14', derOctets(keyId(info))),
        ...(kind === 'csca'
          ? [
              extension('2.5.29.19', derSequence(derBoolean(true), derInteger(0))),
              extension('2.5.29.15', derBits(Buffer.from([0x06]), 1)),
            ]
          : [extension('2.5.29.15', derBits(Buffer.from([0x80]), 7))]),
        ...(purpose === null ? [] : [extension('2.5.29.37', derSequence(derOid(purpose)))]),
      ),
    ),
  );
  const whole = derSequence(signed, ECDSA_SHA256, derBits(sign('sha256', signed, issuer.key)));
  return { key, certificate: whole, country, name, serial };
}

/** A self-signed CSCA of a state. */
export const csca = (country: string, name = `CSCA ${country}`): Identity =>
  certificate({ country, name, kind: 'csca' });

/** The new key of `to`, signed by the old one of `from` (Doc 9303-12 §7.1.1). */
export const link = (from: Identity, to: Identity): Identity =>
  certificate({ country: to.country, name: to.name, kind: 'csca', key: to.key, issuer: from });

export interface ListWish {
  certificates: readonly Buffer[];
  signer: Identity;
  /** The issuer that the signer info names. */
  issuer: Identity;
  enclosed?: readonly Buffer[];
  contentType?: string;
  signedAt?: Date;
  /** Key that signs; the signer's unless given. */
  key?: KeyObject;
  /** Bytes behind the list, inside the signed content. */
  contentTail?: Buffer;
}

/** A CSCA master list (Doc 9303-12 §9). The SET is written as given: published lists hold duplicates too. */
export function masterList(wish: ListWish): Buffer {
  const { signer, contentType = MASTER_LIST } = wish;
  const content = Buffer.concat([
    derSequence(derInteger(0), der(0x31, ...wish.certificates)),
    wish.contentTail ?? Buffer.alloc(0),
  ]);
  const attributes = derSetOf(
    attribute('1.2.840.113549.1.9.3', derOid(contentType)),
    attribute('1.2.840.113549.1.9.4', derOctets(createHash('sha256').update(content).digest())),
    ...(wish.signedAt === undefined
      ? []
      : [attribute('1.2.840.113549.1.9.5', derTime(wish.signedAt))]),
  );
  const tagged = Buffer.from(attributes);
  tagged[0] = 0xa0;
  const signerInfo = derSequence(
    derInteger(1),
    derSequence(
      distinguishedName(wish.issuer.country, wish.issuer.name),
      derUnsigned(signer.serial),
    ),
    SHA256,
    tagged,
    ECDSA_SHA256,
    derOctets(sign('sha256', attributes, wish.key ?? signer.key)),
  );
  const signedData = derSequence(
    derInteger(3),
    derSetOf(SHA256),
    derSequence(derOid(contentType), derExplicit(0, derOctets(content))),
    derExplicit(0, signer.certificate, ...(wish.enclosed ?? [])),
    derSetOf(signerInfo),
  );
  return derSequence(derOid('1.2.840.113549.1.7.2'), derExplicit(0, signedData));
}

/** A state that publishes lists: its CSCA and its list signer. */
export function listingState(country: string): { root: Identity; signer: Identity } {
  const root = csca(country);
  const name = `List signer ${country}`;
  return { root, signer: certificate({ country, name, kind: 'list_signer', issuer: root }) };
}

export interface RevocationWish {
  thisUpdate: Date;
  /** None unless given. */
  nextUpdate?: Date;
  number?: number;
  revoked?: readonly Identity[];
  /** Country that the list names; the issuer's unless given. */
  country?: string;
  /** Marks it as a delta list (RFC 5280 §5.2.4). */
  isDelta?: boolean;
}

/** A CRL that the key of `issuer` signed (Doc 9303-12 §7.1.4). */
export function revocationList(issuer: Identity, wish: RevocationWish): Buffer {
  const revoked = (wish.revoked ?? []).map(({ serial }) =>
    derSequence(derUnsigned(serial), derTime(wish.thisUpdate)),
  );
  const signed = derSequence(
    derInteger(1),
    ECDSA_SHA256,
    distinguishedName(wish.country ?? issuer.country, issuer.name),
    derTime(wish.thisUpdate),
    ...(wish.nextUpdate === undefined ? [] : [derTime(wish.nextUpdate)]),
    ...(revoked.length === 0 ? [] : [derSequence(...revoked)]),
    derExplicit(
      0,
      derSequence(
        extension('2.5.29.35', derSequence(der(0x80, keyId(spki(issuer.key))))),
        ...(wish.number === undefined ? [] : [extension('2.5.29.20', derInteger(wish.number))]),
        ...(wish.isDelta === true ? [extension('2.5.29.27', derInteger(1))] : []),
      ),
    ),
  );
  return derSequence(signed, ECDSA_SHA256, derBits(sign('sha256', signed, issuer.key)));
}

/** A good list of a state. */
export function listOf(
  { root, signer }: { root: Identity; signer: Identity },
  identities: readonly (Identity | Buffer)[],
  changes: Partial<ListWish> = {},
): Buffer {
  const certificates = identities.map((one) => (Buffer.isBuffer(one) ? one : one.certificate));
  return masterList({ certificates, signer, issuer: root, ...changes });
}

export function fingerprint(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function distinguishedName(country: string, name: string): Buffer {
  const part = (oid: string, value: Buffer) => derSetOf(derSequence(derOid(oid), value));
  return derSequence(part('2.5.4.6', derPrintable(country)), part('2.5.4.3', derUtf8(name)));
}

function extension(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), derOctets(value));
}

function attribute(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), derSetOf(value));
}

function spki(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function keyId(info: Buffer): Buffer {
  return createHash('sha1').update(info).digest();
}
