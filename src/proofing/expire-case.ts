import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { CaseId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { close } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { saveChange } from './save-case.ts';

/** Plans the end of a case in the transaction that opens it: no case depends on anybody looking for overdue ones. */
export async function planExpiry(tx: Tx, proofing: ProofingCase): Promise<void> {
  await enqueue(
    tx,
    'expire_case',
    { caseId: proofing.id },
    { key: `expire_case:${proofing.id}`, runAt: proofing.expiresAt },
  );
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
