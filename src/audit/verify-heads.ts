import type { Tx } from '../lib/database.ts';
import { findLinks, listHeadsAfter } from './chain-store.ts';
import type { FaultList } from './fault-list.ts';
import type { Head } from './head.ts';
import { readHeadLines } from './heads-file.ts';

const BATCH_ROWS = 1_000;

interface Check {
  found: FaultList;
  /** The head that a signature covers, or null where none of our keys made it. */
  readHead(jws: string): Promise<Head | null>;
}

/** Holds every head in the database against the chain. Gives the newest true one's place, 0 where there is none. */
export async function verifyStoredHeads(
  tx: Tx,
  check: Check & { lastSeq: number },
): Promise<number> {
  const { found, lastSeq } = check;
  let newest: Head | null = null;
  let after = 0;
  for (;;) {
    const stored = await listHeadsAfter(tx, after, BATCH_ROWS);
    const links = await findLinks(
      tx,
      stored.map(({ seq }) => seq),
    );
    for (const row of stored) {
      after = row.seq;
      const head = await check.readHead(row.jws);
      if (head === null || head.seq !== row.seq || !head.link.equals(row.link)) {
        found.add({ kind: 'head_forged', where: 'database', seq: row.seq });
        continue;
      }
      newest = head;
      contradiction(found, 'database', head, links.get(head.seq));
    }
    if (stored.length < BATCH_ROWS) break;
  }
  const headSeq = newest?.seq ?? 0;
  if (newest !== null && headSeq > lastSeq)
    found.add({
      kind: 'tail_cut',
      fromSeq: lastSeq + 1,
      toSeq: headSeq,
      signedAt: newest.sealedAt.toISOString(),
    });
  if (headSeq < lastSeq) found.add({ kind: 'tail_unsigned', fromSeq: headSeq + 1, toSeq: lastSeq });
  return headSeq;
}

/** Holds every head that was kept outside against the chain. Gives the newest true one's place, 0 where there is none. */
export async function verifyOutsideHeads(
  tx: Tx,
  check: Check & { file: string; fileBytes: number | null; databaseHeadSeq: number },
): Promise<number> {
  const { found, databaseHeadSeq } = check;
  if (check.fileBytes === null || check.fileBytes === 0) {
    if (databaseHeadSeq > 0)
      found.add({ kind: 'heads_file_missing', databaseSeq: databaseHeadSeq });
    return 0;
  }
  let newest: Head | null = null;
  let batch: Head[] = [];
  const compare = async () => {
    const links = await findLinks(
      tx,
      batch.map(({ seq }) => seq),
    );
    for (const head of batch) contradiction(found, 'outside', head, links.get(head.seq));
    batch = [];
  };
  for await (const { number, head: line } of readHeadLines(check.file, check.fileBytes)) {
    if (line === null) {
      found.add({ kind: 'heads_line_damaged', line: number });
      continue;
    }
    const head = await check.readHead(line.jws);
    if (head === null || head.seq !== line.seq || head.link.toString('hex') !== line.link) {
      found.add({ kind: 'head_forged', where: 'outside', seq: line.seq });
      continue;
    }
    if (newest === null || head.seq > newest.seq) newest = head;
    batch.push(head);
    if (batch.length === BATCH_ROWS) await compare();
  }
  await compare();
  if (newest !== null && newest.seq > databaseHeadSeq)
    found.add({
      kind: 'rolled_back',
      databaseSeq: databaseHeadSeq,
      outsideSeq: newest.seq,
      outsideSignedAt: newest.sealedAt.toISOString(),
    });
  return newest?.seq ?? 0;
}

/** A head over a place that the chain does not have is told once, as a cut tail, missing links or a roll-back. */
function contradiction(
  found: FaultList,
  where: 'database' | 'outside',
  head: Head,
  link: Buffer | undefined,
): void {
  if (link === undefined || link.equals(head.link)) return;
  const signedAt = head.sealedAt.toISOString();
  found.add({ kind: 'head_contradicts_chain', where, seq: head.seq, signedAt });
}
