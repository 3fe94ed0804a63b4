import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PasskeyId } from '../lib/ids.ts';
import { CHANGE_WAIT_SECONDS } from './account-changes.ts';
import type { OwnPasskey } from './own-passkeys.ts';
import { findRecoveryEnd } from './safety-store.ts';

/** A recovery ends and its passkey is stored in one transaction. */
const SAME_MOMENT_SECONDS = 10;

/** `now`, after 72 hours of notice (`later`), or never: it is the `last` one. */
export type RemovalTerm = 'now' | 'later' | 'last';

/**
 * When a passkey may go (DESIGN section 9). At once with *another* one that was there before it, or for 72 hours, or that
 * a recovery made: it waited its 72 hours already. Otherwise whoever holds one stolen passkey could add a second and
 * be rid of all the others within a minute.
 */
export async function removalTerm(
  db: Db | Tx,
  app: Pick<App, 'clock'>,
  input: {
    accountId: AccountId;
    passkeys: readonly OwnPasskey[];
    /** The one that is to go, of `passkeys`. */
    target: OwnPasskey;
    /** The one that the session was opened with. */
    usedId: PasskeyId;
  },
): Promise<RemovalTerm> {
  const { passkeys, target, usedId } = input;
  if (passkeys.length === 1) return 'last';
  const used = passkeys.find(({ id }) => id === usedId);
  if (!used || used.id === target.id) return 'later';
  const settledAt = addSeconds(used.createdAt, CHANGE_WAIT_SECONDS);
  if (used.createdAt <= target.createdAt || app.clock.now() >= settledAt) return 'now';
  const recoveredAt = await findRecoveryEnd(db, input.accountId);
  const isOfRecovery =
    recoveredAt !== null &&
    recoveredAt <= used.createdAt &&
    used.createdAt < addSeconds(recoveredAt, SAME_MOMENT_SECONDS);
  return isOfRecovery ? 'now' : 'later';
}
