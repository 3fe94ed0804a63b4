import { findAccount } from '../../accounts/find-account.ts';
import { sendNotice } from '../../accounts/send-notice.ts';
import { appendAudit } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import { APPROVALS_KEPT_SECONDS } from '../expiry-store.ts';
import {
  admitApprovalRow,
  findApprovalRow,
  listAdmitted,
  lockAdmission,
} from '../store/backchannel-store.ts';
import { mayBeShown } from './admission.ts';

/**
 * The job: shows a request to the person whom its hint named, where there is one and the limits let it, and tells
 * them by mail that something waits. Runs for hints that name nobody too, and then does nothing.
 */
export async function admitApproval(payload: Record<string, unknown>, app: App): Promise<void> {
  const id = RowId.parse(payload.approvalId);
  if (!id) throw new TypeError('The job names no approval.');
  await transact(app.db, async (tx) => {
    const asked = await findApprovalRow(tx, id);
    const now = app.clock.now();
    if (!asked?.accountId || asked.admittedAt || asked.expiresAt <= now) return;
    await lockAdmission(tx, asked.accountId);
    const account = await findAccount(tx, asked.accountId);
    if (account?.state !== 'active') return;
    const before = await listAdmitted(tx, {
      accountId: asked.accountId,
      since: addSeconds(now, -APPROVALS_KEPT_SECONDS),
    });
    const shown = before.map((one) => ({ ...one, admittedAt: one.admittedAt ?? one.createdAt }));
    const { serviceId } = asked;
    const admitted = mayBeShown(shown, { serviceId, now });
    if (admitted) {
      await admitApprovalRow(tx, id, now);
      await sendNotice(tx, app, {
        accountId: asked.accountId,
        template: 'approval_waiting',
        params: {},
      });
    }
    await appendAudit(tx, app, {
      action: 'oidc.approval_asked',
      actor: { kind: 'service', id: serviceId },
      subject: { kind: 'account', id: asked.accountId },
      details: { approvalId: id, service: serviceId, shown: admitted },
    });
  });
}
