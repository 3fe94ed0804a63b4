import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { OfficerId, PersonId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { mergePersons } from './merge-persons.ts';
import { WAIT_SECONDS, waits } from './proposal.ts';
import type { MergeReason, ProposedChange, SplitReason } from './proposal.ts';
import { lockProposal, updateProposal } from './proposal-store.ts';
import type { ProposalRow } from './proposal-store.ts';
import { refusalOf } from './propose-change.ts';
import type { ProposalRefusal } from './propose-change.ts';
import { splitDocuments, undoMerge } from './split-person.ts';
import { findLink } from './store.ts';
import { transitionId } from './transition-id.ts';
import type { ForeignIdState, TransitionReason } from './id-lifecycle.ts';

export type ProposalDecision =
  | {
      ok: true;
      state: 'approved' | 'effective' | 'rejected' | 'withdrawn';
      /** The ID whose state it changed at once. */
      changed?: { personId: PersonId; to: ForeignIdState };
    }
  | { ok: false; reason: 'not_found' | 'settled' | 'own_proposal' | 'own_person' }
  /** Things changed since it was proposed. */
  | { ok: false; reason: 'impossible'; because: ProposalRefusal };

/**
 * A second officer approves or rejects; the proposer may only withdraw. What waits takes effect 72 hours after the
 * approval, both parties being told at once; a change of state takes effect here.
 */
export async function decideProposal(
  tx: Tx,
  app: App,
  input: { id: RowId; officerId: OfficerId; decision: 'approve' | 'reject' },
): Promise<ProposalDecision> {
  const { officerId, decision } = input;
  const proposal = await lockProposal(tx, input.id);
  if (!proposal) return { ok: false, reason: 'not_found' };
  if (proposal.state !== 'proposed') return { ok: false, reason: 'settled' };
  const at = app.clock.now();
  const own = proposal.proposedBy === officerId;
  if (own && decision === 'approve') return { ok: false, reason: 'own_proposal' };
  if (decision === 'reject') {
    const state = own ? 'withdrawn' : 'rejected';
    const decided = own ? {} : { decidedBy: officerId, decidedAt: at };
    await updateProposal(tx, { id: proposal.id, state, settledAt: at, ...decided });
    await audit(tx, app, proposal, { officerId, outcome: state });
    return { ok: true, state };
  }
  if (await isParty(tx, proposal, officerId)) return { ok: false, reason: 'own_person' };
  const because = await refusalOf(tx, changeOf(proposal), officerId);
  if (because) return { ok: false, reason: 'impossible', because };
  const decided = { id: proposal.id, decidedBy: officerId, decidedAt: at };
  if (!waits(proposal.kind)) {
    await updateProposal(tx, { ...decided, state: 'effective', effectiveAt: at, settledAt: at });
    await audit(tx, app, proposal, { officerId, outcome: 'effective' });
    if (!(await carryOut(tx, app, { ...proposal, ...decided }))) throw new Error('state changed');
    const { personId, to } = proposal;
    return { ok: true, state: 'effective', ...(to ? { changed: { personId, to } } : {}) };
  }
  const effectiveAt = addSeconds(at, WAIT_SECONDS);
  await updateProposal(tx, { ...decided, state: 'approved', effectiveAt });
  await enqueue(
    tx,
    'apply_registry_proposal',
    { proposalId: proposal.id },
    { key: `proposal:${proposal.id}`, runAt: effectiveAt },
  );
  await tellParties(tx, proposal, `${proposal.kind}_planned`, effectiveAt);
  await audit(tx, app, proposal, { officerId, outcome: 'approved' });
  return { ok: true, state: 'approved' };
}

/**
 * Job `apply_registry_proposal`: the wait is over. Runs at least once; what was objected to, or has become impossible
 * meanwhile, changes nothing.
 */
export async function applyProposal(payload: Record<string, unknown>, app: App): Promise<void> {
  const id = RowId.parse(payload.proposalId);
  if (!id) throw new Error('The job names no proposal.');
  await transact(app.db, async (tx) => {
    const proposal = await lockProposal(tx, id);
    const now = app.clock.now();
    if (proposal?.state !== 'approved' || !proposal.effectiveAt || now < proposal.effectiveAt)
      return;
    const impossible = await refusalOf(tx, changeOf(proposal), null);
    const done = impossible === null && (await carryOut(tx, app, proposal));
    const state = done ? 'effective' : 'failed';
    await updateProposal(tx, { id, state, settledAt: now });
    await audit(tx, app, proposal, { officerId: proposal.decidedBy, outcome: state });
    if (done) await tellParties(tx, proposal, `${proposal.kind}_done`, null);
  });
}

/** The change itself, in the name of the officer who approved it. */
async function carryOut(tx: Tx, app: App, proposal: ProposalRow): Promise<boolean> {
  const actor = { kind: 'officer', id: proposal.decidedBy! } as const;
  const change = changeOf(proposal);
  switch (change.kind) {
    case 'merge':
      return mergePersons(tx, app, { ...change, proposalId: proposal.id, actor });
    case 'split':
      return 'mergedId' in change
        ? undoMerge(tx, app, { ...change, proposalId: proposal.id, actor })
        : splitDocuments(tx, app, { ...change, proposalId: proposal.id, actor });
    case 'state_change': {
      const { personId, to, reason } = change;
      return (await transitionId(tx, app, { personId, to, reason, actor })).ok;
    }
    default:
      return change satisfies never;
  }
}

/** What the row says was proposed; the checks of the table hold that it says one of these. */
function changeOf(row: ProposalRow): ProposedChange {
  const { kind, personId, otherPersonId, documentIds, to } = row;
  if (kind === 'state_change')
    return { kind, personId, to: to!, reason: row.reason as TransitionReason };
  if (kind === 'merge')
    return { kind, personId, mergedId: otherPersonId!, reason: row.reason as MergeReason };
  const reason = row.reason as SplitReason;
  if (otherPersonId !== null) return { kind, personId, mergedId: otherPersonId, reason };
  return { kind, personId, documentIds: documentIds ?? [], reason };
}

async function isParty(tx: Tx, row: ProposalRow, officerId: OfficerId): Promise<boolean> {
  for (const personId of partiesOf(row)) {
    const link = await findLink(tx, personId);
    if ((link?.accountId as string | undefined) === officerId) return true;
  }
  return false;
}

function partiesOf({ personId, otherPersonId }: ProposalRow): PersonId[] {
  return otherPersonId === null ? [personId] : [personId, otherPersonId];
}

/** Both parties hear of it at their own addresses; the job finds them (accounts/notify-holder.ts). */
async function tellParties(
  tx: Tx,
  proposal: ProposalRow,
  template: string,
  takesEffectAt: Date | null,
): Promise<void> {
  for (const personId of partiesOf(proposal))
    await enqueue(tx, 'notify_holder', {
      personId,
      template,
      takesEffectAt: takesEffectAt?.toISOString() ?? null,
    });
}

async function audit(
  tx: Tx,
  app: App,
  proposal: ProposalRow,
  given: { officerId: OfficerId | null; outcome: string },
): Promise<void> {
  await appendAudit(tx, app, {
    action: 'registry.change_decided',
    actor: given.officerId
      ? { kind: 'officer', id: given.officerId }
      : { kind: 'system', id: null },
    subject: { kind: 'person', id: proposal.personId },
    details: {
      proposalId: proposal.id,
      kind: proposal.kind,
      otherPersonId: proposal.otherPersonId,
      outcome: given.outcome,
    },
  });
}
