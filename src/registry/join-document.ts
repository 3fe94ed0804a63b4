import { appendAudit } from '../audit/append.ts';
import { signInPolicy } from '../assurance/sign-in-policy.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId, RowId } from '../lib/ids.ts';
import { bindNumber } from './bind-number.ts';
import { setDocumentReplaced } from './document-store.ts';
import type { Applicant, Enrolment, Resolution } from './enrolment.ts';
import { findForeignId } from './foreign-id-store.ts';
import { continuityWith } from './person-file.ts';
import { recordDocument } from './record-document.ts';
import { recordProof } from './record-proof.ts';
import { recordStay } from './record-stay.ts';
import { sealPerson } from './sealed-person.ts';
import { recordStatusEvent } from './status-events.ts';
import { updatePerson } from './store.ts';
import { keepCrossReferences, openPersonKey, putNameKeys, told } from './told.ts';

/**
 * An account whose holder is on record proves a document that is new to us. Without an officer's decision nothing happens
 * but that one is asked for. With it the document joins the person: number, account and sub stay, and of a renewal the
 * former document counts as replaced from today on. Continuity is checked here once more: what does not hold by
 * itself needs a second officer, what contradicts is refused whoever decides.
 */
export async function joinDocument(
  tx: Tx,
  app: App,
  given: Applicant & { personId: PersonId; key: Buffer },
): Promise<Enrolment> {
  const { input, personId } = given;
  const { resolution } = input;
  if (!resolution) return { ok: false, reason: 'account_enrolled', personId };
  const foreignId = await findForeignId(tx, personId);
  if (foreignId && foreignId.state !== 'suspended' && !signInPolicy(foreignId.state).maySignIn)
    return { ok: false, reason: 'id_closed', personId, state: foreignId.state };
  const continuity = await continuityWith(tx, app, {
    personId,
    claimed: input.holder,
    crossReferences: input.crossReferences ?? [],
    portraits: resolution.portraits,
  });
  if (continuity.verdict === 'broken') return { ok: false, reason: 'continuity_broken', personId };
  const seconded = resolution.secondOfficer !== null && resolution.secondOfficer !== input.actor.id;
  if (continuity.verdict === 'override' && !seconded)
    return { ok: false, reason: 'continuity_open', personId };
  const documentId = await putDocument(tx, app, { ...given, resolution });
  if (given.binds && !foreignId) {
    const dataKey = await openPersonKey(tx, app, personId);
    await bindNumber(tx, app, { input, personId, dataKey });
  }
  await appendAudit(tx, app, {
    action: 'registry.document_joined',
    actor: input.actor,
    subject: { kind: 'person', id: personId },
    details: {
      caseId: input.caseId,
      documentId,
      kind: resolution.kind,
      replaced: resolution.replaces,
      continuity: continuity.verdict,
      secondOfficer: resolution.secondOfficer,
    },
  });
  await keepCrossReferences(tx, app, { input, personId });
  await recordStay(tx, app, { personId, stay: input.stay, actor: input.actor });
  return told(tx, app, personId, 'joined');
}

async function putDocument(
  tx: Tx,
  app: App,
  given: Applicant & { personId: PersonId; key: Buffer; resolution: Resolution },
): Promise<RowId> {
  const { input, proof, personId, key, resolution } = given;
  const at = app.clock.now();
  const dataKey = await openPersonKey(tx, app, personId);
  const documentId = await recordDocument(tx, app, { input, personId, key, dataKey });
  // The latest document tells who they are; a second one is found by its name, and changes nothing else.
  if (resolution.kind === 'renewal')
    await updatePerson(tx, {
      id: personId,
      sealed: sealPerson(dataKey, personId, input.holder),
      at,
    });
  await putNameKeys(tx, app, personId, input.holder);
  await recordProof(tx, app, { input, proof, personId, documentId, created: false });
  if (resolution.replaces === null) return documentId;
  const day = toPlainDate(at);
  const { replaces: id } = resolution;
  if (!(await setDocumentReplaced(tx, { id, personId, replacedBy: documentId, day })))
    throw new Error('A renewal replaces a document that is not this person’s, or was replaced.');
  await recordStatusEvent(tx, app, { kind: 'document_replaced', personId });
  return documentId;
}
