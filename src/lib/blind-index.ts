import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Look-ups of encrypted facts without revealing them (DESIGN section 9). */
export interface BlindIndex {
  /**
   * A 32-byte keyed digest of `parts` for one `purpose`. Equal parts under equal purpose give equal bytes;
   * parts are length-prefixed, so that ('ab','c') and ('a','bc') differ.
   * Never index a birth date or a nationality alone: too few values, a table undoes it.
   */
  of(purpose: string, ...parts: string[]): Buffer;
}

/** A blind index under one key (HMAC-SHA-256). */
export function createBlindIndex(key: KeyObject): BlindIndex {
  return {
    of(purpose, ...parts) {
      const hmac = createHmac('sha256', key);
      for (const part of [purpose, ...parts]) {
        const bytes = Buffer.from(part, 'utf8');
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        hmac.update(length).update(bytes);
      }
      return hmac.digest();
    },
  };
}

/** The keyed SHA-256 of a generated secret (session, hand-off, client secret): what we store instead of it. */
export function digestToken(key: KeyObject, token: string): Buffer {
  return createHmac('sha256', key).update(token, 'utf8').digest();
}
