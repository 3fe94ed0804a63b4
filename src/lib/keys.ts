import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import type { JWK } from 'jose';
import { z } from 'zod';
import { writeOnce } from './write-once.ts';

/** The secrets of one deployment. All nodes share them. */
export interface Keys {
  /** Made by this program for development: production refuses them. */
  development: boolean;
  /** Wraps the data keys of persons and accounts (AES-256). */
  keyEncryptionKey: KeyObject;
  /** Keys the blind indexes (HMAC-SHA-256). */
  blindIndexKey: KeyObject;
  /** Signs our cookies and CSRF tokens, newest first. */
  cookieKeys: string[];
  /** Keys the digests of generated secrets (client secrets, session and hand-off tokens). */
  tokenDigestKey: KeyObject;
  /** DPoP nonces; 32 bytes that all nodes share. */
  dpopNonceSecret: Buffer;
  /** Signs the heads of the audit chain (ES256). */
  auditSigningJwk: JWK;
  /** Signs our requests to the immigration register (ES256, private_key_jwt). */
  registerClientJwk: JWK;
  /** The provider's signing keys, private, ES256 and RS256. */
  oidcJwks: { keys: JWK[] };
}

const base64Key = z.base64().transform((text) => Buffer.from(text, 'base64'));
const secret32 = base64Key.refine((bytes) => bytes.length === 32, 'must be 32 bytes');
const jwk = z.looseObject({ kty: z.string(), kid: z.string() });
const keyFile = z.object({
  development: z.boolean(),
  keyEncryptionKey: secret32,
  blindIndexKey: secret32,
  tokenDigestKey: secret32,
  dpopNonceSecret: secret32,
  cookieKeys: z.array(z.string().min(32)).min(1),
  auditSigningJwk: jwk,
  registerClientJwk: jwk,
  oidcJwks: z.object({ keys: z.array(jwk).min(1) }),
});

/** Reads `keys.json` from a folder. Throws a plain sentence where it is missing or wrong; never prints a key. */
export function loadKeys(keysDir: string): Keys {
  const path = join(keysDir, 'keys.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`No keys at ${path}. Set KEYS_DIR to the folder that holds keys.json.`);
  }
  const read = keyFile.safeParse(JSON.parse(text));
  if (!read.success) {
    const where = read.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Error(`${path} is not a key file: check ${where}.`);
  }
  return {
    ...read.data,
    keyEncryptionKey: createSecretKey(read.data.keyEncryptionKey),
    blindIndexKey: createSecretKey(read.data.blindIndexKey),
    tokenDigestKey: createSecretKey(read.data.tokenDigestKey),
  };
}

/** Makes a development key file where there is none; leaves an existing one alone. */
export async function makeDevelopmentKeys(keysDir: string): Promise<void> {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  if (existsSync(join(keysDir, 'keys.json'))) return;
  const secret = () => randomBytes(32).toString('base64');
  const content = {
    development: true,
    keyEncryptionKey: secret(),
    blindIndexKey: secret(),
    tokenDigestKey: secret(),
    dpopNonceSecret: secret(),
    cookieKeys: [randomBytes(32).toString('base64url')],
    auditSigningJwk: await signingJwk('ES256'),
    registerClientJwk: await signingJwk('ES256'),
    oidcJwks: { keys: [await signingJwk('RS256'), await signingJwk('ES256')] },
  };
  // Whole or not at all: half a file would stop every later start, and other keys could open nothing.
  writeOnce(join(keysDir, 'keys.json'), `${JSON.stringify(content, null, 2)}\n`);
}

async function signingJwk(alg: 'ES256' | 'RS256'): Promise<JWK> {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    ...(await exportJWK(privateKey)),
    kid: randomBytes(12).toString('base64url'),
    alg,
    use: 'sig',
  };
}
