import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { removeAfterNotice } from './remove-passkey.ts';
import { findWaitingChange, settleChange } from './safety-store.ts';

/**
 * Job `apply_account_change`: removes the passkey that waited 72 hours. Recovery has no job: the link that the
 * claimant keeps opens by itself.
 */
export async function applyAccountChange(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const id = RowId.parse(payload.changeId);
  if (!id) throw new Error('The job names no change.');
  await transact(app.db, async (tx) => {
    const change = await findWaitingChange(tx, { id });
    const now = app.clock.now();
    if (change?.kind !== 'remove_passkey' || now < change.takesEffectAt) return;
    const { accountId, passkeyId } = change;
    const inTime = now < change.expiresAt;
    const done = inTime && (await removeAfterNotice(tx, app, { accountId, passkeyId }));
    await settleChange(tx, id, { state: done ? 'done' : 'cancelled', at: now });
  });
}
