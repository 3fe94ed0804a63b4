import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { OfficerId, RowId } from '../lib/ids.ts';
import { trustStoreVersion } from './anchor-import-store.ts';
import { holdProposal, recordDecision, type AnchorProposal } from './anchor-proposal-store.ts';
import type { RejectReason } from './anchor-reasons.ts';
import { keepAnchors } from './import-keep.ts';
import { judgeAnchor, type JudgedAnchor } from './judge-anchor.ts';
import { forecast, type AnchorForecast } from './propose-anchor.ts';
import { lockAnchors } from './store.ts';

type TrustApp = Pick<App, 'config' | 'clock' | 'random' | 'db'>;

interface Undecidable {
  ok: false;
  reason: 'no_such_proposal' | 'already_decided';
}

export type ConfirmAnchorResult =
  | { ok: true; version: number; anchor: AnchorForecast }
  | Undecidable
  | { ok: false; reason: 'same_officer' }
  | Extract<JudgedAnchor, { ok: false }>;

/**
 * A second officer wants the anchor too. Judged again as the store stands now, it comes in as from a master list: trusted, or
 * quarantined for the same reasons; that makes a new version of the store. The proposer is refused, here and by the
 * database. Whatever is refused leaves the proposal open.
 */
export async function confirmAnchor(
  app: TrustApp,
  given: { proposalId: RowId; officerId: OfficerId },
): Promise<ConfirmAnchorResult> {
  return transact(app.db, async (tx) => {
    await lockAnchors(tx);
    const proposal = await holdProposal(tx, given.proposalId);
    const open = openOr(proposal);
    if (!open.ok) return open;
    const { id, certificate, source, proposedBy } = open.proposal;
    if (proposedBy === given.officerId) return { ok: false, reason: 'same_officer' };
    const judged = await judgeAnchor(tx, app, certificate);
    if (!judged.ok) return judged;
    const version = (await trustStoreVersion(tx)) + 1;
    await keepAnchors(tx, app, { plan: judged.plan, source });
    const { officerId: decidedBy } = given;
    const decidedAt = app.clock.now();
    await recordDecision(tx, { id, state: 'confirmed', version, decidedBy, decidedAt });
    const anchor = forecast(judged.anchor);
    await appendAudit(tx, app, {
      action: 'trust.anchor_confirmed',
      actor: { kind: 'officer', id: decidedBy },
      subject: { kind: 'anchor', id },
      details: {
        sha256: anchor.sha256,
        country: anchor.country,
        environment: anchor.environment,
        proposedBy,
        state: anchor.state,
        reason: anchor.reason,
        linked: judged.plan.linked.length,
        version,
      },
    });
    return { ok: true, version, anchor };
  });
}

export type RejectAnchorResult = { ok: true } | Undecidable;

/** An officer says no; the proposer may too, who takes it back. The same certificate may be proposed again. */
export async function rejectAnchor(
  app: TrustApp,
  given: { proposalId: RowId; officerId: OfficerId; reason: RejectReason },
): Promise<RejectAnchorResult> {
  return transact(app.db, async (tx) => {
    const proposal = await holdProposal(tx, given.proposalId);
    const open = openOr(proposal);
    if (!open.ok) return open;
    const { id, sha256, country } = open.proposal;
    const { officerId: decidedBy, reason: rejectReason } = given;
    const decidedAt = app.clock.now();
    await recordDecision(tx, { id, state: 'rejected', rejectReason, decidedBy, decidedAt });
    await appendAudit(tx, app, {
      action: 'trust.anchor_rejected',
      actor: { kind: 'officer', id: decidedBy },
      subject: { kind: 'anchor', id },
      details: { sha256: sha256.toString('hex'), country, reason: rejectReason },
    });
    return { ok: true };
  });
}

function openOr(
  proposal: AnchorProposal | null,
): { ok: true; proposal: AnchorProposal } | Undecidable {
  if (proposal === null) return { ok: false, reason: 'no_such_proposal' };
  if (proposal.state !== 'proposed') return { ok: false, reason: 'already_decided' };
  return { ok: true, proposal };
}
