import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { PersonId } from '../../lib/ids.ts';
import { noteWatchCheck, personsToWatch } from '../../registry/due-dates.ts';
import type { WatchCheckOutcome } from '../../registry/due-dates.ts';
import { documentsOf } from '../../registry/person-file.ts';
import type { HeldDocument } from '../../registry/person-file.ts';
import { lockCase } from '../case-store.ts';
import type { AskingApp, WatchHit } from './ask-all.ts';
import { raiseAlerts } from './watch-alerts.ts';

/** Persons an hour; with many more than 168 times as many on record, a turn takes longer than a week. */
export const ASKED_AN_HOUR = 1000;
const AT_ONCE = 4;
/** Lists that are silent so often in a row are left alone until the next hour. */
const MOST_SILENCES = 8;
const HOUR = 3600;
const WEEK = 7 * 24 * HOUR;

/** Up to a fifth later by chance, so that those who were enrolled on one day are not asked about on one day for ever. */
const AGAIN_SECONDS: Record<WatchCheckOutcome, number> = {
  answered: WEEK,
  nothing_to_ask: WEEK,
  no_answer: 2 * HOUR,
};

/**
 * Job `recheck_watch_lists`, hourly: asks lost-or-stolen and watch lists again about people on record, a bounded number an hour. A hit is
 * raised against the case that proved the document, for the entitled role to settle; a document that was lost before somebody
 * proved themselves with it suspends the ID. The person is told nothing of it, and a list's silence is no answer.
 */
export async function recheckWatchLists(
  _payload: Record<string, unknown>,
  app: AskingApp,
): Promise<void> {
  if (app.registers.watch.length === 0) return;
  const waiting = await personsToWatch(app.db, { now: app.clock.now(), limit: ASKED_AN_HOUR });
  let silences = 0;
  const next = async (): Promise<void> => {
    for (let personId = waiting.shift(); personId; personId = waiting.shift()) {
      if (silences >= MOST_SILENCES) return;
      const outcome = await recheck(app, personId);
      silences = outcome === 'no_answer' ? silences + 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function recheck(app: AskingApp, personId: PersonId): Promise<WatchCheckOutcome> {
  const documents = await documentsOf(app.db, app, personId);
  // One that another took the place of may still be used, and was reported perhaps for that.
  const asked = documents.filter(({ lostAt, holder }) => lostAt === null && holder !== null);
  let outcome: WatchCheckOutcome = asked.length === 0 ? 'nothing_to_ask' : 'answered';
  for (const document of asked) {
    const { hits, silent } = await askLists(app, document);
    const caseId = document.caseId ?? documents.find((other) => other.caseId)?.caseId ?? null;
    if (silent) outcome = 'no_answer';
    if (hits.length === 0) continue;
    const isRaised = await transact(app.db, async (tx) => {
      const proofing = caseId && (await lockCase(tx, caseId));
      if (proofing) await raiseAlerts(tx, app, { proofing, hits, document: document.facts });
      return proofing !== null;
    });
    // Asked again until somebody can be told.
    if (!isRaised) {
      outcome = 'no_answer';
      app.log.error({ personId }, 'a list names a document whose case is missing');
    }
  }
  const askedAt = app.clock.now();
  const seconds = AGAIN_SECONDS[outcome];
  const askAfter = addSeconds(askedAt, seconds + app.random.integer(Math.floor(seconds / 5)));
  await noteWatchCheck(app.db, { personId, askedAt, outcome, askAfter });
  return outcome;
}

async function askLists(
  app: AskingApp,
  { facts, holder }: HeldDocument,
): Promise<{ hits: { source: string; hit: WatchHit }[]; silent: boolean }> {
  const answers = await Promise.all(
    app.registers.watch.map(async ({ name, port }) => ({
      source: name,
      answer: await port.ask({
        requestId: RowId.make(app),
        issuingState: facts.issuingState,
        documentNumber: facts.documentNumber,
        dateOfBirth: holder!.dateOfBirth,
      }),
    })),
  );
  return {
    hits: answers.flatMap(({ source, answer }) =>
      answer.kind === 'hit' ? [{ source, hit: answer }] : [],
    ),
    silent: answers.some(({ answer }) => answer.kind === 'unavailable'),
  };
}
