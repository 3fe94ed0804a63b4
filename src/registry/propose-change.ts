import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { OfficerId, PersonId } from '../lib/ids.ts';
import { listDocuments } from './document-store.ts';
import { findForeignId } from './foreign-id-store.ts';
import { checkTransition } from './id-lifecycle.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import type { ProposedChange } from './proposal.ts';
import { insertProposal, listProposals } from './proposal-store.ts';
import type { ProposalRow } from './proposal-store.ts';
import { findLink, findPersonDataKey, findPersonFate } from './store.ts';

export type ProposalRefusal =
  /** Not there, erased, or the documents are not this person's. */
  | 'not_found'
  | 'same_person'
  /** One of them was merged already: propose it of the one whose number counts. */
  | 'already_merged'
  | 'not_merged'
  /** The survivor's ID is closed, or the other's cannot be superseded from its state. */
  | 'state_forbids'
  /** A person keeps at least one document. */
  | 'nothing_left'
  /** The officer holds the account of a party. */
  | 'own_person'
  /** One of the persons has an open proposal. */
  | 'open_proposal';

export type ProposalOutcome = { ok: true; id: RowId } | { ok: false; reason: ProposalRefusal };

/**
 * An officer proposes what takes two (DESIGN sections 4 and 9). Nothing changes but that it is on record: another officer
 * approves it, or not.
 */
export async function proposeChange(
  tx: Tx,
  app: App,
  input: { change: ProposedChange; officerId: OfficerId; note: string | null },
): Promise<ProposalOutcome> {
  const { change, officerId, note } = input;
  const refusal = await refusalOf(tx, change, officerId);
  if (refusal) return { ok: false, reason: refusal };
  const id = RowId.make(app);
  const dataKeyId = await findPersonDataKey(tx, change.personId);
  const key = dataKeyId && (await app.cipher.findDataKey(tx, dataKeyId));
  const inserted = await insertProposal(tx, {
    id,
    kind: change.kind,
    personId: change.personId,
    otherPersonId: 'mergedId' in change ? change.mergedId : null,
    documentIds: 'documentIds' in change ? [...change.documentIds] : null,
    to: change.kind === 'state_change' ? change.to : null,
    reason: change.reason,
    note: key && note ? key.encrypt(notePlace(id), note) : null,
    proposedBy: officerId,
    proposedAt: app.clock.now(),
  });
  if (!inserted) return { ok: false, reason: 'open_proposal' };
  await appendAudit(tx, app, {
    action: 'registry.change_proposed',
    actor: { kind: 'officer', id: officerId },
    subject: { kind: 'person', id: change.personId },
    details: {
      proposalId: id,
      kind: change.kind,
      otherPersonId: 'mergedId' in change ? change.mergedId : null,
      reason: change.reason,
    },
  });
  return { ok: true, id };
}

const notePlace = (id: RowId) => ({ table: 'registry_proposals', column: 'note', row: id });

/** Why a change may not be proposed as things are; asked again when it takes effect. */
export async function refusalOf(
  tx: Tx,
  change: ProposedChange,
  officerId: OfficerId | null,
): Promise<ProposalRefusal | null> {
  const parties = 'mergedId' in change ? [change.personId, change.mergedId] : [change.personId];
  if (new Set(parties).size < parties.length) return 'same_person';
  for (const personId of parties) {
    const fate = await findPersonFate(tx, personId);
    const link = await findLink(tx, personId);
    if (!fate || fate.erasedAt) return 'not_found';
    if (officerId && (link?.accountId as string | null) === officerId) return 'own_person';
    const mergedOne = change.kind === 'split' && personId !== change.personId;
    if (mergedOne && fate.mergedInto !== change.personId) return 'not_merged';
    if (!mergedOne && fate.mergedInto !== null) return 'already_merged';
  }
  switch (change.kind) {
    case 'merge':
      return mergeRefusal(tx, change);
    case 'split':
      return 'documentIds' in change
        ? documentsRefusal(tx, change.personId, change.documentIds)
        : null;
    case 'state_change':
      return stateRefusal(tx, change);
    default:
      return change satisfies never;
  }
}

const CLOSED: readonly ForeignIdState[] = ['revoked', 'naturalised', 'deceased', 'superseded'];

async function mergeRefusal(
  tx: Tx,
  { personId, mergedId }: { personId: PersonId; mergedId: PersonId },
): Promise<ProposalRefusal | null> {
  const survivor = await findForeignId(tx, personId);
  const merged = await findForeignId(tx, mergedId);
  // A number that counts must stay: whoever is on record by a data page alone cannot be the survivor of one who has one.
  if (!survivor && merged) return 'state_forbids';
  if (survivor && CLOSED.includes(survivor.state)) return 'state_forbids';
  if (merged && !checkTransition(merged.state, 'superseded', 'merged').ok) return 'state_forbids';
  return null;
}

async function documentsRefusal(
  tx: Tx,
  personId: PersonId,
  documentIds: readonly RowId[],
): Promise<ProposalRefusal | null> {
  const held = (await listDocuments(tx, personId)).map(({ id }) => id);
  if (documentIds.length === 0 || documentIds.some((id) => !held.includes(id))) return 'not_found';
  return new Set(documentIds).size < held.length ? null : 'nothing_left';
}

async function stateRefusal(
  tx: Tx,
  change: ProposedChange & { kind: 'state_change' },
): Promise<ProposalRefusal | null> {
  const foreignId = await findForeignId(tx, change.personId);
  if (!foreignId) return 'not_found';
  return checkTransition(foreignId.state, change.to, change.reason).ok ? null : 'state_forbids';
}

export interface ShownProposal extends Omit<ProposalRow, 'note'> {
  note: string | null;
}

/** The proposals about a person, latest first; of nobody in particular: all that are open, oldest first. */
export async function proposalsAbout(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  personId: PersonId | null,
): Promise<ShownProposal[]> {
  const rows = await listProposals(db, personId);
  return Promise.all(
    rows.map(async ({ note, ...row }) => {
      const dataKeyId = note && (await findPersonDataKey(db, row.personId));
      const key = dataKeyId && (await app.cipher.findDataKey(db, dataKeyId));
      return { ...row, note: key && note ? key.decryptText(notePlace(row.id), note) : null };
    }),
  );
}
