import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import type { PersonId, RowId } from '../../src/lib/ids.ts';
import { applyProposal, decideProposal } from '../../src/registry/decide-proposal.ts';
import { proposeChange } from '../../src/registry/propose-change.ts';
import type { ProposedChange } from '../../src/registry/proposal.ts';

/** Two officers: what takes two takes these. */
export const malee = OfficerId.parse('01900000-0000-7000-8000-00000000000f')!;
export const prasert = OfficerId.parse('01900000-0000-7000-8000-00000000000e')!;

export const propose = (app: App, change: ProposedChange, officerId = malee) =>
  transact(app.db, (tx) => proposeChange(tx, app, { change, officerId, note: 'Same face.' }));

export const decide = (
  app: App,
  id: RowId,
  decision: 'approve' | 'reject' = 'approve',
  officerId = prasert,
) => transact(app.db, (tx) => decideProposal(tx, app, { id, officerId, decision }));

/** As the clock of `app`, `hours` later. */
export function later(app: App, hours: number): App {
  return { ...app, clock: { now: () => new Date(app.clock.now().getTime() + hours * 3_600_000) } };
}

/** Proposed, approved by another officer, waited for, and done. */
export async function carriedOut(app: App, change: ProposedChange): Promise<RowId> {
  const proposed = await propose(app, change);
  if (!proposed.ok) throw new Error(proposed.reason);
  const decided = await decide(app, proposed.id);
  if (!decided.ok) throw new Error(decided.reason);
  await applyProposal({ proposalId: proposed.id }, later(app, 73));
  return proposed.id;
}

export const merge = (personId: PersonId, mergedId: PersonId): ProposedChange => ({
  kind: 'merge',
  personId,
  mergedId,
  reason: 'same_person_documents',
});

export const unmerge = (personId: PersonId, mergedId: PersonId): ProposedChange => ({
  kind: 'split',
  personId,
  mergedId,
  reason: 'merged_in_error',
});

/** The jobs of a name that wait, payloads only. */
export async function jobsOf(app: App, task: string): Promise<Record<string, unknown>[]> {
  const { rows } = await app.db.raw(
    `select j.payload from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = ? order by j.id`,
    [task],
  );
  return rows.map((row: { payload: Record<string, unknown> }) => row.payload);
}
