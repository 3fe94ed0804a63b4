import type { Db, Tx } from '../lib/database.ts';
import type { OfficerId, PersonId, RowId } from '../lib/ids.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import type { ProposalKind, ProposalReason, ProposalState } from './proposal.ts';

export interface ProposalRow {
  id: RowId;
  kind: ProposalKind;
  personId: PersonId;
  otherPersonId: PersonId | null;
  documentIds: RowId[] | null;
  to: ForeignIdState | null;
  reason: ProposalReason;
  note: Buffer | null;
  state: ProposalState;
  proposedBy: OfficerId;
  proposedAt: Date;
  decidedBy: OfficerId | null;
  decidedAt: Date | null;
  effectiveAt: Date | null;
  settledAt: Date | null;
}

const COLUMNS = [
  'id',
  'kind',
  'person_id',
  'other_person_id',
  'document_ids',
  'to_state',
  'reason',
  'note',
  'state',
  'proposed_by',
  'proposed_at',
  'decided_by',
  'decided_at',
  'effective_at',
  'settled_at',
] as const;

const OPEN: readonly ProposalState[] = ['proposed', 'approved'];

/** Puts a proposal on record; false where one of its persons has an open one already. */
export async function insertProposal(
  tx: Tx,
  row: Omit<ProposalRow, 'state' | 'decidedBy' | 'decidedAt' | 'effectiveAt' | 'settledAt'>,
): Promise<boolean> {
  const inserted = await tx('registry_proposals')
    .insert({
      id: row.id,
      kind: row.kind,
      person_id: row.personId,
      other_person_id: row.otherPersonId,
      document_ids: row.documentIds,
      to_state: row.to,
      reason: row.reason,
      note: row.note,
      state: 'proposed',
      proposed_by: row.proposedBy,
      proposed_at: row.proposedAt,
    })
    .onConflict()
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** The proposal, nobody else settling it until the transaction ends. */
export async function lockProposal(tx: Tx, id: RowId): Promise<ProposalRow | null> {
  const row = await tx('registry_proposals')
    .where({ id })
    .forUpdate()
    .first(...COLUMNS);
  return row ? toRow(row) : null;
}

/** Open ones that a person is a party to, locked. */
export async function lockOpenProposals(tx: Tx, personId: PersonId): Promise<ProposalRow[]> {
  const rows = await tx('registry_proposals')
    .where((query) => {
      void query.where({ person_id: personId }).orWhere({ other_person_id: personId });
    })
    .whereIn('state', [...OPEN])
    .orderBy('id')
    .forUpdate()
    .select(...COLUMNS);
  return rows.map(toRow);
}

export async function updateProposal(
  tx: Tx,
  row: Pick<ProposalRow, 'id' | 'state'> &
    Partial<Pick<ProposalRow, 'decidedBy' | 'decidedAt' | 'effectiveAt' | 'settledAt'>>,
): Promise<void> {
  await tx('registry_proposals')
    .where({ id: row.id })
    .update({
      state: row.state,
      ...(row.decidedBy === undefined ? {} : { decided_by: row.decidedBy }),
      ...(row.decidedAt === undefined ? {} : { decided_at: row.decidedAt }),
      ...(row.effectiveAt === undefined ? {} : { effective_at: row.effectiveAt }),
      ...(row.settledAt === undefined ? {} : { settled_at: row.settledAt }),
    });
}

/** Every proposal about a person, latest first; `null`: the open ones about anybody, oldest first. */
export async function listProposals(
  db: Db | Tx,
  personId: PersonId | null,
): Promise<ProposalRow[]> {
  const query = db('registry_proposals');
  if (personId === null) query.whereIn('state', [...OPEN]).orderBy('proposed_at');
  else
    query
      .where((about) => {
        void about.where({ person_id: personId }).orWhere({ other_person_id: personId });
      })
      .orderBy('proposed_at', 'desc');
  const rows = await query.limit(200).select(...COLUMNS);
  return rows.map(toRow);
}

function toRow(row: Record<(typeof COLUMNS)[number], unknown>): ProposalRow {
  return {
    id: row.id as RowId,
    kind: row.kind as ProposalKind,
    personId: row.person_id as PersonId,
    otherPersonId: row.other_person_id as PersonId | null,
    documentIds: row.document_ids as RowId[] | null,
    to: row.to_state as ForeignIdState | null,
    reason: row.reason as ProposalReason,
    note: row.note as Buffer | null,
    state: row.state as ProposalState,
    proposedBy: row.proposed_by as OfficerId,
    proposedAt: row.proposed_at as Date,
    decidedBy: row.decided_by as OfficerId | null,
    decidedAt: row.decided_at as Date | null,
    effectiveAt: row.effective_at as Date | null,
    settledAt: row.settled_at as Date | null,
  };
}
