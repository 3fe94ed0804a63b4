import { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { Config } from '../config.ts';
import { networkList } from '../lib/network-address.ts';

/** As much of a request as a client certificate can come by. */
interface Request {
  req: {
    headers: Readonly<Record<string, string | string[] | undefined>>;
    socket: { remoteAddress?: string | undefined };
  };
}

export interface ClientCertificates {
  /** The certificate that the client proved to hold; undefined where there is none. */
  of(ctx: Request): X509Certificate | undefined;
  /** Whether it was verified against authorities (`tls_client_auth`), by the proxy or by our own TLS. */
  isVerified(ctx: Request): boolean;
}

const MAX_HEADER = 16 * 1024;

/**
 * Where client certificates come from (RFC 8705 §2): the header that a proxy writes, believed only from an address of
 * TRUSTED_PROXY_NETWORKS; else the TLS connection itself. A header from anybody else is as if it were not there.
 */
export function clientCertificates(
  config: Pick<Config, 'MTLS_HEADER' | 'MTLS_VERIFIED_HEADER' | 'TRUSTED_PROXY_NETWORKS'>,
): ClientCertificates {
  const { MTLS_HEADER: header, MTLS_VERIFIED_HEADER: verified } = config;
  const isProxy = networkList(config.TRUSTED_PROXY_NETWORKS);
  const byProxy = ({ req }: Request) =>
    header !== undefined && isProxy(req.socket.remoteAddress ?? '');
  return {
    of(ctx) {
      if (byProxy(ctx)) return parseCertificate(ctx.req.headers[header!]);
      const { socket } = ctx.req;
      return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    },
    isVerified(ctx) {
      if (byProxy(ctx)) return verified !== undefined && ctx.req.headers[verified] === 'SUCCESS';
      const { socket } = ctx.req;
      return socket instanceof TLSSocket && socket.authorized;
    },
  };
}

/**
 * A certificate as proxies write it: RFC 9440 (`:base64:`), PEM escaped as in URLs (nginx), or base64 alone.
 * Anything else, two of them included, is none.
 */
export function parseCertificate(
  value: string | string[] | undefined,
): X509Certificate | undefined {
  if (typeof value !== 'string' || value === '' || value.length > MAX_HEADER) return undefined;
  try {
    const text = value.includes('%') ? decodeURIComponent(value) : value;
    const pem = /^\s*-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----\s*$/.exec(text);
    const base64 = (pem?.[1] ?? /^:([^:]+):$/.exec(text)?.[1] ?? text).replaceAll(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/** The metadata of RFC 8705 §2.1.2, each with how its value is found in a certificate. */
const SUBJECTS: Readonly<Record<string, (cert: X509Certificate, expected: string) => boolean>> = {
  tls_client_auth_subject_dn: (cert, expected) => sameName(cert.subject, expected),
  tls_client_auth_san_dns: (cert, expected) =>
    names(cert, 'DNS').some((name) => name.toLowerCase() === expected.toLowerCase()),
  tls_client_auth_san_uri: (cert, expected) => names(cert, 'URI').includes(expected),
  tls_client_auth_san_ip: (cert, expected) =>
    names(cert, 'IP Address').some((ip) => sameAddress(ip, expected)),
  tls_client_auth_san_email: (cert, expected) => names(cert, 'email').includes(expected),
};

/** Whether the certificate's subject, or one of its alternative names, is the registered one. */
export function certificateSubjectIs(
  cert: X509Certificate | undefined,
  property: string,
  expected: string,
): boolean {
  return (
    cert !== undefined && Object.hasOwn(SUBJECTS, property) && SUBJECTS[property]!(cert, expected)
  );
}

/** The alternative names of a kind. A value that could be taken for two is quoted as JSON. */
function names(cert: X509Certificate, kind: string): string[] {
  const text = cert.subjectAltName ?? '';
  return [...text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)]
    .filter(([, found]) => found === kind)
    .map(([, , value = '']) => (value.startsWith('"') ? (JSON.parse(value) as string) : value));
}

function sameAddress(one: string, other: string): boolean {
  const plain = (text: string) => URL.parse(`http://${text.includes(':') ? `[${text}]` : text}/`);
  const host = plain(one)?.hostname;
  return host !== undefined && host !== '' && host === plain(other)?.hostname;
}

/**
 * Compares a certificate's subject, as Node prints it (an RDN a line, first one first, values escaped as in RFC 4514),
 * with a name written by RFC 4514: last one first, commas between.
 */
function sameName(subject: string, expected: string): boolean {
  const held = subject.split('\n').map(rdn);
  const wanted = splitUnescaped(expected, ',').map(rdn);
  const all = [...held.toReversed(), ...wanted];
  if (held.length !== wanted.length || all.includes(null)) return false;
  return wanted.every((part, index) => part === held[held.length - 1 - index]);
}

/** One relative name in a form to compare; null where it is none. */
function rdn(text: string): string | null {
  const pairs = splitUnescaped(text, '+').map((pair) => {
    const at = pair.indexOf('=');
    const value = at > 0 ? unescape(pair.slice(at + 1).trim()) : null;
    return value === null ? null : `${pair.slice(0, at).trim().toLowerCase()}=${value}`;
  });
  return pairs.includes(null) ? null : pairs.toSorted((a, b) => (a! < b! ? -1 : 1)).join('\0');
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === separator) parts.push('');
    else parts[parts.length - 1] += char === '\\' ? char + (text[++at] ?? '') : char;
  }
  return parts;
}

/** RFC 4514 §2.4: `\,` and `\2C` are a comma. */
function unescape(value: string): string | null {
  const bytes: Buffer[] = [];
  for (const [piece, hex, char] of value.matchAll(/\\([0-9a-f]{2})|\\(.)|[^\\]+|\\$/gi)) {
    if (piece === '\\') return null;
    bytes.push(hex === undefined ? Buffer.from(char ?? piece) : Buffer.from(hex, 'hex'));
  }
  return Buffer.concat(bytes).toString('utf8');
}
