import type { CaseId } from '../lib/ids.ts';
import { casesWithWaiting } from './adjudication-store.ts';
import type { HoldReason } from './case-state.ts';
import { listOpenCases } from './officer-queue.ts';
import type { CaseSummary } from './officer-queue.ts';
import type { ProofingApp } from './proofing-app.ts';

/** A case that somebody must settle before it can be decided. */
export interface HeldCase {
  id: CaseId;
  reference: string;
  hold: HoldReason;
  since: Date;
  /** A first officer found something that a second one must confirm. */
  waiting: boolean;
}

const PAGE_ROWS = 200;
/** Held cases are few; who has more open ones than this reads on when the first are settled. */
const MOST_PAGES = 10;

/** The held cases, oldest first. */
export async function heldCases(app: ProofingApp): Promise<HeldCase[]> {
  const held: CaseSummary[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: Awaited<ReturnType<typeof listOpenCases>> = await listOpenCases(app.db, app, {
      after,
      limit: PAGE_ROWS,
    });
    held.push(...page.cases.filter(({ hold }) => hold !== null));
    after = page.next;
    if (after === null) break;
  }
  const waiting = await casesWithWaiting(
    app.db,
    held.map(({ id }) => id),
  );
  return held.flatMap(({ id, reference, hold, waitingSince }) =>
    hold === null ? [] : [{ id, reference, hold, since: waitingSince, waiting: waiting.has(id) }],
  );
}
