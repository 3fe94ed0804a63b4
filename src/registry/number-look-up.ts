import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { parseForeignId } from './foreign-id.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import { numberKey } from './look-ups.ts';
import {
  countMisses,
  findNumberInForce,
  insertAlarm,
  insertLookUp,
  lockLookUpsOf,
} from './number-look-up-store.ts';
import type { LookUpAnswerKind, NumberInForce } from './number-look-up-store.ts';
import { openNumber } from './sealed-person.ts';

/** So many look-ups without an answer within so long are no honest work any more: an alarm, and no further ones. */
export const MISSES = { most: 30, windowSeconds: 3600 } as const;

/** Told of a number. `no_answer` is every case in which nothing is told, alike in form. */
export interface NumberAnswer {
  result: LookUpAnswerKind;
  /** Where the agreement covers it. */
  state: ForeignIdState | null;
  /** The number that counts for this person now: another one than asked about after a merge. */
  currentNumber: ForeignIdNumber | null;
}

export interface NumberLookUp {
  serviceId: string;
  agreementId: RowId;
  /** As it was sent: spaces, hyphens and lower case are read. */
  number: string;
  /** The agreement covers the state, not only whether the number is in use. */
  tellsState: boolean;
  /** A service for people before they arrive: to others a provisional ID is none. */
  preArrival: boolean;
  /** Whether the agreement reaches this holder. Asked of every look-up, also where there is nobody. */
  reaches(this: void, tx: Tx, accountId: AccountId | null): Promise<boolean>;
}

export type LookUpOutcome =
  | { ok: true; answer: NumberAnswer }
  | { ok: false; reason: 'too_many_misses'; retryAfterSeconds: number };

/**
 * Answers a service about a number, as far as its agreement goes. Unknown, mistyped, erased, and not for this service to
 * know take the same statements and give the same answer. The record for the holder and the audit row are written in the
 * same transaction: what could not be written down was not told.
 */
export function lookUpNumber(app: App, input: NumberLookUp): Promise<LookUpOutcome> {
  const parsed = parseForeignId(input.number, app.config.FOREIGN_ID_PREFIX);
  const text = parsed.ok ? parsed.number : plain(input.number);
  // A mistyped number is searched for as well: by a digest that no number has.
  const key = parsed.ok
    ? numberKey(app, parsed.number)
    : app.blindIndex.of('foreign_id_mistyped', text);
  const digest = app.blindIndex.of('number_look_up', text);
  return transact(app.db, async (tx): Promise<LookUpOutcome> => {
    const now = app.clock.now();
    await lockLookUpsOf(tx, input.serviceId);
    const since = addSeconds(now, -MISSES.windowSeconds);
    const misses = await countMisses(tx, { serviceId: input.serviceId, since });
    if (misses.count >= MISSES.most) {
      const freeAt = addSeconds(misses.earliest ?? now, MISSES.windowSeconds);
      const retryAfterSeconds = Math.max(1, Math.ceil((freeAt.getTime() - now.getTime()) / 1000));
      return { ok: false, reason: 'too_many_misses', retryAfterSeconds };
    }
    const found = await findNumberInForce(tx, key);
    const reached = await input.reaches(tx, found?.accountId ?? null);
    const answer = found && reached ? tell(app, found, { ...input, asked: text }) : NOTHING;
    const personId = found && !found.erased ? found.personId : null;
    await record(tx, app, { input, digest, personId, answer });
    if (answer.result === 'no_answer' && misses.count + 1 === MISSES.most)
      await raiseAlarm(tx, app, input.serviceId);
    return { ok: true, answer };
  });
}

const NOTHING: NumberAnswer = { result: 'no_answer', state: null, currentNumber: null };

/** What a typing error leaves, in one spelling. */
function plain(text: string): string {
  return text.replaceAll(/[\s\u00a0-]/g, '').toUpperCase();
}

const IN_USE: readonly ForeignIdState[] = ['active', 'dormant', 'provisional'];
const ENDED_OR_HELD: readonly ForeignIdState[] = [
  'suspended',
  'revoked',
  'naturalised',
  'deceased',
];

function tell(
  app: App,
  found: NumberInForce,
  by: Pick<NumberLookUp, 'tellsState' | 'preArrival'> & { asked: string },
): NumberAnswer {
  const { state } = found.foreignId;
  if (found.erased || !found.wrappedKey) return NOTHING;
  if (state === 'provisional' && !by.preArrival) return NOTHING;
  const inUse = IN_USE.includes(state);
  // Without leave to learn states, a number that is not in use is as good as none.
  if (!inUse && !(by.tellsState && ENDED_OR_HELD.includes(state))) return NOTHING;
  return {
    result: inUse ? 'in_use' : 'not_in_use',
    state: by.tellsState ? state : null,
    currentNumber: found.isCurrent
      ? (by.asked as ForeignIdNumber)
      : openNumber(
          app.cipher.unwrap(found.dataKeyId, found.wrappedKey),
          found.foreignId.id,
          found.foreignId.number,
        ),
  };
}

async function record(
  tx: Tx,
  app: App,
  done: {
    input: NumberLookUp;
    digest: Buffer;
    personId: PersonId | null;
    answer: NumberAnswer;
  },
): Promise<void> {
  const { input, digest, personId, answer } = done;
  const { serviceId, agreementId } = input;
  const id = RowId.make(app);
  await insertLookUp(tx, {
    id,
    serviceId,
    agreementId,
    personId,
    numberDigest: digest,
    result: answer.result,
    toldState: answer.state,
    askedAt: app.clock.now(),
  });
  await appendAudit(tx, app, {
    action: 'registry.number_looked_up',
    actor: { kind: 'service', id: serviceId },
    subject: personId ? { kind: 'person', id: personId } : { kind: 'service', id: serviceId },
    details: {
      lookUpId: id,
      agreement: agreementId,
      number: digest.toString('base64url'),
      result: answer.result,
      state: answer.state,
    },
  });
}

async function raiseAlarm(tx: Tx, app: App, serviceId: string): Promise<void> {
  const { most, windowSeconds } = MISSES;
  await insertAlarm(tx, {
    id: RowId.make(app),
    serviceId,
    misses: most,
    windowSeconds,
    raisedAt: app.clock.now(),
  });
  await appendAudit(tx, app, {
    action: 'registry.number_enumeration_suspected',
    actor: { kind: 'service', id: serviceId },
    subject: { kind: 'service', id: serviceId },
    details: { misses: most, windowSeconds },
  });
  app.log.error({ serviceId, misses: most, windowSeconds }, 'numbers may be being tried out');
}
