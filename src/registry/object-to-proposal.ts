import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { waits } from './proposal.ts';
import { lockOpenProposals, updateProposal } from './proposal-store.ts';

/**
 * A party who freezes their ID objects to a merge or split that is on its way (DESIGN section 4): it is off, whatever
 * two officers agreed on, and has to be proposed anew.
 */
export async function objectByFreezing(
  tx: Tx,
  app: App,
  { personId, actor }: { personId: PersonId; actor: Actor },
): Promise<void> {
  for (const { id, kind } of await lockOpenProposals(tx, personId)) {
    if (!waits(kind)) continue;
    await updateProposal(tx, { id, state: 'objected', settledAt: app.clock.now() });
    await appendAudit(tx, app, {
      action: 'registry.change_objected',
      actor,
      subject: { kind: 'person', id: personId },
      details: { proposalId: id, kind },
    });
  }
}
