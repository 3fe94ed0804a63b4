import { sendNotice } from '../../accounts/send-notice.ts';
import { SYSTEM } from '../../audit/append.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { PersonId } from '../../lib/ids.ts';
import { noteStayCheck, staysToAsk } from '../../registry/due-dates.ts';
import type { StayCheckOutcome, StayToAsk } from '../../registry/due-dates.ts';
import { findAccountOfPerson } from '../../registry/find-persons.ts';
import { documentsOf } from '../../registry/person-file.ts';
import { recordStay } from '../../registry/record-stay.ts';
import type { RegisterAnswer, RegisterQuestion } from '../../visas/register-port.ts';
import { bangkokDate, stayFrom } from '../../visas/stay.ts';
import type { ProofingApp } from '../proofing-app.ts';

/** Questions an hour: the register has other work than ours. */
export const ASKED_AN_HOUR = 300;
const AT_ONCE = 4;
/** A register that is silent so often in a row is left alone until the next hour. */
const MOST_SILENCES = 8;
const HOUR = 3600;

const ASK_AGAIN_SECONDS: Record<StayCheckOutcome, { soon: number; later: number }> = {
  changed: { soon: 20 * HOUR, later: 30 * 24 * HOUR },
  unchanged: { soon: 20 * HOUR, later: 30 * 24 * HOUR },
  no_record: { soon: 7 * 24 * HOUR, later: 30 * 24 * HOUR },
  no_answer: { soon: HOUR, later: HOUR },
};

/**
 * Job `refresh_stays`, hourly: asks the register anew about stays that end soon and about those it last spoke of long ago, a bounded number
 * an hour. What it says goes on record; where that changed something the holder and, by a status event, services are told.
 * Silence changes nothing, and neither does "not found": a register lags, and a stay is never lost by that.
 */
export async function refreshStays(
  _payload: Record<string, unknown>,
  app: ProofingApp,
): Promise<void> {
  const now = app.clock.now();
  const today = bangkokDate(now);
  const waiting = await staysToAsk(app.db, { now, today, limit: ASKED_AN_HOUR });
  let silences = 0;
  const next = async (): Promise<void> => {
    for (let stay = waiting.shift(); stay; stay = waiting.shift()) {
      if (silences >= MOST_SILENCES) return;
      const outcome = await refreshStay(app, stay);
      silences = outcome === 'no_answer' ? silences + 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function refreshStay(app: ProofingApp, stay: StayToAsk): Promise<StayCheckOutcome> {
  const question = await questionOf(app, stay.personId);
  const answer = question && (await app.register.ask(question));
  return transact(app.db, async (tx) => {
    const now = app.clock.now();
    let outcome: StayCheckOutcome = outcomeWithout(answer);
    if (answer?.kind === 'found') {
      const { personId } = stay;
      const recorded = await recordStay(tx, app, {
        personId,
        stay: stayFrom(answer, now),
        actor: SYSTEM,
      });
      outcome = recorded.ok && recorded.changed ? 'changed' : 'unchanged';
      const accountId = outcome === 'changed' ? await findAccountOfPerson(tx, personId) : null;
      if (accountId) await sendNotice(tx, app, { accountId, template: 'stay_changed', params: {} });
    }
    const pause = ASK_AGAIN_SECONDS[outcome][stay.endsSoon ? 'soon' : 'later'];
    const askAfter = addSeconds(now, pause);
    await noteStayCheck(tx, { personId: stay.personId, askedAt: now, outcome, askAfter });
    return outcome;
  });
}

function outcomeWithout(answer: RegisterAnswer | null): StayCheckOutcome {
  return answer === null || answer.kind === 'not_found' ? 'no_record' : 'no_answer';
}

/** About the document that the person travels with now; null where none can be read or counts. */
async function questionOf(app: ProofingApp, personId: PersonId): Promise<RegisterQuestion | null> {
  const documents = await documentsOf(app.db, app, personId);
  const current = documents.find(
    ({ lostAt, replacedOn, holder }) => lostAt === null && replacedOn === null && holder !== null,
  );
  if (!current?.holder) return null;
  const { issuingState, documentNumber } = current.facts;
  const { dateOfBirth } = current.holder;
  return { requestId: RowId.make(app), issuingState, documentNumber, dateOfBirth };
}
