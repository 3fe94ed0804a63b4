import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { PersonId } from '../lib/ids.ts';
import type { RowId } from '../lib/ids.ts';
import { listDocuments, moveDocument, restoreReplaced } from './document-store.ts';
import type { HeldDocumentRow } from './document-store.ts';
import { listTransitions, lockForeignId } from './foreign-id-store.ts';
import { endProofsByDocuments, listProofDocuments, moveProofs } from './proof-store.ts';
import { openDocument, openHolder, sealDocument, sealHolder, sealPerson } from './sealed-person.ts';
import { recordStatusEvent } from './status-events.ts';
import {
  deleteNameKeys,
  findPersonFate,
  insertPerson,
  setMergedInto,
  updatePerson,
} from './store.ts';
import { forgetStay } from './stay-store.ts';
import { openPersonKey, putNameKeys } from './told.ts';
import { transitionId } from './transition-id.ts';

interface Split {
  personId: PersonId;
  proposalId: RowId;
  actor: Actor;
}

/**
 * A merge was wrong: the merged person has their number back, in the state from before it. Everything keeps the account and
 * the evidence it came by; subs never moved, so they follow the account that signed in. Proofs that the survivor
 * made meanwhile by the other's documents carry nothing any more, and services get the doubtful interval.
 */
export async function undoMerge(
  tx: Tx,
  app: App,
  given: Split & { mergedId: PersonId },
): Promise<boolean> {
  const { personId, mergedId, actor } = given;
  const fate = await findPersonFate(tx, mergedId);
  if (fate?.mergedInto !== personId || !fate.mergedAt) return false;
  await setMergedInto(tx, { personId: mergedId, mergedInto: null, at: null });
  const foreignId = await lockForeignId(tx, mergedId);
  if (foreignId) {
    const history = await listTransitions(tx, mergedId);
    const to = history.at(-1)?.from ?? 'active';
    const suspendedFrom = history.findLast((line) => line.to === 'suspended')?.from ?? null;
    const change = { personId: mergedId, to, reason: 'split', actor, suspendedFrom } as const;
    if (!(await transitionId(tx, app, change)).ok) return false;
  }
  const ended = await giveBack(tx, app, { personId, mergedId });
  await tell(tx, app, { ...given, otherPersonId: mergedId, ended, since: fate.mergedAt });
  return true;
}

/** The documents by which the merged person was proven go back to them, under their own key. */
async function giveBack(
  tx: Tx,
  app: App,
  { personId, mergedId }: { personId: PersonId; mergedId: PersonId },
): Promise<number> {
  const theirs = new Set(await listProofDocuments(tx, mergedId));
  const documents = (await listDocuments(tx, personId)).filter(({ id }) => theirs.has(id));
  await moveDocuments(tx, app, { documents, from: personId, to: mergedId });
  const day = toPlainDate(app.clock.now());
  return endProofsByDocuments(tx, { personId, documentIds: [...theirs], day });
}

/**
 * Two humans were taken for one, by a document that was joined to the wrong person: it goes, with the proofs made by it, to
 * a person of its own. That person has neither account nor number until whoever holds the document proves it by an
 * account of theirs. Who remains is as their own documents tell them.
 */
export async function splitDocuments(
  tx: Tx,
  app: App,
  given: Split & { documentIds: readonly RowId[] },
): Promise<boolean> {
  const { personId, documentIds } = given;
  const held = await listDocuments(tx, personId);
  const leaving = held.filter(({ id }) => documentIds.includes(id));
  const staying = held.filter(({ id }) => !documentIds.includes(id));
  const [latest] = leaving;
  const remains = staying.find(({ holder }) => holder !== null);
  if (!latest?.holder || !remains?.holder) return false;
  const key = await openPersonKey(tx, app, personId);
  const otherId = await makePerson(tx, app, openHolder(key, latest.id, latest.holder));
  await restoreReplaced(tx, documentIds);
  await moveDocuments(tx, app, { documents: leaving, from: personId, to: otherId });
  await moveProofs(tx, { documentIds, personId: otherId });
  const at = app.clock.now();
  const holder = openHolder(key, remains.id, remains.holder);
  await updatePerson(tx, { id: personId, sealed: sealPerson(key, personId, holder), at });
  await deleteNameKeys(tx, personId);
  for (const { id, holder: told } of staying)
    if (told) await putNameKeys(tx, app, personId, openHolder(key, id, told));
  // The register spoke of whoever proved last, which may have been the other one.
  await forgetStay(tx, personId, at);
  const since = leaving
    .flatMap(({ firstProofedAt }) => firstProofedAt ?? [])
    .toSorted((a, b) => a.getTime() - b.getTime())[0];
  await tell(tx, app, {
    ...given,
    otherPersonId: otherId,
    ended: leaving.length,
    since: since ?? at,
  });
  return true;
}

async function makePerson(
  tx: Tx,
  app: App,
  holder: Parameters<typeof sealPerson>[2],
): Promise<PersonId> {
  const id = PersonId.make(app);
  const dataKeyId = await app.cipher.createDataKey(tx);
  const key = await app.cipher.openDataKey(tx, dataKeyId);
  const sealed = sealPerson(key, id, holder);
  await insertPerson(tx, { id, dataKeyId, sealed, at: app.clock.now() });
  await putNameKeys(tx, app, id, holder);
  return id;
}

async function moveDocuments(
  tx: Tx,
  app: App,
  given: { documents: readonly HeldDocumentRow[]; from: PersonId; to: PersonId },
): Promise<void> {
  const { documents, from, to } = given;
  const [fromKey, toKey] = [await openPersonKey(tx, app, from), await openPersonKey(tx, app, to)];
  for (const { id, sealed, expiresOn, holder } of documents) {
    const facts = openDocument(fromKey, id, { ...sealed, expires_on: expiresOn });
    await moveDocument(tx, {
      id,
      personId: to,
      sealed: sealDocument(toKey, id, facts),
      holder: holder && sealHolder(toKey, id, openHolder(fromKey, id, holder)),
    });
  }
}

async function tell(
  tx: Tx,
  app: App,
  given: Split & { otherPersonId: PersonId; ended: number; since: Date },
): Promise<void> {
  const { personId, otherPersonId, proposalId, actor, since } = given;
  await appendAudit(tx, app, {
    action: 'registry.person_split',
    actor,
    subject: { kind: 'person', id: personId },
    details: { proposalId, otherPersonId, proofsEnded: given.ended },
  });
  const doubtful = { from: since, until: app.clock.now() };
  for (const [one, other] of [
    [personId, otherPersonId],
    [otherPersonId, personId],
  ] as const)
    await recordStatusEvent(tx, app, {
      kind: 'identity_split',
      personId: one,
      otherPersonId: other,
      reason: 'split',
      doubtful,
    });
}
