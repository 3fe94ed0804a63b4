import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { OfficerId } from '../lib/ids.ts';
import { readRuleFile } from './read-rule-file.ts';
import type { RuleFileFault } from './read-rule-file.ts';
import { bangkokDate } from './stay.ts';
import {
  findOpenRuleProposal,
  holdRuleProposal,
  insertRuleProposal,
  recordRuleDecision,
} from './stay-rule-proposal-store.ts';
import type { RuleProposalRow } from './stay-rule-proposal-store.ts';
import { lockRuleSets } from './stay-rule-store.ts';
import { digestOfRules, putRuleSet, readStayRules } from './stay-rule-sets.ts';
import { stayRuleSet } from './stay-rules.ts';
import type { StayRule } from './stay-rules.ts';

/** A set of rules that waits for a second officer. */
export interface RuleProposal {
  id: RowId;
  title: string;
  rules: readonly StayRule[];
  /** The version that was in force when it was proposed. */
  basedOn: number;
  proposedBy: OfficerId;
  proposedAt: Date;
}

export type ProposeRules =
  | { ok: true; id: RowId }
  | { ok: false; reason: 'faulty'; faults: RuleFileFault[] }
  /** `unchanged`: this very set is in force, every rule of it reviewed. `already_waiting`: decide on that one first. */
  | { ok: false; reason: 'unchanged' | 'already_waiting' };

/** An officer proposes a whole set of stay rules by its file. Nothing is in force by it until another officer accepts it. */
export async function proposeStayRules(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  input: { text: string; officerId: OfficerId },
): Promise<ProposeRules> {
  await lockRuleSets(tx);
  const inForce = await readStayRules(tx);
  const file = readRuleFile(input.text, inForce.rules);
  if (!file.ok) return { ok: false, reason: 'faulty', faults: file.faults };
  const { set } = file;
  const sha256 = digestOfRules(set);
  if (sha256 === digestOfRules(inForce) && set.rules.every(({ review }) => review === 'reviewed'))
    return { ok: false, reason: 'unchanged' };
  const id = RowId.make(app);
  const isNew = await insertRuleProposal(tx, {
    id,
    title: set.title,
    rules: JSON.stringify(set.rules),
    sha256,
    basedOn: inForce.version,
    proposedBy: input.officerId,
    proposedAt: app.clock.now(),
  });
  if (!isNew) return { ok: false, reason: 'already_waiting' };
  await appendAudit(tx, app, {
    action: 'visas.stay_rules_proposed',
    actor: { kind: 'officer', id: input.officerId },
    subject: { kind: 'system', id: null },
    details: { proposalId: id, sha256, rules: set.rules.length, basedOn: inForce.version },
  });
  return { ok: true, id };
}

/** The set that waits for a second officer; null where none does. */
export async function openRuleProposal(db: Db | Tx): Promise<RuleProposal | null> {
  const row = await findOpenRuleProposal(db);
  return row && toProposal(row);
}

export type DecideRules =
  | { ok: true; state: 'accepted'; version: number }
  | { ok: true; state: 'rejected' }
  /** `superseded`: another version came into force meanwhile; what was compared is not what would change. */
  | { ok: false; reason: 'not_found' | 'settled' | 'own_proposal' | 'superseded' };

/**
 * Another officer accepts a proposed set: it is the next version from the commit on, on every node, each rule from its own
 * day; every rule of it is reviewed, by whom and when. Or rejects it, which its proposer may do as well.
 */
export async function decideStayRules(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  input: { id: RowId; officerId: OfficerId; decision: 'accept' | 'reject' },
): Promise<DecideRules> {
  await lockRuleSets(tx);
  const row = await holdRuleProposal(tx, input.id);
  if (!row) return { ok: false, reason: 'not_found' };
  if (row.state !== 'proposed') return { ok: false, reason: 'settled' };
  const { id, officerId } = input;
  const decided = { id, decidedBy: officerId, decidedAt: app.clock.now() };
  const actor = { kind: 'officer', id: officerId } as const;
  const subject = { kind: 'system', id: null } as const;
  if (input.decision === 'reject') {
    await recordRuleDecision(tx, { ...decided, state: 'rejected' });
    await appendAudit(tx, app, {
      action: 'visas.stay_rules_rejected',
      actor,
      subject,
      details: { proposalId: id, proposedBy: row.proposedBy },
    });
    return { ok: true, state: 'rejected' };
  }
  if (row.proposedBy === officerId) return { ok: false, reason: 'own_proposal' };
  const inForce = await readStayRules(tx);
  if (inForce.version !== row.basedOn) return { ok: false, reason: 'superseded' };
  const reviewed = {
    proposedBy: row.proposedBy,
    acceptedBy: officerId,
    on: bangkokDate(decided.decidedAt),
  };
  const rules = toProposal(row).rules.map((rule): StayRule =>
    rule.review === 'reviewed' ? rule : { ...rule, review: 'reviewed', reviewed },
  );
  const set = { title: row.title, rules };
  const version = inForce.version + 1;
  await putRuleSet(tx, set, { version, importedAt: decided.decidedAt });
  await recordRuleDecision(tx, { ...decided, state: 'accepted', version });
  await appendAudit(tx, app, {
    action: 'visas.stay_rules_accepted',
    actor,
    subject,
    details: {
      proposalId: id,
      proposedBy: row.proposedBy,
      version,
      sha256: digestOfRules(set),
      rules: rules.length,
    },
  });
  return { ok: true, state: 'accepted', version };
}

function toProposal(row: RuleProposalRow): RuleProposal {
  const { id, title, basedOn, proposedBy, proposedAt } = row;
  const { rules } = stayRuleSet.parse({ title, rules: row.rules });
  return { id, title, rules, basedOn, proposedBy, proposedAt };
}
