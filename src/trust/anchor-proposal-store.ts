import type { Db, Tx } from '../lib/database.ts';
import type { OfficerId, RowId } from '../lib/ids.ts';
import type { RejectReason } from './anchor-reasons.ts';

export interface NewProposalRow {
  id: RowId;
  sha256: Buffer;
  certificate: Buffer;
  country: string;
  source: string;
  proposedBy: OfficerId;
  proposedAt: Date;
}

/** False where the same certificate is proposed already and not decided. */
export async function insertProposal(tx: Tx, row: NewProposalRow): Promise<boolean> {
  const inserted = await tx('anchor_proposals')
    .insert({
      id: row.id,
      sha256: row.sha256,
      certificate: row.certificate,
      country: row.country,
      source: row.source,
      state: 'proposed',
      proposed_by: row.proposedBy,
      proposed_at: row.proposedAt,
    })
    .onConflict(tx.raw("(sha256) where state = 'proposed'"))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

export interface AnchorProposal extends NewProposalRow {
  state: 'proposed' | 'confirmed' | 'rejected';
}

const PROPOSAL = {
  id: 'id',
  sha256: 'sha256',
  certificate: 'certificate',
  country: 'country',
  source: 'source',
  proposedBy: 'proposed_by',
  proposedAt: 'proposed_at',
  state: 'state',
};

/** The proposal, held until the transaction ends: of two who decide at once, the second sees the first one's word. */
export async function holdProposal(tx: Tx, id: RowId): Promise<AnchorProposal | null> {
  const [row] = await tx('anchor_proposals')
    .where({ id })
    .select<AnchorProposal[]>(PROPOSAL)
    .forUpdate();
  return row ?? null;
}

/** Undecided ones, oldest first. */
export async function openProposals(db: Db | Tx): Promise<AnchorProposal[]> {
  return db('anchor_proposals')
    .where({ state: 'proposed' })
    .select<AnchorProposal[]>(PROPOSAL)
    .orderBy(['proposed_at', 'id']);
}

export type ProposalDecision = { id: RowId; decidedBy: OfficerId; decidedAt: Date } & (
  | { state: 'confirmed'; version: number }
  | { state: 'rejected'; rejectReason: RejectReason }
);

export async function recordDecision(tx: Tx, decision: ProposalDecision): Promise<void> {
  await tx('anchor_proposals')
    .where({ id: decision.id, state: 'proposed' })
    .update({
      state: decision.state,
      decided_by: decision.decidedBy,
      decided_at: decision.decidedAt,
      ...(decision.state === 'confirmed'
        ? { version: decision.version }
        : { reject_reason: decision.rejectReason }),
    });
}
