import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import type { App } from '../../lib/app.ts';
import { RecentlyOpened } from '../../lib/recently-opened.ts';

/** Encrypts what the library stores, bound to its place. */
export interface PayloadSeal {
  seal(place: string, payload: object): Buffer;
  /** Null where the bytes were made under another key or for another place. */
  open(place: string, sealed: Buffer): Record<string, unknown> | null;
  /** The same as JSON text. */
  openText(place: string, sealed: Buffer): string | null;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a key derived from the key-encryption key. Nothing sealed here outlives a day: no rewrapping
 * is needed when that key changes, people sign in again.
 */
export function createPayloadSeal(app: Pick<App, 'keys' | 'random'>): PayloadSeal {
  const key = createSecretKey(
    Buffer.from(hkdfSync('sha256', app.keys.keyEncryptionKey, '', 'tangchat oidc payload 1', 32)),
  );
  const recent = new RecentlyOpened<string>();
  const openText = (place: string, sealed: Buffer) => {
    const known = recent.get(place, sealed);
    if (known !== undefined) return known;
    const text = decrypt(place, sealed);
    if (text !== null) recent.keep(place, sealed, text);
    return text;
  };
  const decrypt = (place: string, sealed: Buffer) => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  };
  return {
    openText,
    seal(place, payload) {
      const nonce = app.random.bytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const body = cipher.update(JSON.stringify(payload), 'utf8');
      return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
    },
    open(place, sealed) {
      const text = openText(place, sealed);
      return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}
