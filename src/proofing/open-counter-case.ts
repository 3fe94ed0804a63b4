import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { close } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { findOpenCase, lockCase } from './case-store.ts';
import { spendCounterCode } from './counter-code.ts';
import { officerHasAccount } from './officer-accounts.ts';
import { saveChange } from './save-case.ts';
import { insertNewCase } from './start-case.ts';

/**
 * An officer opens the case of somebody who stands before them, by the code that the person's own phone shows. A remote
 * case under way ends: what counts from now on is done here. One that a counter opened is gone on with.
 */
export async function openCounterCase(
  app: App,
  given: { officerId: OfficerId; code: string },
): Promise<{ ok: true; caseId: CaseId } | { ok: false; reason: 'code_unknown' | 'own_case' }> {
  return transact(app.db, async (tx) => {
    const code = await spendCounterCode(tx, app, given);
    if (!code) return { ok: false, reason: 'code_unknown' };
    const { accountId, madeBy } = code;
    const { officerId } = given;
    for (const owner of madeBy ? [accountId, madeBy] : [accountId])
      if (await officerHasAccount(tx, officerId, owner)) return { ok: false, reason: 'own_case' };
    const open = await findOpenCase(tx, accountId);
    const locked = open ? await lockCase(tx, open.id) : null;
    if (locked?.pathway === 'counter' && app.clock.now() < locked.expiresAt)
      return { ok: true, caseId: locked.id };
    if (locked) await endForCounter(tx, app, locked);
    const proofing = await insertNewCase(tx, app, {
      accountId,
      openedBy: madeBy,
      pathway: 'counter',
      returnTo: locked?.returnTo ?? null,
      consentedAt: code.createdAt,
      biometricConsent: true,
      officerId,
    });
    await appendAudit(tx, app, {
      action: 'proofing.counter_opened',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { codeId: code.id },
    });
    return { ok: true, caseId: proofing.id };
  });
}

async function endForCounter(tx: Tx, app: App, proofing: ProofingCase): Promise<void> {
  const now = app.clock.now();
  const step = now >= proofing.expiresAt ? 'expired' : 'withdrawn';
  const ended = close(proofing, { step }, now);
  if (!ended.ok) throw new Error('An open case could not be ended.');
  await saveChange(tx, app, proofing, ended.change);
  await appendAudit(tx, app, {
    action: step === 'expired' ? 'proofing.case_expired' : 'proofing.case_withdrawn',
    actor: { kind: 'account', id: proofing.openedBy ?? proofing.accountId },
    subject: { kind: 'case', id: proofing.id },
    details: { step: proofing.state.step },
  });
}
