import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { assign } from './case.ts';
import { lockCase } from './case-store.ts';
import { isOfficersOwn } from './decide-case.ts';
import { saveChange } from './save-case.ts';

export type AssignResult =
  | { ok: true; version: number }
  | { ok: false; reason: 'not_found' | 'own_case' | 'closed' }
  | { ok: false; reason: 'stale_version'; version: number };

/** An officer takes a case (`to` themselves), gives it to another, or back to the queue (`null`). Nobody gets their own. */
export async function assignCase(
  app: App,
  input: { caseId: CaseId; officerId: OfficerId; expectedVersion: number; to: OfficerId | null },
): Promise<AssignResult> {
  return transact(app.db, async (tx): Promise<AssignResult> => {
    const proofing = await lockCase(tx, input.caseId);
    if (!proofing) return { ok: false, reason: 'not_found' };
    if (proofing.version !== input.expectedVersion)
      return { ok: false, reason: 'stale_version', version: proofing.version };
    for (const officer of input.to ? [input.officerId, input.to] : [input.officerId])
      if (await isOfficersOwn(tx, proofing, officer)) return { ok: false, reason: 'own_case' };
    const assigned = assign(proofing, { officerId: input.to, now: app.clock.now() });
    if (!assigned.ok) return { ok: false, reason: 'closed' };
    const saved = await saveChange(tx, app, proofing, assigned.change);
    await appendAudit(tx, app, {
      action: 'proofing.case_assigned',
      actor: { kind: 'officer', id: input.officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { officerId: input.to },
    });
    return { ok: true, version: saved.version };
  });
}
