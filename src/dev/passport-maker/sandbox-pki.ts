import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { writeCertificate, writeRevocationList, type Identity } from './write-certificate.ts';

/** The signing keys of Utopia, and of one who only pretends to be it. */
export interface SandboxPki {
  csca: Identity;
  signers: {
    rsa: Identity;
    ecdsa: Identity;
    revoked: Identity;
    expired: Identity;
    /** Under a CSCA of the same name that nobody trusts. */
    unknown: Identity;
  };
  unknownCsca: Identity;
  /** Signed by `csca`, lists `revoked`. */
  revocationList: Buffer;
}

/**
 * No job renews the sandbox list, and tests move time by years: so it says it is fresh for ten. A real one lasts
 * three months at most (Doc 9303-12 §7.1.4).
 */
const LIST_YEARS = 10;

/** A whole new PKI. Certificates reach back eleven years, so that a ten-year passport that just expired was signed in time. */
export function makeSandboxPki(app: { clock: Clock; random: Random }): SandboxPki {
  const now = app.clock.now();
  const years = (count: number) => yearsFrom(now, count);
  const serial = () => Buffer.concat([Buffer.from([0x40]), app.random.bytes(9)]);
  const csca = writeCertificate({
    kind: 'csca',
    name: 'CSCA Utopia',
    serial: serial(),
    privateKey: ecKey('P-384'),
    notBefore: years(-12),
    notAfter: years(20),
  });
  const unknownCsca = writeCertificate({
    kind: 'csca',
    name: 'CSCA Utopia',
    serial: serial(),
    privateKey: ecKey('P-384'),
    notBefore: years(-12),
    notAfter: years(20),
  });
  const signer = (name: string, privateKey: KeyObject, changes: Partial<SignerChanges> = {}) =>
    writeCertificate({
      kind: 'document_signer',
      name,
      serial: serial(),
      privateKey,
      notBefore: years(-11),
      notAfter: years(15),
      issuer: csca,
      ...changes,
    });
  const signers = {
    rsa: signer('Document Signer RSA', rsaKey()),
    ecdsa: signer('Document Signer ECDSA', ecKey('P-256')),
    revoked: signer('Document Signer revoked', ecKey('P-256')),
    expired: signer('Document Signer expired', ecKey('P-256'), { notAfter: years(-1) }),
    unknown: signer('Document Signer unknown', ecKey('P-256'), { issuer: unknownCsca }),
  };
  return { csca, unknownCsca, signers, revocationList: listFor(csca, signers.revoked, now) };
}

interface SignerChanges {
  notAfter: Date;
  issuer: Identity;
}

/** A fresh list of the CSCA: the one of a key folder may be older than its ten years. */
export function listFor(csca: Identity, revoked: Identity, now: Date): Buffer {
  return writeRevocationList({
    issuer: csca,
    number: Math.floor(now.getTime() / 1000),
    thisUpdate: now,
    nextUpdate: yearsFrom(now, LIST_YEARS),
    revoked: [{ serial: revoked.serial, at: yearsFrom(now, -1) }],
  });
}

export function yearsFrom(date: Date, years: number): Date {
  const moved = new Date(date);
  moved.setUTCFullYear(date.getUTCFullYear() + years);
  moved.setUTCMilliseconds(0);
  return moved;
}

export function ecKey(namedCurve: 'P-256' | 'P-384'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

export function rsaKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}
