import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { OfficerId, RowId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { trustStoreVersion } from './anchor-import-store.ts';
import {
  holdWithdrawal,
  recordWithdrawalDecision,
  type AnchorWithdrawal,
} from './anchor-withdrawal-store.ts';
import { planWithdrawal, type WithdrawalPlan } from './plan-withdrawal.ts';
import { lockAnchors, storedLinks, withdrawAnchors } from './store.ts';

type TrustApp = Pick<App, 'clock' | 'random' | 'db'>;

interface Undecidable {
  ok: false;
  reason: 'no_such_withdrawal' | 'already_decided';
}

export type ConfirmWithdrawalResult =
  | ({ ok: true; version: number } & WithdrawalPlan)
  | Undecidable
  | { ok: false; reason: 'same_officer' | 'already_withdrawn' };

/**
 * A second officer wants the anchor distrusted too. It stops counting at the next verdict, with every certificate of its key and
 * all that only it vouched for; that makes a new version of the store. Nothing is removed, and no list brings the key back.
 * Where the key was compromised, a job makes the proofs that rest on it carry nothing. The proposer is refused, here and
 * by the database; what is refused leaves the proposal open.
 */
export async function confirmWithdrawal(
  app: TrustApp,
  given: { withdrawalId: RowId; officerId: OfficerId },
): Promise<ConfirmWithdrawalResult> {
  return transact(app.db, async (tx) => {
    await lockAnchors(tx);
    const open = openOr(await holdWithdrawal(tx, given.withdrawalId));
    if (!open.ok) return open;
    const { id, sha256, reason, proposedBy } = open.withdrawal;
    const { officerId: decidedBy } = given;
    if (proposedBy === decidedBy) return { ok: false, reason: 'same_officer' };
    const plan = planWithdrawal(await storedLinks(tx), sha256);
    if (plan === null) return { ok: false, reason: 'already_withdrawn' };
    const version = (await trustStoreVersion(tx)) + 1;
    await withdrawAnchors(tx, plan);
    const decidedAt = app.clock.now();
    await recordWithdrawalDecision(tx, { id, state: 'confirmed', version, decidedBy, decidedAt });
    await appendAudit(tx, app, {
      action: 'trust.anchor_withdrawn',
      actor: { kind: 'officer', id: decidedBy },
      subject: { kind: 'anchor', id },
      details: {
        sha256: sha256.toString('hex'),
        reason,
        proposedBy,
        withdrawn: plan.withdrawn.length,
        orphaned: plan.orphaned.length,
        version,
      },
    });
    if (reason === 'key_compromised') {
      for (const fingerprint of plan.withdrawn) {
        await enqueue(tx, 'record_anchor_compromise', { fingerprint, officerId: decidedBy });
      }
    }
    return { ok: true, version, ...plan };
  });
}

export type RejectWithdrawalResult = { ok: true } | Undecidable;

/** An officer says no; the proposer may too, who takes it back. */
export async function rejectWithdrawal(
  app: TrustApp,
  given: { withdrawalId: RowId; officerId: OfficerId },
): Promise<RejectWithdrawalResult> {
  return transact(app.db, async (tx) => {
    const open = openOr(await holdWithdrawal(tx, given.withdrawalId));
    if (!open.ok) return open;
    const { id, sha256, reason } = open.withdrawal;
    const { officerId: decidedBy } = given;
    const decidedAt = app.clock.now();
    await recordWithdrawalDecision(tx, { id, state: 'rejected', decidedBy, decidedAt });
    await appendAudit(tx, app, {
      action: 'trust.withdrawal_rejected',
      actor: { kind: 'officer', id: decidedBy },
      subject: { kind: 'anchor', id },
      details: { sha256: sha256.toString('hex'), reason },
    });
    return { ok: true };
  });
}

function openOr(
  withdrawal: AnchorWithdrawal | null,
): { ok: true; withdrawal: AnchorWithdrawal } | Undecidable {
  if (withdrawal === null) return { ok: false, reason: 'no_such_withdrawal' };
  if (withdrawal.state !== 'proposed') return { ok: false, reason: 'already_decided' };
  return { ok: true, withdrawal };
}
