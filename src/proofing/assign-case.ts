import { officersWithRole } from '../accounts/officers-with-role.ts';
import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { assign } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { isOfficersOwn } from './decide-case.ts';
import { listDecisions } from './decision-store.ts';
import { drawOfficer } from './draw-reviews.ts';
import { saveChange } from './save-case.ts';

export type AssignResult =
  | { ok: true; version: number }
  | { ok: false; reason: 'not_found' | 'own_case' | 'closed' }
  | { ok: false; reason: 'stale_version'; version: number };

interface Assignment {
  caseId: CaseId;
  officerId: OfficerId;
  expectedVersion: number;
}

/** An officer takes a case (`to` themselves), gives it to another, or back to the queue (`null`). Nobody gets their own. */
export async function assignCase(
  app: App,
  input: Assignment & { to: OfficerId | null },
): Promise<AssignResult> {
  return transact(app.db, (tx) =>
    assignLocked(tx, input, (proofing) => assignTo(tx, app, proofing, input)),
  );
}

/**
 * Gives a case to any officer who may have it, by chance alone: nobody chooses whom they look at, and nobody can wait for a
 * friend. Not to the one who asks, nor to whoever decided on it before.
 */
export async function assignByChance(
  app: App,
  input: Assignment,
): Promise<AssignResult | { ok: false; reason: 'nobody' }> {
  return transact(app.db, (tx) =>
    assignLocked(tx, input, async (proofing) => {
      const officers = await officersWithRole(tx, ['officer', 'supervisor']);
      const decided = await listDecisions(tx, proofing.id);
      const barred = new Set(decided.flatMap(({ officerId }) => officerId ?? []));
      barred.add(input.officerId);
      for (const officer of officers)
        if (await isOfficersOwn(tx, proofing, officer)) barred.add(officer);
      const to = drawOfficer(officers, barred, app.random);
      if (to === null) return { ok: false, reason: 'nobody' } as const;
      return assignTo(tx, app, proofing, { officerId: input.officerId, to });
    }),
  );
}

async function assignLocked<Result>(
  tx: Tx,
  input: Assignment,
  carryOn: (proofing: ProofingCase) => Promise<Result>,
): Promise<Result | AssignResult> {
  const proofing = await lockCase(tx, input.caseId);
  if (!proofing) return { ok: false, reason: 'not_found' };
  if (proofing.version !== input.expectedVersion)
    return { ok: false, reason: 'stale_version', version: proofing.version };
  if (await isOfficersOwn(tx, proofing, input.officerId)) return { ok: false, reason: 'own_case' };
  return carryOn(proofing);
}

async function assignTo(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  { officerId, to }: { officerId: OfficerId; to: OfficerId | null },
): Promise<AssignResult> {
  if (to && (await isOfficersOwn(tx, proofing, to))) return { ok: false, reason: 'own_case' };
  const assigned = assign(proofing, { officerId: to, now: app.clock.now() });
  if (!assigned.ok) return { ok: false, reason: 'closed' };
  const saved = await saveChange(tx, app, proofing, assigned.change);
  await appendAudit(tx, app, {
    action: 'proofing.case_assigned',
    actor: { kind: 'officer', id: officerId },
    subject: { kind: 'case', id: proofing.id },
    details: { officerId: to },
  });
  return { ok: true, version: saved.version };
}
