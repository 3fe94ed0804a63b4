import { createSecretKey, generateKeyPair, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
  /** Signs the library's cookies and our CSRF tokens; the first signs, all verify. In the file: the first ones. */
  readonly cookieKeys: readonly string[];
  /** Keys the digests of generated secrets (client secrets, session and hand-off tokens). */
  tokenDigestKey: KeyObject;
  /** DPoP nonces; 32 bytes that all nodes share. In the file: the first ones. */
  readonly dpopNonceSecret: Buffer;
  /** Signs the heads of the audit chain (ES256). */
  auditSigningJwk: JWK;
  /** Signs our requests to the immigration register (ES256, private_key_jwt). */
  registerClientJwk: JWK;
  /** The provider's first keys, private. They seed its table of keys (src/oidc/signing-keys); later ones are there alone. */
  oidcJwks: { keys: JWK[] };
}

export const SIGNING_KEY_ALGS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
/** RFC 7518 §3, RFC 8037. */
export type SigningKeyAlg = (typeof SIGNING_KEY_ALGS)[number];

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
  oidcJwks: z.object({ keys: z.array(jwk) }),
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
  await makeKeyFile(keysDir, { development: true, signingKeys: true });
}

/**
 * Makes `keys.json`, readable by its owner alone. Gives its path, or null where there is one already: it is never written
 * over, since other keys open nothing. `signingKeys: false` leaves the provider's to a signer that makes them itself.
 */
export async function makeKeyFile(
  keysDir: string,
  options: { development: boolean; signingKeys: boolean },
): Promise<string | null> {
  const path = join(keysDir, 'keys.json');
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return null;
  const secret = () => randomBytes(32).toString('base64');
  const signing = options.signingKeys ? SIGNING_KEY_ALGS : [];
  const content = {
    development: options.development,
    keyEncryptionKey: secret(),
    blindIndexKey: secret(),
    tokenDigestKey: secret(),
    dpopNonceSecret: secret(),
    cookieKeys: [randomBytes(32).toString('base64url')],
    auditSigningJwk: await makeJwk('ES256'),
    registerClientJwk: await makeJwk('ES256'),
    oidcJwks: { keys: await Promise.all(signing.map(makeJwk)) },
  };
  // Whole or not at all: half a file would stop every later start, and other keys could open nothing.
  return writeOnce(path, `${JSON.stringify(content, null, 2)}\n`) ? path : null;
}

const generate = promisify(generateKeyPair);

/** A new private key that signs by `alg`, under a random `kid`. */
export async function makeJwk(alg: SigningKeyAlg): Promise<JWK & { kid: string }> {
  const kid = randomBytes(12).toString('base64url');
  return { ...(await exportJWK(await makePrivateKey(alg))), kid, alg, use: 'sig' };
}

async function makePrivateKey(alg: SigningKeyAlg): Promise<KeyObject> {
  switch (alg) {
    case 'RS256':
    case 'PS256':
      return (await generate('rsa', { modulusLength: 2048 })).privateKey;
    case 'ES256':
      return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
    case 'EdDSA':
      return (await generate('ed25519')).privateKey;
  }
}
