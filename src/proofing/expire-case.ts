import { appendAudit, SYSTEM } from '../audit/append.ts';
import { sendNotice } from '../accounts/send-notice.ts';
import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { CaseId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { close } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { isOpen } from './case-state.ts';
import { lockCase, setReminded } from './case-store.ts';
import { stepRule } from './pathways.ts';
import { saveChange } from './save-case.ts';

/** Plans the end of a case in the transaction that opens it: no case depends on anybody looking for overdue ones. */
export async function planExpiry(tx: Tx, proofing: ProofingCase): Promise<void> {
  await enqueue(
    tx,
    'expire_case',
    { caseId: proofing.id },
    { key: `expire_case:${proofing.id}`, runAt: proofing.expiresAt },
  );
  const remindAt = addSeconds(proofing.expiresAt, -REMINDED_SECONDS_BEFORE);
  if (remindAt > proofing.createdAt)
    await enqueue(
      tx,
      'remind_case',
      { caseId: proofing.id },
      { key: `remind_case:${proofing.id}`, runAt: remindAt },
    );
}

/** Three days: time to find the passport again. */
const REMINDED_SECONDS_BEFORE = 3 * 86_400;

/** Job `remind_case`: tells who has something left to do in a case that it ends soon. Once, however often it runs. */
export async function remindCase(payload: Record<string, unknown>, app: App): Promise<void> {
  const id = CaseId.parse(payload.caseId);
  if (!id) throw new Error('The job names no case.');
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    const now = app.clock.now();
    if (!proofing || !isOpen(proofing.state) || now >= proofing.expiresAt) return;
    const rule = stepRule(proofing.pathway, proofing.state.step);
    // Somebody who has done their part is not asked to hurry.
    if (rule?.by !== 'applicant' && proofing.pathway !== 'counter') return;
    if (!(await setReminded(tx, id, now))) return;
    await sendNotice(tx, app, {
      accountId: proofing.openedBy ?? proofing.accountId,
      template: 'case_expires_soon',
      params: { caseUrl: `/cases/${id}`, expiresAt: proofing.expiresAt.toISOString() },
    });
    await appendAudit(tx, app, {
      action: 'proofing.case_reminded',
      actor: SYSTEM,
      subject: { kind: 'case', id },
      details: { step: proofing.state.step },
    });
  });
}

/** Job `expire_case`: ends a case that is still open on its last day. One that was decided or withdrawn is left alone. */
export async function expireCase(payload: Record<string, unknown>, app: App): Promise<void> {
  const id = CaseId.parse(payload.caseId);
  if (!id) throw new Error('The job names no case.');
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (proofing) await expireIfDue(tx, app, proofing);
  });
}

/** Ends a locked case whose time is over; false where it is not, or where it has ended already. */
export async function expireIfDue(tx: Tx, app: App, proofing: ProofingCase): Promise<boolean> {
  const expired = close(proofing, { step: 'expired' }, app.clock.now());
  if (!expired.ok) return false;
  await saveChange(tx, app, proofing, expired.change);
  await appendAudit(tx, app, {
    action: 'proofing.case_expired',
    actor: SYSTEM,
    subject: { kind: 'case', id: proofing.id },
    details: { step: proofing.state.step },
  });
  return true;
}
