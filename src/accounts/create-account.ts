import { appendAudit } from '../audit/append.ts';
import { authenticationAssurance, amrOf } from '../assurance/authentication.ts';
import type { AttestedHardware } from '../assurance/authentication.ts';
import type { App } from '../lib/app.ts';
import type { Lang } from '../../views/ui.ts';
import type { Context } from '../web/context.ts';
import { startSession } from '../web/sessions.ts';
import type { Session } from '../web/sessions.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { AccountId, PasskeyId, RowId } from '../lib/ids.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { insertAccount, insertContact } from './account-store.ts';
import type { AccountsApp } from './accounts-app.ts';
import { sealAddress } from './contact-address.ts';
import { defaultLabel, sealLabel } from './passkey-label.ts';
import { insertPasskey } from './passkey-store.ts';
import { addressOf } from './registration.ts';
import { deleteConfirmedRegistration } from './registration-store.ts';
import type { Registration } from './registration-store.ts';
import type { NewPasskey } from './verify-passkey.ts';

/**
 * Makes the account, its contact address, its first passkey and the session in one transaction. The data key
 * of the registration becomes the account's. Refuses (null) where the registration was finished or the address
 * taken meanwhile, or the credential is registered already.
 */
export async function createAccount(
  app: AccountsApp,
  ctx: Context,
  input: { registration: Registration; passkey: NewPasskey },
): Promise<Session | null> {
  const { registration, passkey } = input;
  const address = await addressOf(app, registration);
  const accountId = AccountId.make(app);
  try {
    return await transact(app.db, async (tx) => {
      if (!(await deleteConfirmedRegistration(tx, registration.id))) throw new Refused();
      const key = await app.cipher.openDataKey(tx, registration.dataKeyId);
      await openAccount(tx, app, {
        ...registration,
        accountId,
        key,
        address,
        lang: ctx.state.lang,
      });
      const label = defaultLabel(app.languages.translator(ctx.state.lang), passkey.aaguid, 1);
      const passkeyId = await savePasskey(tx, app, { accountId, key, passkey, label });
      if (!passkeyId) throw new Refused();
      return startPasskeySession(tx, app, ctx, {
        kind: 'subscriber',
        accountId,
        passkeyId,
        // Verified in the ceremony just now.
        userVerified: true,
        backupEligible: passkey.backupEligible,
      });
    });
  } catch (error) {
    if (error instanceof Refused || isUniqueViolation(error)) return null;
    throw error;
  }
}

/** Stores an active account of a subscriber with its confirmed address; the transaction fails where that is taken. */
export async function openAccount(
  tx: Tx,
  app: App,
  input: {
    accountId: AccountId;
    key: DataKey;
    userHandle: Buffer;
    address: string;
    addressKey: Buffer;
    confirmedAt: Date | null;
    lang: Lang;
  },
): Promise<void> {
  const { accountId, key, userHandle, address, addressKey, lang } = input;
  const now = app.clock.now();
  await insertAccount(tx, {
    id: accountId,
    kind: 'subscriber',
    state: 'active',
    dataKeyId: key.id,
    userHandle,
    displayName: null,
    lang,
    failedAttempts: 0,
    createdAt: now,
  });
  const contactId = RowId.make(app);
  await insertContact(tx, {
    id: contactId,
    accountId,
    address: sealAddress(key, contactId, address),
    addressKey,
    confirmedAt: input.confirmedAt ?? now,
  });
  await appendAudit(tx, app, {
    action: 'accounts.account_created',
    actor: { kind: 'account', id: accountId },
    subject: { kind: 'account', id: accountId },
    details: { lang },
  });
}

/** Stores a new passkey of an account with its audit row; null where the credential is registered already. */
export async function savePasskey(
  tx: Tx,
  app: App,
  input: {
    accountId: AccountId;
    key: DataKey;
    passkey: NewPasskey;
    label: string;
    officer?: boolean;
  },
): Promise<PasskeyId | null> {
  const id = PasskeyId.make(app);
  const now = app.clock.now();
  const saved = await insertPasskey(tx, {
    ...input.passkey,
    id,
    accountId: input.accountId,
    label: sealLabel(input.key, id, input.label),
    createdAt: now,
    lastUsedAt: now,
  });
  if (!saved) return null;
  await appendAudit(tx, app, {
    action: 'accounts.passkey_added',
    actor: { kind: input.officer ? 'officer' : 'account', id: input.accountId },
    subject: { kind: 'account', id: input.accountId },
    details: { aaguid: input.passkey.aaguid, backupEligible: input.passkey.backupEligible },
  });
  return id;
}

/** Starts the session that a passkey use earned, at the assurance it carries (DESIGN section 3). */
export async function startPasskeySession(
  tx: Tx,
  app: App,
  ctx: Context,
  input: {
    kind: 'subscriber' | 'officer';
    accountId: AccountId;
    passkeyId: PasskeyId;
    userVerified: boolean;
    backupEligible: boolean;
    /** Nothing is attested unless told: AAL3 needs a hardware key judged by its FIDO Metadata entry (README). */
    hardware?: AttestedHardware;
  },
): Promise<Session> {
  const { userVerified, backupEligible, hardware = null } = input;
  const facts = { userVerified, backupEligible, hardware };
  const again = ctx.state.sessions[input.kind]?.accountId === input.accountId;
  const aal = authenticationAssurance(facts);
  const session = await startSession(tx, app, ctx, {
    kind: input.kind,
    accountId: input.accountId,
    passkeyId: input.passkeyId,
    aal,
    amr: amrOf(facts),
  });
  await appendAudit(tx, app, {
    action: 'accounts.signed_in',
    actor: { kind: input.kind === 'officer' ? 'officer' : 'account', id: input.accountId },
    subject: { kind: 'account', id: input.accountId },
    details: { kind: input.kind, aal, passkeyId: input.passkeyId, again },
  });
  return session;
}

/** Ends the transaction without being a fault. */
class Refused extends Error {}

function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505';
}
