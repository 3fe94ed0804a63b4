import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { listDocuments, setNumberTombstone } from './document-store.ts';
import { lockForeignId } from './foreign-id-store.ts';
import { checkTransition } from './id-lifecycle.ts';
import { isHeld } from './legal-holds.ts';
import { sealNumberTombstone } from './number-tombstone.ts';
import { openDocument, openHolder, openNumber, openPerson } from './sealed-person.ts';
import { lockOpenProposals } from './proposal-store.ts';
import { recordStatusEvent } from './status-events.ts';
import {
  findPerson,
  findPersonDataKey,
  findPersonFate,
  listMergedInto,
  markErased,
} from './store.ts';
import { transitionId } from './transition-id.ts';

/** Why a person is erased: codes for the record. */
export const ERASURE_REASONS = ['holder_asked', 'retention_ended', 'court_order'] as const;
export type ErasureReason = (typeof ERASURE_REASONS)[number];

export type Erasure =
  | { ok: true; accountId: AccountId | null; documents: number }
  | {
      ok: false;
      reason: 'not_found' | 'erased_already' | 'open_proposal' | 'merged' | 'legal_hold';
    };

/**
 * Erases a person: the data key goes, and with it everything personal, in every table and every backup that has the key
 * row alone. What stays are keyed digests of documents, number and other registers' numbers, and the number sealed under each
 * document: they recognise who comes back, so that no human gets a second number. The caller erases the account
 * (`accountId`). Refused while a merge or split is not settled, and while a legal hold keeps the records.
 */
export async function erasePerson(
  tx: Tx,
  app: App,
  given: { personId: PersonId; reason: ErasureReason; actor: Actor },
): Promise<Erasure> {
  const { personId, reason, actor } = given;
  const foreignId = await lockForeignId(tx, personId);
  const fate = await findPersonFate(tx, personId);
  if (!fate) return { ok: false, reason: 'not_found' };
  if (fate.erasedAt) return { ok: false, reason: 'erased_already' };
  if (await isHeld(tx, personId)) return { ok: false, reason: 'legal_hold' };
  // Numbers that resolve to each other are erased from the end: the merged ones first, or they would lead nowhere.
  if ((await listMergedInto(tx, personId)).length > 0) return { ok: false, reason: 'merged' };
  if ((await lockOpenProposals(tx, personId)).length > 0)
    return { ok: false, reason: 'open_proposal' };
  const documents = await leaveTombstones(tx, app, personId, foreignId);
  await recordStatusEvent(tx, app, { kind: 'person_erased', personId, reason });
  if (foreignId && checkTransition(foreignId.state, 'revoked', 'holder_erased').ok)
    await transitionId(tx, app, { personId, to: 'revoked', reason: 'holder_erased', actor });
  const accountId = await markErased(tx, personId, app.clock.now());
  const dataKeyId = await findPersonDataKey(tx, personId);
  await app.cipher.destroyDataKey(tx, dataKeyId!);
  await appendAudit(tx, app, {
    action: 'registry.person_erased',
    actor,
    subject: { kind: 'person', id: personId },
    details: { reason, documents },
  });
  return { ok: true, accountId, documents };
}

async function leaveTombstones(
  tx: Tx,
  app: App,
  personId: PersonId,
  foreignId: Awaited<ReturnType<typeof lockForeignId>>,
): Promise<number> {
  const dataKeyId = await findPersonDataKey(tx, personId);
  const person = await findPerson(tx, personId);
  const key = await app.cipher.openDataKey(tx, dataKeyId!);
  const { dateOfBirth } = openPerson(key, personId, person!);
  const number = foreignId && openNumber(key, foreignId.id, foreignId.number);
  const documents = await listDocuments(tx, personId);
  for (const { id, sealed, expiresOn, holder } of documents) {
    if (!number) break;
    const facts = openDocument(key, id, { ...sealed, expires_on: expiresOn });
    const told = holder ? openHolder(key, id, holder).dateOfBirth : dateOfBirth;
    const document = { ...facts, dateOfBirth: told };
    await setNumberTombstone(tx, id, sealNumberTombstone(app, id, document, number));
  }
  return documents.length;
}
