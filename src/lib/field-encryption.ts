import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Db, Tx } from './database.ts';
import { DataKeyId } from './ids.ts';
import { RecentlyOpened } from './recently-opened.ts';
import { clearDataKey, findDataKey, insertDataKey } from './data-keys/store.ts';

/** Where a field stands: bound into the ciphertext, so that no value can be moved to another place. */
export interface FieldPlace {
  table: string;
  column: string;
  row: string;
}

/** The opened key of one person or account. Keep it no longer than the request; the cipher forgets it within a second. */
export interface DataKey {
  id: DataKeyId;
  /** AES-256-GCM with a random 96-bit nonce; gives version ‖ nonce ‖ ciphertext ‖ tag. */
  encrypt(place: FieldPlace, plain: string | Buffer): Buffer;
  /** Throws where the bytes were changed, moved or made under another key. */
  decrypt(place: FieldPlace, sealed: Buffer): Buffer;
  decryptText(place: FieldPlace, sealed: Buffer): string;
}

/** Field encryption under one data key per person, wrapped by the key-encryption key (DESIGN section 9). */
export interface FieldCipher {
  createDataKey(tx: Tx): Promise<DataKeyId>;
  /** As `createDataKey`, opened: nothing is read back. */
  makeDataKey(tx: Tx): Promise<DataKey>;
  /** The opened key, or null where it never was or was destroyed (the person was erased). */
  findDataKey(db: Db | Tx, id: DataKeyId): Promise<DataKey | null>;
  /** As `findDataKey`, but a missing key is a fault. */
  openDataKey(db: Db | Tx, id: DataKeyId): Promise<DataKey>;
  /** Opens a wrapped key that a query of the caller already brought along. */
  unwrap(id: DataKeyId, wrapped: Buffer): DataKey;
  /** Erases the person: what was encrypted under this key can never be read again. */
  destroyDataKey(tx: Tx, id: DataKeyId): Promise<void>;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function seal(input: { key: KeyObject; nonce: Buffer; aad: string; plain: Buffer }): Buffer {
  const cipher = createCipheriv('aes-256-gcm', input.key, input.nonce);
  cipher.setAAD(Buffer.from(input.aad, 'utf8'));
  const body = Buffer.concat([cipher.update(input.plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), input.nonce, body, cipher.getAuthTag()]);
}

function unseal(input: { key: KeyObject; aad: string; sealed: Buffer }): Buffer {
  const { sealed } = input;
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new Error('An encrypted field has an unknown form.');
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', input.key, nonce);
  decipher.setAAD(Buffer.from(input.aad, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const body = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

const aadOf = (place: FieldPlace, keyId: string) =>
  [place.table, place.column, place.row, keyId, VERSION].join('\u0000');

/** Field encryption over `data_keys`. */
export function createFieldCipher(source: {
  keyEncryptionKey: KeyObject;
  clock: Clock;
  random: Random;
}): FieldCipher {
  const wrapAad = (id: DataKeyId) => `data_keys\u0000wrapped_key\u0000${id}`;
  const recent = new RecentlyOpened<DataKey>();
  const unwrap = (id: DataKeyId, wrapped: Buffer): DataKey => {
    const known = recent.get(id, wrapped);
    if (known) return known;
    const opened = open(id, wrapped);
    recent.keep(id, wrapped, opened);
    return opened;
  };
  const open = (id: DataKeyId, wrapped: Buffer): DataKey => {
    // A key object: from raw bytes each field would cost five times as much (25 µs instead of 5).
    const key = createSecretKey(
      unseal({ key: source.keyEncryptionKey, aad: wrapAad(id), sealed: wrapped }),
    );
    const decrypt = (place: FieldPlace, sealed: Buffer) =>
      unseal({ key, aad: aadOf(place, id), sealed });
    // Of this key alone, and gone with it.
    const texts = new Map<string, { sealed: Buffer; text: string }>();
    const decryptText = (place: FieldPlace, sealed: Buffer) => {
      const name = `${place.table} ${place.column} ${place.row}`;
      const known = texts.get(name);
      if (known?.sealed.equals(sealed)) return known.text;
      const text = decrypt(place, sealed).toString('utf8');
      texts.set(name, { sealed, text });
      return text;
    };
    return {
      id,
      decrypt,
      decryptText,
      encrypt: (place, plain) =>
        seal({
          key,
          nonce: source.random.bytes(NONCE_BYTES),
          aad: aadOf(place, id),
          plain: Buffer.from(plain),
        }),
    };
  };
  const find = async (db: Db | Tx, id: DataKeyId) => {
    const row = await findDataKey(db, id);
    return row?.wrapped ? unwrap(id, row.wrapped) : null;
  };
  const makeDataKey = async (tx: Tx) => {
    const id = DataKeyId.make(source);
    const wrapped = seal({
      key: source.keyEncryptionKey,
      nonce: source.random.bytes(NONCE_BYTES),
      aad: wrapAad(id),
      plain: source.random.bytes(32),
    });
    await insertDataKey(tx, { id, wrapped, at: source.clock.now() });
    return unwrap(id, wrapped);
  };
  return {
    unwrap,
    findDataKey: find,
    async openDataKey(db, id) {
      const key = await find(db, id);
      if (!key) throw new Error('A data key is missing or was destroyed.');
      return key;
    },
    createDataKey: async (tx) => (await makeDataKey(tx)).id,
    makeDataKey,
    destroyDataKey: (tx, id) => clearDataKey(tx, id, source.clock.now()),
  };
}
