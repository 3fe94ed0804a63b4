import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

export type SecureMessagingCipher = '3des' | 'aes-128' | 'aes-192' | 'aes-256';

export interface SessionKeys {
  cipher: SecureMessagingCipher;
  encryption: Buffer;
  mac: Buffer;
}

export const blockBytes: Readonly<Record<SecureMessagingCipher, number>> = {
  '3des': 8,
  'aes-128': 16,
  'aes-192': 16,
  'aes-256': 16,
};

/** Doc 9303-11 §9.7.1.2 (3DES: two keys of 8 octets), §9.7.1.3 (AES). */
const KEY_BYTES = { '3des': 16, 'aes-128': 16, 'aes-192': 24, 'aes-256': 32 } as const;

/** KDF_Enc and KDF_MAC of Doc 9303-11 §9.7.1: a hash of the shared secret and a counter. Parity bits stay as they come. */
export function deriveSessionKeys(
  cipher: SecureMessagingCipher,
  sharedSecret: Buffer,
): SessionKeys {
  const hash = cipher === '3des' || cipher === 'aes-128' ? 'sha1' : 'sha256';
  const derived = (counter: number) =>
    createHash(hash)
      .update(sharedSecret)
      .update(Buffer.from([0, 0, 0, counter]))
      .digest()
      .subarray(0, KEY_BYTES[cipher]);
  return { cipher, encryption: derived(1), mac: derived(2) };
}

/** CBC over whole blocks; IV zero for 3DES, the encrypted counter for AES (Doc 9303-11 §9.8.6.1, §9.8.7.1). */
export function encryptBlocks(keys: SessionKeys, counter: Buffer, padded: Buffer): Buffer {
  const iv = ivOf(keys, counter);
  const cipher = createCipheriv(cbcOf(keys), keys.encryption, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]);
}

/** `cryptogram` must be whole blocks. */
export function decryptBlocks(keys: SessionKeys, counter: Buffer, cryptogram: Buffer): Buffer {
  const iv = ivOf(keys, counter);
  const decipher = createDecipheriv(cbcOf(keys), keys.encryption, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(cryptogram), decipher.final()]);
}

/** 8 octets over whole blocks: Retail MAC for 3DES, CMAC for AES (Doc 9303-11 §9.8.6.2, §9.8.7.2). */
export function macOf(keys: SessionKeys, padded: Buffer): Buffer {
  return keys.cipher === '3des' ? retailMac(keys.mac, padded) : cmac(keys, padded).subarray(0, 8);
}

function cbcOf({ cipher }: SessionKeys): string {
  return cipher === '3des' ? 'des-ede-cbc' : `${cipher}-cbc`;
}

function ivOf({ cipher, encryption }: SessionKeys, counter: Buffer): Buffer {
  if (cipher === '3des') return Buffer.alloc(8);
  return createCipheriv(`${cipher}-ecb`, encryption, null).setAutoPadding(false).update(counter);
}

/**
 * ISO/IEC 9797-1 MAC algorithm 3 with DES: a DES chain under the first half of the key, the last block under both. OpenSSL 3
 * keeps single DES away; triple DES under three equal keys is the same.
 */
function retailMac(key: Buffer, padded: Buffer): Buffer {
  const half = key.subarray(0, 8);
  const chain = createCipheriv('des-ede3-cbc', Buffer.concat([half, half, half]), Buffer.alloc(8));
  const chained = chain.setAutoPadding(false).update(padded.subarray(0, -8));
  const iv = chained.length === 0 ? Buffer.alloc(8) : chained.subarray(-8);
  const last = createCipheriv('des-ede-cbc', key, iv).setAutoPadding(false);
  return last.update(padded.subarray(-8));
}

/** CMAC of a message that is whole blocks (NIST SP 800-38B §6.2 with K1): secure messaging pads before it. */
function cmac({ cipher, mac }: SessionKeys, padded: Buffer): Buffer {
  const ecb = createCipheriv(`${cipher}-ecb`, mac, null).setAutoPadding(false);
  const subkey = doubled(ecb.update(Buffer.alloc(16)));
  const message = Buffer.from(padded);
  const at = message.length - 16;
  for (const [index, octet] of subkey.entries()) message[at + index]! ^= octet;
  const cbc = createCipheriv(`${cipher}-cbc`, mac, Buffer.alloc(16)).setAutoPadding(false);
  return cbc.update(message).subarray(-16);
}

/** Times x in GF(2^128). */
function doubled(block: Buffer): Buffer {
  const result = Buffer.from(
    block.map((octet, index) => ((octet << 1) & 0xff) | ((block[index + 1] ?? 0) >> 7)),
  );
  if (block[0]! >= 0x80) result[15]! ^= 0x87;
  return result;
}
