import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addDays, toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { PersonId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { lockForeignId } from './foreign-id-store.ts';
import { lockStay } from './stay-store.ts';
import { markDormant, transitionId } from './transition-id.ts';

/** Twelve months abroad without a sign-in (DESIGN section 4). */
const DORMANT_AFTER_DAYS = 365;

/** The day on which somebody abroad, or last signed in, since `day` counts as dormant; both `YYYY-MM-DD`. */
export function dormantFrom(day: string): string {
  return addDays(day, DORMANT_AFTER_DAYS);
}

/** Plans the job `note_dormancy` for `day`; a later plan takes the place of an earlier one. */
export function planDormancy(tx: Tx, personId: PersonId, day: string): Promise<void> {
  const runAt = new Date(`${day}T00:00:00Z`);
  return enqueue(tx, 'note_dormancy', { personId }, { key: `dormancy:${personId}`, runAt });
}

/**
 * Whether a person has been abroad for twelve months without signing in, given when they last did: if so the ID becomes dormant;
 * if they signed in meanwhile, or it is early, the question is put off to the day on which it may be.
 */
export async function noteDormancy(
  tx: Tx,
  app: App,
  given: { personId: PersonId; lastSignInAt: Date | null },
): Promise<'dormant' | 'put_off' | 'not_abroad'> {
  const { personId, lastSignInAt } = given;
  const foreignId = await lockForeignId(tx, personId);
  const stay = foreignId && (await lockStay(tx, personId));
  if (foreignId?.state !== 'active' || !stay?.abroadSince) return 'not_abroad';
  const signedIn = lastSignInAt && toPlainDate(lastSignInAt);
  const since = signedIn !== null && signedIn > stay.abroadSince ? signedIn : stay.abroadSince;
  const day = dormantFrom(since);
  if (toPlainDate(app.clock.now()) < day) {
    await planDormancy(tx, personId, day);
    return 'put_off';
  }
  await markDormant(tx, app, { personId, actor: SYSTEM });
  return 'dormant';
}

/** Job `lapse_provisional_id`: an arrival that never came. Runs at least once; one that came changes nothing. */
export async function lapseProvisionalId(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const personId = PersonId.parse(payload.personId);
  if (!personId) throw new Error('The job names no person.');
  await transact(app.db, async (tx) => {
    const foreignId = await lockForeignId(tx, personId);
    if (foreignId?.state !== 'provisional' || foreignId.provisionalUntil === null) return;
    if (toPlainDate(app.clock.now()) <= foreignId.provisionalUntil) return;
    const change = { personId, to: 'revoked', reason: 'arrival_lapsed', actor: SYSTEM } as const;
    await transitionId(tx, app, change);
  });
}
