import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  der,
  derBits,
  derBoolean,
  derExplicit,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derSetOf,
  derTime,
  derUnsigned,
  derUtf8,
} from '../../src/documents/der-writer.ts';

/** A certificate that a service, an authority or a server holds. */
export interface TestCertificate {
  subject: Buffer;
  privateKey: KeyObject;
  der: Buffer;
  pem: string;
  keyPem: string;
}

const OIDS = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' };
type Name = [type: keyof typeof OIDS, value: string][];

const ECDSA = derSequence(derOid('1.2.840.10045.4.3.2'));

/** Makes a certificate for a year around now: self-signed, or by an authority. Names as their tags (RFC 5280 §4.2.1.6). */
export function makeCertificate(request: {
  name: Name;
  alternative?: { tag: 'email' | 'dns' | 'uri' | 'ip'; value: string }[];
  by?: TestCertificate;
  isAuthority?: boolean;
}): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = derSequence(
    ...request.name.map(([type, value]) =>
      derSetOf(derSequence(derOid(OIDS[type]), derUtf8(value))),
    ),
  );
  const dayMs = 86_400_000;
  const signed = derSequence(
    derExplicit(0, derInteger(2)),
    derUnsigned(randomBytes(8)),
    ECDSA,
    request.by?.subject ?? subject,
    derSequence(
      derTime(new Date(Date.now() - 30 * dayMs)),
      derTime(new Date(Date.now() + 335 * dayMs)),
    ),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    derExplicit(3, derSequence(...extensions(request))),
  );
  const signature = sign('sha256', signed, request.by?.privateKey ?? privateKey);
  const bytes = derSequence(signed, ECDSA, derBits(signature));
  const lines = bytes.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    subject,
    privateKey,
    der: bytes,
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const TAGS = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 };

function extensions({
  alternative = [],
  isAuthority = false,
}: Pick<Parameters<typeof makeCertificate>[0], 'alternative' | 'isAuthority'>): Buffer[] {
  const basic = derSequence(
    derOid('2.5.29.19'),
    derBoolean(true),
    derOctets(derSequence(...(isAuthority ? [derBoolean(true)] : []))),
  );
  if (alternative.length === 0) return [basic];
  const names = alternative.map(({ tag, value }) =>
    der(TAGS[tag], tag === 'ip' ? Buffer.from(value.split('.').map(Number)) : Buffer.from(value)),
  );
  return [basic, derSequence(derOid('2.5.29.17'), derOctets(derSequence(...names)))];
}
