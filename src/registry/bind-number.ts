import type { App } from '../lib/app.ts';
import { addDays } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { RowId } from '../lib/ids.ts';
import type { PersonId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { EnrolmentInput } from './enrolment.ts';
import { drawForeignId } from './foreign-id.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import { findForeignIdByKey, insertForeignId } from './foreign-id-store.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import { numberKey } from './look-ups.ts';
import { sealNumber } from './sealed-person.ts';
import { recordTransition } from './transition-id.ts';

/** Draws until a number is free: with ten billion of them, twice in a row means that something is wrong. */
const MOST_DRAWS = 8;

/**
 * Draws a number and binds it to a person, active or provisional, with its first line of history and the job that lets an
 * arrival lapse. Bound once: `issue_key` and `person_id` are unique, whatever races.
 */
export async function bindNumber(
  tx: Tx,
  app: App,
  given: { input: EnrolmentInput; personId: PersonId; dataKey: DataKey },
): Promise<{ number: ForeignIdNumber; state: ForeignIdState }> {
  return bindDrawn(tx, app, { ...given, number: await drawNumber(tx, app) });
}

/** A number that nobody has; that two draw the same at one moment, once in ten billion, the unique column finds. */
export async function drawNumber(tx: Tx, app: App): Promise<ForeignIdNumber> {
  for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
    const number = drawForeignId(app.random, app.config.FOREIGN_ID_PREFIX);
    if (!(await findForeignIdByKey(tx, numberKey(app, number)))) return number;
  }
  throw new Error('Every drawn foreign-national ID was taken.');
}

/** Binds a number that was drawn: writes, and reads nothing. */
export async function bindDrawn(
  tx: Tx,
  app: App,
  given: {
    input: EnrolmentInput;
    personId: PersonId;
    dataKey: DataKey;
    number: ForeignIdNumber;
  },
): Promise<{ number: ForeignIdNumber; state: ForeignIdState }> {
  const { input, personId, dataKey, number } = given;
  const beforeArrival = input.stay.status === 'not_yet_admitted';
  const state = beforeArrival ? 'provisional' : 'active';
  const reason = beforeArrival ? 'issued_before_arrival' : 'issued';
  const provisionalUntil = beforeArrival ? input.provisionalUntil : null;
  const id = RowId.make(app);
  await insertForeignId(tx, {
    id,
    personId,
    issueKey: input.caseId,
    number: sealNumber(dataKey, id, number),
    numberKey: numberKey(app, number),
    state,
    provisionalUntil,
    at: app.clock.now(),
  });
  const { actor, accountId } = input;
  const change = { from: 'reserved', to: state, reason, actor, version: 1 } as const;
  await recordTransition(tx, app, { id, personId, accountId, ...change });
  if (provisionalUntil) await planLapse(tx, personId, provisionalUntil);
  return { number, state };
}

/** The day after the last one on which the holder may still arrive, in whatever zone they are. */
function planLapse(tx: Tx, personId: PersonId, provisionalUntil: string): Promise<void> {
  const runAt = new Date(`${addDays(provisionalUntil, 2)}T00:00:00Z`);
  return enqueue(tx, 'lapse_provisional_id', { personId }, { key: `lapse:${personId}`, runAt });
}
