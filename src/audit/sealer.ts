import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { GENESIS, hashEvent, linkAfter } from './chain.ts';
import {
  becomeSealer,
  findLastLink,
  findNewestHead,
  insertHead,
  insertLinks,
  listUnsealedEvents,
} from './chain-store.ts';
import type { ChainLink } from './chain-store.ts';
import { appendHead, headsFileOf, readLastHead } from './heads-file.ts';
import { signHead } from './head.ts';

/** Half of the second within which an event is sealed (DESIGN section 9). */
const PASS_MS = 500;
const BATCH_ROWS = 1_000;

type SealerApp = Pick<App, 'db' | 'clock' | 'keys' | 'log'>;

/**
 * Links the committed events that wait into the chain and signs its new head, in one transaction.
 * Gives the number of events sealed; 0 where none waits or another node is sealing. May run on any number of nodes at once.
 */
export async function sealBatch(app: SealerApp): Promise<number> {
  return transact(app.db, async (tx) => {
    if (!(await becomeSealer(tx))) return 0;
    const events = await listUnsealedEvents(tx, BATCH_ROWS);
    if (events.length === 0) return 0;
    let { seq, link } = (await findLastLink(tx)) ?? { seq: 0, link: GENESIS };
    const links: ChainLink[] = events.map((event) => {
      const { hash, marks } = hashEvent(event);
      seq += 1;
      link = linkAfter(link, seq, hash);
      return { seq, eventId: event.id, eventHash: hash, marks, link };
    });
    await insertLinks(tx, links);
    const head = { seq, link, sealedAt: app.clock.now() };
    await insertHead(tx, { ...head, jws: await signHead(head, app.keys.auditSigningJwk) });
    return events.length;
  });
}

/**
 * Runs the sealer on this node until stopped: a pass twice a second, and a copy of every new head, whichever node signed it, in
 * `<dataDir>/audit/heads.jsonl`. `stop()` seals what was committed until then.
 */
export function startSealer(app: SealerApp, place: { dataDir: string }): { stop(): Promise<void> } {
  const ending = new AbortController();
  const copyHead = headCopier(app, headsFileOf(place.dataDir));
  let failing = false;
  const pass = async () => {
    try {
      while ((await sealBatch(app)) === BATCH_ROWS);
      await copyHead();
      failing = false;
    } catch (error) {
      // A dead database fails twice a second: say it once.
      if (!failing) app.log.error({ err: error }, 'the audit trail cannot be sealed');
      failing = true;
    }
  };
  const running = (async () => {
    while (!ending.signal.aborted) {
      await pass();
      await sleep(PASS_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    await pass();
  })();
  return {
    stop: () => {
      ending.abort();
      return running;
    },
  };
}

/**
 * Gives a function that keeps the newest head outside the database, and says once when the database falls behind what this node
 * saw: it then went back in time. Sealing goes on, since the file keeps what it has and the verifier will always tell.
 */
function headCopier(app: SealerApp, file: string): () => Promise<void> {
  let written: { seq: number; link: string } | null | undefined;
  let warned = false;
  return async () => {
    written ??= await readLastHead(file);
    const head = await findNewestHead(app.db);
    const newest = head === null ? null : { seq: head.seq, link: head.link.toString('hex') };
    if (written !== null && !follows(newest, written) && !warned) {
      warned = true;
      app.log.error(
        { databaseSeq: newest?.seq ?? 0, outsideSeq: written.seq },
        'the audit trail in the database is not the one that was sealed: run "tangchat audit verify"',
      );
    }
    if (head === null || newest === null) return;
    if (newest.seq === written?.seq && newest.link === written.link) return;
    await appendHead(file, head);
    written = newest;
  };
}

function follows(
  newest: { seq: number; link: string } | null,
  written: { seq: number; link: string },
) {
  if (newest === null || newest.seq < written.seq) return false;
  return newest.seq > written.seq || newest.link === written.link;
}
