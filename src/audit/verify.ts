import type { JWK } from 'jose';
import type { Db, Tx } from '../lib/database.ts';
import { GENESIS, alteredFields, hashEvent, linkAfter } from './chain.ts';
import { describeUnsealed, findQueuedWithoutEvent, listLinksAfter } from './chain-store.ts';
import type { AuditFault, FaultList } from './fault-list.ts';
import { headReader } from './head.ts';
import { measureHeadsFile } from './heads-file.ts';
import { verifyOutsideHeads, verifyStoredHeads } from './verify-heads.ts';

export interface AuditReport {
  sound: boolean;
  /** The last place in the chain, and of the newest true heads inside and outside the database (0: none, null: not asked). */
  sealed: { seq: number; databaseHeadSeq: number; outsideHeadSeq: number | null };
  /** Committed, but not linked yet: how many, and how long the oldest has waited. */
  unsealed: { rows: number; oldestSeconds: number };
  faultCount: number;
  /** The first ones: those of the chain in its order, then of the heads, then of the unsealed tail. */
  faults: AuditFault[];
}

const BATCH_ROWS = 1_000;
const FAULTS_TOLD = 20;

/**
 * Recomputes the whole chain from the events as they are now, and holds it against every signed head in the database and, unless
 * `headsFile` is null, against every head kept outside. Takes the public keys (ES256) of all who ever signed heads.
 * Reads one snapshot in batches: memory stays constant and the product keeps running.
 */
export async function verifyAudit(
  db: Db,
  input: { headsFile: string | null; publicKeys: readonly JWK[] },
): Promise<AuditReport> {
  const faults: AuditFault[] = [];
  let faultCount = 0;
  const found: FaultList = {
    add: (fault) => {
      faultCount += 1;
      if (faults.length < FAULTS_TOLD) faults.push(fault);
    },
  };
  const readHead = await headReader(input.publicKeys);
  // A head is committed before it is copied out: what the file holds by now, a snapshot opened from here on must know.
  const file = input.headsFile;
  const fileBytes = file === null ? null : await measureHeadsFile(file);
  return db.transaction(
    async (tx) => {
      const seq = await verifyLinks(tx, found);
      const databaseHeadSeq = await verifyStoredHeads(tx, { found, readHead, lastSeq: seq });
      const outsideHeadSeq =
        file === null
          ? null
          : await verifyOutsideHeads(tx, { found, readHead, file, fileBytes, databaseHeadSeq });
      const { unqueued, ...unsealed } = await describeUnsealed(tx);
      if (unqueued !== null) found.add({ kind: 'event_never_queued', eventId: unqueued });
      const gone = await findQueuedWithoutEvent(tx);
      if (gone !== null) found.add({ kind: 'event_removed_unsealed', eventId: gone });
      const sealed = { seq, databaseHeadSeq, outsideHeadSeq };
      return { sound: faultCount === 0, sealed, unsealed, faultCount, faults };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** Walks the chain; gives its last place. After a fault it goes on from what is stored, to find every other one. */
async function verifyLinks(tx: Tx, found: FaultList): Promise<number> {
  let seq = 0;
  let previous: Buffer = GENESIS;
  for (;;) {
    const links = await listLinksAfter(tx, seq, BATCH_ROWS);
    for (const row of links) {
      const missing = row.seq !== seq + 1;
      if (missing) found.add({ kind: 'links_missing', fromSeq: seq + 1, toSeq: row.seq - 1 });
      const { eventId } = row;
      // Where the link before is gone there is nothing to compute from: the heads after it tell.
      if (!missing && !linkAfter(previous, row.seq, row.eventHash).equals(row.link))
        found.add({ kind: 'link_altered', seq: row.seq, eventId });
      if (row.event === null) found.add({ kind: 'event_removed', seq: row.seq, eventId });
      else {
        const { hash, marks } = hashEvent(row.event);
        if (!hash.equals(row.eventHash))
          found.add({
            kind: 'event_altered',
            seq: row.seq,
            eventId,
            fields: alteredFields(row.marks, marks),
          });
      }
      seq = row.seq;
      previous = row.link;
    }
    if (links.length < BATCH_ROWS) return seq;
  }
}
