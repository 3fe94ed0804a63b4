import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { setNumberTombstone, updateDocumentHolder } from './document-store.ts';
import type { DocumentRow } from './document-store.ts';
import type { Applicant, Enrolment } from './enrolment.ts';
import { findForeignId, listTransitions, updateNumber } from './foreign-id-store.ts';
import { openNumberTombstone } from './number-tombstone.ts';
import { recordProof } from './record-proof.ts';
import { recordStay } from './record-stay.ts';
import { sealDocument, sealHolder, sealNumber, sealPerson } from './sealed-person.ts';
import { insertPersonAccount, markReturned } from './store.ts';
import { keepCrossReferences, putNameKeys, told } from './told.ts';
import { transitionId } from './transition-id.ts';

/**
 * Somebody whom we erased proves the same document again: the tombstone gives their number back, under a key of
 * their own. Null where the document is not the one that it was (a state reused its number), or where the ID had been
 * taken away before it was erased: then it is for an officer.
 */
export async function returnErased(
  tx: Tx,
  app: App,
  given: Applicant & { document: DocumentRow; personId: PersonId },
): Promise<Enrolment | null> {
  const { input, proof, document, personId } = given;
  const { holder, actor } = input;
  const foreignId = await findForeignId(tx, personId);
  if (!foreignId || !document.numberTombstone) return null;
  const claimed = { ...input.document, dateOfBirth: holder.dateOfBirth };
  const number = openNumberTombstone(app, document.id, claimed, document.numberTombstone);
  const last = (await listTransitions(tx, personId)).at(-1);
  if (number === null || last?.reason !== 'holder_erased') return null;

  const at = app.clock.now();
  const dataKeyId = await app.cipher.createDataKey(tx);
  const dataKey = await app.cipher.openDataKey(tx, dataKeyId);
  await markReturned(tx, {
    id: personId,
    dataKeyId,
    sealed: sealPerson(dataKey, personId, holder),
    at,
  });
  await putNameKeys(tx, app, personId, holder);
  const { accountId, caseId } = input;
  await insertPersonAccount(tx, { accountId, personId, caseId, at });
  await updateDocumentHolder(tx, document.id, {
    holder: sealHolder(dataKey, document.id, holder),
    sealed: sealDocument(dataKey, document.id, input.document),
  });
  await setNumberTombstone(tx, document.id, null);
  await updateNumber(tx, foreignId.id, sealNumber(dataKey, foreignId.id, number));
  await appendAudit(tx, app, {
    action: 'registry.person_returned',
    actor,
    subject: { kind: 'person', id: personId },
    details: { caseId, accountId },
  });
  await transitionId(tx, app, { personId, to: 'active', reason: 'enrolled_again', actor });
  await recordProof(tx, app, {
    input,
    proof,
    personId,
    documentId: document.id,
    created: false,
  });
  await keepCrossReferences(tx, app, { input, personId });
  await recordStay(tx, app, { personId, stay: input.stay, actor });
  return told(tx, app, personId, 'returned');
}
