import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId, RowId } from '../lib/ids.ts';
import { findForeignId, lockForeignId } from './foreign-id-store.ts';
import { recordStatusEvent } from './status-events.ts';
import { lockKeys, setMergedInto } from './store.ts';
import { survivorOf } from './survivor.ts';
import { transitionId } from './transition-id.ts';

/**
 * Two records turn out to be one human (DESIGN section 4): from now on the merged one goes by the survivor's number. Only
 * that: no authenticator, grant, proof or level moves, and everything keeps the account it came by. Both numbers
 * resolve for ever, both subs stay valid aliases, and services are told that the identifier changed. False where it has
 * become impossible.
 */
export async function mergePersons(
  tx: Tx,
  app: App,
  given: { personId: PersonId; mergedId: PersonId; proposalId: RowId; actor: Actor },
): Promise<boolean> {
  const { personId, mergedId, proposalId, actor } = given;
  // One order for everybody, so that two merges of the same persons wait for each other in line.
  await lockKeys(tx, [`merge:${personId}`, `merge:${mergedId}`]);
  if ((await survivorOf(tx, personId)) !== personId) return false;
  if ((await survivorOf(tx, mergedId)) !== mergedId) return false;
  const foreignId = await lockForeignId(tx, mergedId);
  if (foreignId) {
    const change = { personId: mergedId, to: 'superseded', reason: 'merged', actor } as const;
    if (!(await transitionId(tx, app, change)).ok) return false;
  }
  await setMergedInto(tx, { personId: mergedId, mergedInto: personId, at: app.clock.now() });
  await appendAudit(tx, app, {
    action: 'registry.persons_merged',
    actor,
    subject: { kind: 'person', id: mergedId },
    details: {
      proposalId,
      survivor: personId,
      numbers: [foreignId, await findForeignId(tx, personId)].filter(Boolean).length,
    },
  });
  await recordStatusEvent(tx, app, {
    kind: 'identifier_changed',
    personId: mergedId,
    otherPersonId: personId,
    reason: 'merged',
  });
  return true;
}
