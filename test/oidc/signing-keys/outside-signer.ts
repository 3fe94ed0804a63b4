import type { webcrypto } from 'node:crypto';
import type { JWK } from 'jose';

/*
 * A signer such as an HSM: its keys cannot be exported, not even by itself. The JWS names of algorithms on one side,
 * those of its own on the other, as a module over PKCS#11 would have them.
 */
const MECHANISMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const;
type Alg = keyof typeof MECHANISMS;

const keys = new Map<string, webcrypto.CryptoKeyPair>();
/** What was asked of it. */
const asked = { signatures: 0, destroyed: [] as string[] };
Object.assign(globalThis, { outsideSigner: { keys, asked } });

export function openSigner() {
  return {
    async makeKey(kid: string, alg: Alg): Promise<JWK> {
      const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
      const mechanism: webcrypto.RsaHashedKeyGenParams = {
        ...rsa,
        hash: 'SHA-256',
        ...MECHANISMS[alg],
      };
      const made = await crypto.subtle.generateKey(mechanism, false, ['sign', 'verify']);
      keys.set(kid, made);
      return crypto.subtle.exportKey('jwk', made.publicKey);
    },
    async sign(kid: string, alg: Alg, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
      asked.signatures += 1;
      const { privateKey } = keys.get(kid)!;
      return new Uint8Array(await crypto.subtle.sign(MECHANISMS[alg], privateKey, data));
    },
    async destroyKey(kid: string): Promise<void> {
      keys.delete(kid);
      asked.destroyed.push(kid);
    },
  };
}
