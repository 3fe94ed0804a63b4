import type { Db, Tx } from '../lib/database.ts';
import type { OfficerId, RowId } from '../lib/ids.ts';

export interface RuleProposalRow {
  id: RowId;
  title: string;
  /** JSON as it was kept: parsed by the reader. */
  rules: unknown;
  basedOn: number;
  state: 'proposed' | 'accepted' | 'rejected';
  proposedBy: OfficerId;
  proposedAt: Date;
}

const PROPOSAL = {
  id: 'id',
  title: 'title',
  rules: 'rules',
  basedOn: 'based_on',
  state: 'state',
  proposedBy: 'proposed_by',
  proposedAt: 'proposed_at',
};

/** False where one is proposed already and not decided. */
export async function insertRuleProposal(
  tx: Tx,
  row: Omit<RuleProposalRow, 'state' | 'rules'> & { rules: string; sha256: string },
): Promise<boolean> {
  const inserted = await tx('stay_rule_proposals')
    .insert({
      id: row.id,
      title: row.title,
      rules: row.rules,
      sha256: row.sha256,
      based_on: row.basedOn,
      state: 'proposed',
      proposed_by: row.proposedBy,
      proposed_at: row.proposedAt,
    })
    .onConflict(tx.raw("(state) where state = 'proposed'"))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** The one that waits; null where none does. */
export async function findOpenRuleProposal(db: Db | Tx): Promise<RuleProposalRow | null> {
  const [row] = await db('stay_rule_proposals')
    .where({ state: 'proposed' })
    .select<RuleProposalRow[]>(PROPOSAL);
  return row ?? null;
}

/** Held until the transaction ends: of two who decide at once, the second sees the first one's word. */
export async function holdRuleProposal(tx: Tx, id: RowId): Promise<RuleProposalRow | null> {
  const [row] = await tx('stay_rule_proposals')
    .where({ id })
    .select<RuleProposalRow[]>(PROPOSAL)
    .forUpdate();
  return row ?? null;
}

export type RuleDecision = { id: RowId; decidedBy: OfficerId; decidedAt: Date } & (
  | { state: 'accepted'; version: number }
  | { state: 'rejected' }
);

export async function recordRuleDecision(tx: Tx, decision: RuleDecision): Promise<void> {
  await tx('stay_rule_proposals')
    .where({ id: decision.id, state: 'proposed' })
    .update({
      state: decision.state,
      decided_by: decision.decidedBy,
      decided_at: decision.decidedAt,
      ...(decision.state === 'accepted' ? { version: decision.version } : {}),
    });
}
