import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { lockCase } from './case-store.ts';
import { isOfficersOwn } from './decide-case.ts';
import { makeHandOff } from './hand-off.ts';

/** A link for the counter's own reader, into the case of whoever stands there: the protocol is that of the phone. */
export async function startCounterReading(
  app: App,
  given: { caseId: CaseId; officerId: OfficerId },
): Promise<{ ok: true } | { ok: false; reason: 'not_found' | 'own_case' | 'wrong_step' }> {
  return transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, given.caseId);
    if (proofing?.pathway !== 'counter') return { ok: false, reason: 'not_found' };
    if (await isOfficersOwn(tx, proofing, given.officerId))
      return { ok: false, reason: 'own_case' };
    if (proofing.state.step !== 'document' || app.clock.now() >= proofing.expiresAt)
      return { ok: false, reason: 'wrong_step' };
    const { officerId } = given;
    await makeHandOff(tx, app, proofing, { kind: 'officer', officerId });
    return { ok: true };
  });
}
