import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, PasskeyId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { Session } from '../web/session-store.ts';
import { endSessionsOfPasskey } from '../web/sessions.ts';
import { lockAccount } from './account-store.ts';
import { CHANGE_GRACE_SECONDS, CHANGE_WAIT_SECONDS } from './account-changes.ts';
import { passkeysOf } from './own-passkeys.ts';
import type { OwnPasskey } from './own-passkeys.ts';
import { markPasskeyRemoved } from './passkey-store.ts';
import { removalTerm } from './removal-term.ts';
import { cancelExpiredChanges, insertChange, listWaitingChanges } from './safety-store.ts';
import { sendNotice } from './send-notice.ts';
import { tellCredentialChange } from './tell-credential-change.ts';

export type RemovalResult =
  | { ok: true; when: 'now' }
  | { ok: true; when: 'later'; takesEffectAt: Date }
  | { ok: false; reason: 'not_found' | 'last_one' };

/** Removes a passkey: at once or after 72 hours of notice, as removal-term.ts says. Never the last. */
export async function removePasskey(
  app: App,
  input: { session: Session; passkeyId: PasskeyId },
): Promise<RemovalResult> {
  const { accountId } = input.session;
  const actor: Actor = { kind: 'account', id: accountId };
  return transact(app.db, async (tx) => {
    // Two removals at once must not leave none.
    await lockAccount(tx, accountId);
    const check = await checkRemoval(tx, app, accountId, input.passkeyId);
    if (!check.ok) return check;
    const { passkeys, target } = check;
    const usedId = input.session.passkeyId;
    const term = await removalTerm(tx, app, { accountId, passkeys, target, usedId });
    if (term !== 'now') return planRemoval(tx, app, { ...input, accountId, label: target.label });
    await takeAway(tx, app, { accountId, passkeyId: input.passkeyId, label: target.label, actor });
    return { ok: true, when: 'now' };
  });
}

/** The removal that waited its 72 hours: for the job `apply_account_change`. False where it is no longer possible. */
export async function removeAfterNotice(
  tx: Tx,
  app: App,
  input: { accountId: AccountId; passkeyId: PasskeyId },
): Promise<boolean> {
  await lockAccount(tx, input.accountId);
  const check = await checkRemoval(tx, app, input.accountId, input.passkeyId);
  if (!check.ok) return false;
  const actor: Actor = { kind: 'account', id: input.accountId };
  await takeAway(tx, app, { ...input, label: check.target.label, actor });
  return true;
}

async function checkRemoval(
  tx: Tx,
  app: App,
  accountId: AccountId,
  passkeyId: PasskeyId,
): Promise<
  | { ok: true; passkeys: OwnPasskey[]; target: OwnPasskey }
  | { ok: false; reason: 'not_found' | 'last_one' }
> {
  const passkeys = await passkeysOf(tx, app, accountId);
  const target = passkeys.find(({ id }) => id === passkeyId);
  if (!target) return { ok: false, reason: 'not_found' };
  if (passkeys.length === 1) return { ok: false, reason: 'last_one' };
  return { ok: true, passkeys, target };
}

async function planRemoval(
  tx: Tx,
  app: App,
  input: { accountId: AccountId; passkeyId: PasskeyId; label: string },
): Promise<RemovalResult> {
  const now = app.clock.now();
  await cancelExpiredChanges(tx, input.accountId, now);
  const waiting = (await listWaitingChanges(tx, input.accountId, now)).find(
    (change) => change.kind === 'remove_passkey' && change.passkeyId === input.passkeyId,
  );
  if (waiting) return { ok: true, when: 'later', takesEffectAt: waiting.takesEffectAt };
  const id = RowId.make(app);
  const takesEffectAt = addSeconds(now, CHANGE_WAIT_SECONDS);
  await insertChange(tx, {
    id,
    accountId: input.accountId,
    kind: 'remove_passkey',
    passkeyId: input.passkeyId,
    createdAt: now,
    takesEffectAt,
    expiresAt: addSeconds(takesEffectAt, CHANGE_GRACE_SECONDS),
  });
  await enqueue(tx, 'apply_account_change', { changeId: id }, { runAt: takesEffectAt });
  await appendAudit(tx, app, {
    action: 'accounts.passkey_removal_asked',
    actor: { kind: 'account', id: input.accountId },
    subject: { kind: 'account', id: input.accountId },
    details: { changeId: id },
  });
  await sendNotice(tx, app, {
    accountId: input.accountId,
    template: 'passkey_removal_waiting',
    params: { label: input.label, takesEffectAt: takesEffectAt.toISOString() },
  });
  return { ok: true, when: 'later', takesEffectAt };
}

async function takeAway(
  tx: Tx,
  app: App,
  input: { accountId: AccountId; passkeyId: PasskeyId; label: string; actor: Actor },
): Promise<void> {
  await markPasskeyRemoved(tx, input.passkeyId, app.clock.now());
  const ended = await endSessionsOfPasskey(tx, app, input.passkeyId);
  await appendAudit(tx, app, {
    action: 'accounts.passkey_removed',
    actor: input.actor,
    subject: { kind: 'account', id: input.accountId },
    details: { sessionsEnded: ended.length },
  });
  const { accountId, passkeyId: id } = input;
  await tellCredentialChange(tx, accountId, { id, change: 'revoke' });
  await sendNotice(tx, app, {
    accountId: input.accountId,
    template: 'passkey_removed',
    params: { label: input.label },
  });
}
