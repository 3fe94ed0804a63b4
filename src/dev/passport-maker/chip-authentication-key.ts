import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { ChipAuthenticationChipKey } from './write-chip-files.ts';

export const AGREEMENTS = ['ecdh', 'dh'] as const;
export const CHIP_CIPHERS = ['3des', 'aes-128', 'aes-192', 'aes-256'] as const;

/** Node's types know no named groups. */
const makeDhKey = generateKeyPairSync as unknown as (
  type: 'dh',
  options: { group: string },
) => { privateKey: KeyObject };

/** A chip's static key of chip authentication: on brainpoolP256r1, as most chips have it, or in the 2048-bit MODP group. */
export function makeAgreementKey(kind: (typeof AGREEMENTS)[number]): KeyObject {
  if (kind === 'dh') return makeDhKey('dh', { group: 'modp14' }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey;
}

const written = z.object({
  cipher: z.enum(CHIP_CIPHERS),
  keyId: z.int().optional(),
  /** PKCS #8, base64. */
  key: z.base64(),
});

/** `chip-authentication.json` of a passport's folder. */
export function writeAgreementKey({ key, cipher, keyId }: ChipAuthenticationChipKey): string {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  return `${JSON.stringify({ cipher, keyId, key: pkcs8 }, null, 2)}\n`;
}

export function readAgreementKey(text: string): ChipAuthenticationChipKey {
  const { cipher, keyId, key } = written.parse(JSON.parse(text));
  const bytes = Buffer.from(key, 'base64');
  return {
    key: createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }),
    cipher,
    ...(keyId === undefined ? {} : { keyId }),
  };
}
