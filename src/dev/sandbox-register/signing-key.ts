import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CompactSign, calculateJwkThumbprint, exportJWK, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { z } from 'zod';
import { writeOnce } from '../../lib/write-once.ts';
import { ANSWER_TYPE } from '../../visas/register-envelope.ts';

/** A key that signs answers (ES256). */
export interface AnswerKey {
  key: CryptoKey | Uint8Array;
  keyId: string;
  publicJwk: JWK;
}

/** A new key, private JWK. */
export async function makeSigningJwk(): Promise<JWK> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' };
}

const privateJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** Readies a private JWK for signing, and its public half for publishing. */
export async function importAnswerKey(jwk: JWK): Promise<AnswerKey> {
  const { kid, kty, crv, x, y } = privateJwk.parse(jwk);
  const publicJwk: JWK = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
  return { key: await importJWK(jwk, 'ES256'), keyId: kid, publicJwk };
}

/** The register's own key, kept beside its records; made the first time, readable by its owner only. */
export async function loadOrMakeSigningJwk(path: string): Promise<JWK> {
  mkdirSync(dirname(path), { recursive: true });
  const made = await makeSigningJwk();
  if (writeOnce(path, `${JSON.stringify(made, null, 2)}\n`)) return made;
  return privateJwk.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Signs the claims of an answer: a compact JWS. */
export function signAnswer(claims: object, { key, keyId }: AnswerKey): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: ANSWER_TYPE, kid: keyId })
    .sign(key);
}
