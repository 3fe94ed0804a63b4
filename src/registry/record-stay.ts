import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import { isLawfulStay } from '../assurance/stay.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { dormantFrom, planDormancy } from './dormancy.ts';
import { lockForeignId } from './foreign-id-store.ts';
import { lockStay, upsertStay } from './stay-store.ts';
import { recordStatusEvent } from './status-events.ts';
import { transitionId } from './transition-id.ts';

export type StayOutcome =
  | { ok: true; changed: boolean }
  /** `older`: what is on record is fresher. `no_answer`: no register spoke, and something is on record. */
  | { ok: false; reason: 'not_found' | 'older' | 'no_answer' };

/**
 * Records what a register said of a person's stay: the fresher as-of wins, and silence never overwrites an
 * answer. Moves no level. A provisional ID becomes active with the first lawful stay, a dormant one with the next; who
 * departed is looked at again after twelve months (DESIGN section 4).
 */
export async function recordStay(
  tx: Tx,
  app: App,
  input: { personId: PersonId; stay: StayFacts; actor: Actor },
): Promise<StayOutcome> {
  const { personId, stay, actor } = input;
  // The ID's row stands for the person: two registers that answer at once are put in line.
  const foreignId = await lockForeignId(tx, personId);
  if (!foreignId) return { ok: false, reason: 'not_found' };
  const known = await lockStay(tx, personId);
  if (known?.asOf) {
    if (stay.asOf === null) return { ok: false, reason: 'no_answer' };
    if (Date.parse(stay.asOf) < known.asOf.getTime()) return { ok: false, reason: 'older' };
  }
  const abroadSince = abroad(app, stay, known?.abroadSince ?? null);
  await upsertStay(tx, { personId, stay, abroadSince, at: app.clock.now() });
  if (abroadSince !== null && known?.abroadSince !== abroadSince)
    await planDormancy(tx, personId, dormantFrom(abroadSince));
  const changed = known?.status !== stay.status || known.admittedUntil !== stay.admittedUntil;
  if (changed)
    await appendAudit(tx, app, {
      action: 'registry.stay_recorded',
      actor,
      subject: { kind: 'person', id: personId },
      details: { status: stay.status, previous: known?.status ?? null, source: stay.source },
    });
  // The first word on record changes nothing that anybody was told.
  if (changed && known)
    await recordStatusEvent(tx, app, {
      kind: 'assurance_changed',
      personId,
      reason: 'stay_changed',
    });
  if (foreignId.state === 'provisional' && isLawfulStay(stay.status))
    await transitionId(tx, app, { personId, to: 'active', reason: 'admitted', actor });
  if (foreignId.state === 'dormant' && isLawfulStay(stay.status))
    await transitionId(tx, app, { personId, to: 'active', reason: 'returned', actor });
  return { ok: true, changed };
}

/** The first stay on record of somebody whom this transaction enrols: writes, and reads nothing. */
export async function recordFirstStay(
  tx: Tx,
  app: App,
  input: { personId: PersonId; stay: StayFacts; actor: Actor },
): Promise<void> {
  const { personId, stay, actor } = input;
  const abroadSince = abroad(app, stay, null);
  await upsertStay(tx, { personId, stay, abroadSince, at: app.clock.now() });
  if (abroadSince !== null) await planDormancy(tx, personId, dormantFrom(abroadSince));
  await appendAudit(tx, app, {
    action: 'registry.stay_recorded',
    actor,
    subject: { kind: 'person', id: personId },
    details: { status: stay.status, previous: null, source: stay.source },
  });
}

/** Since when the holder is abroad, as the register tells it; a register that falls silent brings nobody home. */
function abroad(app: App, stay: StayFacts, known: string | null): string | null {
  if (stay.status === 'unknown') return known;
  if (stay.status !== 'departed') return null;
  return known ?? toPlainDate(stay.asOf === null ? app.clock.now() : new Date(stay.asOf));
}
