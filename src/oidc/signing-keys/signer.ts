import { createPrivateKey, sign as signBytes, constants } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { SigningKind } from './key-life.ts';

/**
 * Holds signing keys and never gives them out: an HSM over PKCS#11, a key service. All nodes reach the same one.
 * `SIGNER_MODULE` names a module that exports `openSigner(): Signer | Promise<Signer>`.
 */
export interface Signer {
  /** Makes a key pair named `kid` for one algorithm; gives the public half. */
  makeKey(kid: string, alg: SigningKind): Promise<JWK>;
  /** The signature of RFC 7518 §3 or RFC 8037 over `data`: for ES256 the 64 bytes r‖s, not DER. */
  sign(kid: string, alg: SigningKind, data: Uint8Array): Promise<Uint8Array>;
  /** Destroys a key that signs no more. */
  destroyKey(kid: string): Promise<void>;
}

export type Sign = (data: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Signs with a key of our own. Elliptic keys at once, which costs less than a thread; RSA on one, since it takes long. */
export function signWith(jwk: JWK, alg: SigningKind): Sign {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  switch (alg) {
    case 'ES256':
      return (data) => signBytes('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return (data) => signBytes(null, data, key);
    case 'RS256':
      return (data) => signOnThread(data, { key, padding: constants.RSA_PKCS1_PADDING });
    case 'PS256':
      return (data) =>
        signOnThread(data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  }
}

function signOnThread(
  data: Uint8Array,
  key: { key: KeyObject; padding: number; saltLength?: number },
): Promise<Uint8Array> {
  return new Promise((done, fail) => {
    signBytes('sha256', data, key, (error, signature) => (error ? fail(error) : done(signature)));
  });
}

const signerModule = z.object({
  openSigner: z.custom<() => Signer | Promise<Signer>>((value) => typeof value === 'function'),
});

/** Opens the deployment's signer when it is first needed; null where it has none. */
export function signerOf(modulePath: string | undefined): () => Promise<Signer | null> {
  let opened: Promise<Signer | null> | undefined;
  return () => (opened ??= openModule(modulePath));
}

async function openModule(modulePath: string | undefined): Promise<Signer | null> {
  if (modulePath === undefined) return null;
  const loaded = signerModule.safeParse(await import(pathToFileURL(resolve(modulePath)).href));
  if (!loaded.success) throw new Error(`${modulePath} exports no function openSigner.`);
  return loaded.data.openSigner();
}
