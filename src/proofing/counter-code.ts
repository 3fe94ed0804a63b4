import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, OfficerId } from '../lib/ids.ts';
import {
  endCounterCodes,
  endExpiredCodes,
  insertCounterCode,
  useCounterCode,
} from './counter-code-store.ts';
import type { CounterCode } from './counter-code-store.ts';

/** Long enough to walk up to a desk, too short to be passed on. */
export const COUNTER_CODE_SECONDS = 600;
const DIGITS = 8;

/**
 * A new code for a counter, shown as `1234 5678`: it names the account to an officer who has its holder before them, and
 * nothing else. The one before is void. Kept as a keyed digest; an officer's tries are limited (admin).
 */
export async function makeCounterCode(
  tx: Tx,
  app: App,
  given: { accountId: AccountId; madeBy: AccountId | null },
): Promise<{ code: string; expiresAt: Date }> {
  const now = app.clock.now();
  await endCounterCodes(tx, given.accountId, now);
  const code = String(app.random.integer(10 ** DIGITS)).padStart(DIGITS, '0');
  const digest = digestOf(app, code);
  await endExpiredCodes(tx, digest, now);
  const id = RowId.make(app);
  const expiresAt = addSeconds(now, COUNTER_CODE_SECONDS);
  await insertCounterCode(tx, { ...given, id, digest, createdAt: now, expiresAt });
  await appendAudit(tx, app, {
    action: 'proofing.counter_code_made',
    actor: { kind: 'account', id: given.madeBy ?? given.accountId },
    subject: { kind: 'account', id: given.accountId },
    details: { codeId: id },
  });
  return { code: `${code.slice(0, 4)} ${code.slice(4)}`, expiresAt };
}

/** Uses a code up; null for one that is malformed, unknown, used or too old: all the same to who types it. */
export async function spendCounterCode(
  tx: Tx,
  app: App,
  given: { code: string; officerId: OfficerId },
): Promise<CounterCode | null> {
  const digits = given.code.replace(/[\s-]/g, '');
  if (!/^\d{8}$/.test(digits)) return null;
  const { officerId } = given;
  return useCounterCode(tx, { digest: digestOf(app, digits), officerId, at: app.clock.now() });
}

function digestOf(app: Pick<App, 'keys'>, digits: string): Buffer {
  return digestToken(app.keys.tokenDigestKey, `counter-code ${digits}`);
}
