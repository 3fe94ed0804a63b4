import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { documentKey } from './look-ups.ts';
import type { TravelDocumentFacts } from './person.ts';
import { wasProvenSince } from './proof-store.ts';
import { findDocument, setDocumentLost } from './document-store.ts';
import { recordStatusEvent } from './status-events.ts';
import { suspendId } from './transition-id.ts';

export type LossOutcome =
  | { ok: true; personId: PersonId; suspended: boolean }
  | { ok: false; reason: 'not_on_record' };

/**
 * Records that a travel document counts as lost or stolen since `lostAt` (the earliest report counts). Somebody
 * proved themselves with it after that: the proof falls and the ID is suspended. Else the document is just no longer
 * current (DESIGN section 3).
 */
export async function reportDocumentLost(
  tx: Tx,
  app: App,
  input: {
    document: Pick<TravelDocumentFacts, 'issuingState' | 'documentNumber'>;
    lostAt: Date;
    actor: Actor;
  },
): Promise<LossOutcome> {
  const document = await findDocument(tx, documentKey(app, input.document));
  if (!document) return { ok: false, reason: 'not_on_record' };
  const { personId } = document;
  const lostAt =
    document.lostAt !== null && document.lostAt < input.lostAt ? document.lostAt : input.lostAt;
  const provenSince = await wasProvenSince(tx, document.id, lostAt);
  await setDocumentLost(tx, document.id, lostAt);
  await appendAudit(tx, app, {
    action: 'registry.document_reported_lost',
    actor: input.actor,
    subject: { kind: 'person', id: personId },
    details: { documentId: document.id, provenSince },
  });
  if (!provenSince) {
    // Reported before, it was told before.
    if (document.lostAt === null)
      await recordStatusEvent(tx, app, {
        kind: 'assurance_changed',
        personId,
        reason: 'document_lost',
      });
    return { ok: true, personId, suspended: false };
  }
  const { actor } = input;
  const outcome = await suspendId(tx, app, { personId, reason: 'document_reported_lost', actor });
  return { ok: true, personId, suspended: outcome.ok };
}
