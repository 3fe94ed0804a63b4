import { appendAudit, SYSTEM } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { isSigning, KEY_STATES, stateOf } from './key-life.ts';
import type { KeyState } from './key-life.ts';
import type { KeysApp } from './provider-keys.ts';
import { clearSealed, listKeys, lockKeys, recordState } from './store.ts';
import type { ProviderKey } from './store.ts';

export const RECORD_JOB = 'record_key_steps';

const ACTIONS = {
  in_use: 'oidc.key_in_use',
  retiring: 'oidc.key_retired',
  removed: 'oidc.key_removed',
} as const;

/**
 * The job: writes the steps that keys have taken into the trail, and destroys private halves that nobody needs. No node
 * waits for it.
 */
export async function recordKeySteps(
  _payload: Record<string, unknown>,
  app: KeysApp,
): Promise<void> {
  const gone = await transact(app.db, async (tx) => {
    await lockKeys(tx);
    const moved = (await listKeys(tx, null)).filter(
      (key) => key.recordedState !== dueState(app, key),
    );
    for (const key of moved) await recordOne(tx, app, key, dueState(app, key));
    return moved.filter((key) => key.heldBy === 'signer' && isOver(dueState(app, key)));
  });
  if (gone.length === 0) return;
  const signer = await app.providerKeys.signer();
  for (const { kid } of gone) await signer?.destroyKey(kid);
}

const isOver = (state: KeyState) => state === 'retiring' || state === 'removed';

/** A node whose clock is behind still signs for a moment: retired is recorded, and the key destroyed, after it. */
function dueState(app: Pick<App, 'clock' | 'config'>, key: ProviderKey): KeyState {
  const now = app.clock.now();
  const state = stateOf(key, now);
  if (state !== 'retiring' || key.usedUntil === null) return state;
  return addSeconds(key.usedUntil, app.config.KEY_MARGIN_SECONDS) > now ? 'in_use' : state;
}

async function recordOne(tx: Tx, app: KeysApp, key: ProviderKey, state: KeyState): Promise<void> {
  const from = KEY_STATES.indexOf(key.recordedState) + 1;
  // A key that was dropped while it waited was never in use.
  const steps =
    key.compromisedAt === null ? KEY_STATES.slice(from, KEY_STATES.indexOf(state) + 1) : [state];
  for (const step of steps) {
    if (step === 'waiting') continue;
    await appendAudit(tx, app, {
      action: ACTIONS[step],
      actor: SYSTEM,
      subject: { kind: 'key', id: key.kid },
      details: { kind: key.kind },
    });
  }
  await recordState(tx, key.kid, state);
  if (state === 'removed' || (state === 'retiring' && isSigning(key.kind))) {
    const dataKeyId = await clearSealed(tx, key.kid);
    if (dataKeyId !== null) await app.cipher.destroyDataKey(tx, dataKeyId);
  }
}
