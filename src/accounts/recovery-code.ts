import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Db } from '../lib/database.ts';
import { AccountId, RowId } from '../lib/ids.ts';
import { CHANGE_GRACE_SECONDS, CHANGE_WAIT_SECONDS } from './account-changes.ts';
import {
  clearFailedAttempts,
  countFailedAttempt,
  findAccountByAddressKey,
} from './account-store.ts';
import { addressKeyOf } from './contact-address.ts';
import {
  cancelExpiredChanges,
  deleteRecoveryCode,
  findRecoveryCode,
  insertChange,
  listWaitingChanges,
  replaceRecoveryCode,
  settleChange,
} from './safety-store.ts';
import { sendNotice } from './send-notice.ts';
import { hashTyped, verifyTyped } from './typed-secret.ts';

/** Crockford's base 32: no I, L, O, U to be misread. 28 of them carry 140 bits (DESIGN section 8). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 28;

/** When the account's recovery code was made; null where it has none. */
export async function recoveryCodeMadeAt(db: Db, accountId: AccountId): Promise<Date | null> {
  return (await findRecoveryCode(db, accountId))?.createdAt ?? null;
}

/** Makes the account's recovery code, which replaces an earlier one, and tells the holder. Shown once, never stored. */
export async function makeRecoveryCode(app: App, accountId: AccountId): Promise<string> {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[app.random.integer(32)]);
  const code = letters.join('');
  const codeHash = await hashTyped(app, code);
  await transact(app.db, async (tx) => {
    await replaceRecoveryCode(tx, { accountId, codeHash, at: app.clock.now() });
    await appendAudit(tx, app, {
      action: 'accounts.recovery_code_made',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'account', id: accountId },
      details: {},
    });
    await sendNotice(tx, app, { accountId, template: 'recovery_code_made', params: {} });
  });
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** What somebody typed as a code, in our spelling. */
export function readRecoveryCode(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

export type RecoveryResult = { ok: true; token: string; readyAt: Date } | { ok: false };

/**
 * Opens recovery with a saved code: uses it up and starts the 72 hours of notice. It signs nobody in. One
 * refusal, and the same work, whether the address is unknown, the code wrong or the account blocked.
 */
export async function openRecovery(
  app: App,
  claim: { address: string; code: string },
): Promise<RecoveryResult> {
  const account = await findAccountByAddressKey(app.db, addressKeyOf(app, claim.address));
  const saved = await findRecoveryCode(app.db, account?.id ?? AccountId.make(app));
  const isRight = await verifyTyped(app, saved?.codeHash ?? (await decoy(app)), claim.code);
  if (!account || !saved || !isRight || account.state !== 'active') {
    await refuse(app, account?.id ?? null);
    return { ok: false };
  }
  const token = app.random.token();
  const now = app.clock.now();
  const readyAt = addSeconds(now, CHANGE_WAIT_SECONDS);
  const id = RowId.make(app);
  const opened = await transact(app.db, async (tx) => {
    if (!(await deleteRecoveryCode(tx, account.id, saved.codeHash))) return false;
    await clearFailedAttempts(tx, account.id);
    await cancelExpiredChanges(tx, account.id, now);
    for (const change of await listWaitingChanges(tx, account.id, now))
      if (change.kind === 'recover')
        await settleChange(tx, change.id, { state: 'cancelled', at: now });
    await insertChange(tx, {
      id,
      accountId: account.id,
      kind: 'recover',
      tokenDigest: digestToken(app.keys.tokenDigestKey, token),
      createdAt: now,
      takesEffectAt: readyAt,
      expiresAt: addSeconds(readyAt, CHANGE_GRACE_SECONDS),
    });
    await appendAudit(tx, app, {
      action: 'accounts.recovery_opened',
      actor: { kind: 'holder', id: null },
      subject: { kind: 'account', id: account.id },
      details: { changeId: id },
    });
    await sendNotice(tx, app, {
      accountId: account.id,
      template: 'recovery_waiting',
      params: { takesEffectAt: readyAt.toISOString() },
    });
    return true;
  });
  return opened ? { ok: true, token, readyAt } : { ok: false };
}

/** Counted and on record for an address that nobody has, too: the answer must not come sooner for it. */
async function refuse(app: App, accountId: AccountId | null): Promise<void> {
  await transact(app.db, async (tx) => {
    const failedAttempts = await countFailedAttempt(tx, accountId ?? AccountId.make(app));
    await appendAudit(tx, app, {
      action: 'accounts.recovery_code_refused',
      actor: { kind: 'holder', id: null },
      subject: { kind: 'account', id: accountId },
      details: { failedAttempts },
    });
  });
}

let decoyHash: Promise<string> | null = null;

/** The hash of a code that nobody has, so that an unknown address costs the same work. */
function decoy(app: App): Promise<string> {
  decoyHash ??= hashTyped(app, app.random.token());
  return decoyHash;
}
