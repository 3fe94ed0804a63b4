import type { Lang } from '../../views/ui.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { App } from '../lib/app.ts';
import { findAccountByAddressKey } from './account-store.ts';
import { addressKeyOf } from './contact-address.ts';
import { deleteMessagesUnderKey } from './message-store.ts';
import {
  confirmRegistration,
  deleteExpiredRegistration,
  findRegistration,
  insertRegistration,
  takeTry,
} from './registration-store.ts';
import type { Registration } from './registration-store.ts';
import { mailAddress } from './send-notice.ts';
import { hashTyped, verifyTyped } from './typed-secret.ts';

/** From the address to the finished account: longer than the code lives, so that a slow passkey is no loss. */
export const REGISTRATION_SECONDS = 3600;
const TRIES = 5;

/**
 * Begins an account: a code goes to the address, and the token that this gives names the registration in the
 * browser's cookie. An address that already has an account takes the very same path, but its mail says so, and
 * no code opens it: nobody learns from us which addresses are known.
 */
export async function beginRegistration(
  app: App,
  wanted: { address: string; lang: Lang; returnTo: string },
): Promise<{ token: string }> {
  const token = app.random.token();
  const code = String(app.random.integer(1_000_000)).padStart(6, '0');
  const codeHash = await hashTyped(app, code);
  const addressKey = addressKeyOf(app, wanted.address);
  await transact(app.db, async (tx) => {
    const known = await findAccountByAddressKey(tx, addressKey);
    const id = RowId.make(app);
    const now = app.clock.now();
    const expiresAt = addSeconds(now, REGISTRATION_SECONDS);
    const key = await app.cipher.openDataKey(tx, await app.cipher.createDataKey(tx));
    await insertRegistration(tx, {
      id,
      tokenDigest: digestToken(app.keys.tokenDigestKey, token),
      dataKeyId: key.id,
      address: key.encrypt(placeOf(id), wanted.address),
      addressKey,
      userHandle: app.random.bytes(32),
      addressKnown: known !== null,
      lang: wanted.lang,
      returnTo: wanted.returnTo,
      codeHash,
      triesLeft: TRIES,
      codeExpiresAt: addSeconds(now, app.config.CONTACT_CODE_SECONDS),
      confirmedAt: null,
      createdAt: now,
      expiresAt,
    });
    const mail = { key, address: wanted.address, lang: wanted.lang };
    const minutes = Math.floor(app.config.CONTACT_CODE_SECONDS / 60);
    if (known)
      await mailAddress(tx, app, { ...mail, template: 'address_already_known', params: {} });
    else
      await mailAddress(tx, app, { ...mail, template: 'contact_code', params: { code, minutes } });
    await enqueue(tx, 'remove_registration', { registrationId: id }, { runAt: expiresAt });
  });
  return { token };
}

/** The registration that the browser's cookie names, while it lives. */
export async function readRegistration(
  app: App,
  token: string | null,
): Promise<Registration | null> {
  if (!token) return null;
  return findRegistration(app.db, digestToken(app.keys.tokenDigestKey, token), app.clock.now());
}

/** The address that somebody registers with. */
export async function addressOf(app: App, registration: Registration): Promise<string> {
  const key = await app.cipher.openDataKey(app.db, registration.dataKeyId);
  return key.decryptText(placeOf(registration.id), registration.address);
}

export type CodeResult =
  | { ok: true }
  | { ok: false; reason: 'wrong'; triesLeft: number }
  /** Expired, used up, or confirmed before. */
  | { ok: false; reason: 'gone' };

/** Checks a contact code: 5 tries, 10 minutes, once. The try is taken before the code is looked at. */
export async function confirmCode(
  app: App,
  registration: Registration,
  code: string,
): Promise<CodeResult> {
  const now = app.clock.now();
  if (!(await takeTry(app.db, registration.id, now))) return { ok: false, reason: 'gone' };
  const isRight = await verifyTyped(app, registration.codeHash, code);
  // Checked only now, so that a known address takes as long to refuse.
  if (isRight && !registration.addressKnown) {
    const confirmed = await confirmRegistration(app.db, registration.id, now);
    return confirmed ? { ok: true } : { ok: false, reason: 'gone' };
  }
  const triesLeft = registration.triesLeft - 1;
  return triesLeft > 0 ? { ok: false, reason: 'wrong', triesLeft } : { ok: false, reason: 'gone' };
}

/** Job `remove_registration`: nothing stays of somebody who did not go on. */
export async function removeRegistration(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const id = RowId.parse(payload.registrationId);
  if (!id) throw new Error('The job names no registration.');
  await transact(app.db, async (tx) => {
    const dataKeyId = await deleteExpiredRegistration(tx, id, app.clock.now());
    if (!dataKeyId) return;
    await deleteMessagesUnderKey(tx, dataKeyId);
    await app.cipher.destroyDataKey(tx, dataKeyId);
  });
}

function placeOf(id: RowId) {
  return { table: 'pending_registrations', column: 'address', row: id };
}
