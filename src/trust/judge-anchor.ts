import { readListedAnchors } from '../documents/master-list-anchors.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { planImport, type ImportPlan, type PlannedAnchor } from './import-plan.ts';
import { inSteps } from './in-steps.ts';
import { storedAnchors } from './store.ts';

export type JudgedAnchor =
  | { ok: true; anchor: PlannedAnchor; plan: ImportPlan }
  | { ok: false; reason: 'certificate_refused'; detail: string }
  | { ok: false; reason: 'already_known' };

/**
 * What one CSCA certificate, DER, becomes in the store as it stands: by the very rules of a master list that holds it alone.
 * Refuses what is no certificate of a state's CA (`detail` says why), and what the store has in whatever state.
 */
export async function judgeAnchor(
  db: Db | Tx,
  app: Pick<App, 'config'>,
  certificate: Buffer,
): Promise<JudgedAnchor> {
  const listed = await inSteps(readListedAnchors([certificate]));
  const [refused] = listed.refused;
  if (refused) return { ok: false, reason: 'certificate_refused', detail: refused.reason };
  const stored = await storedAnchors(db);
  const plan = await inSteps(planImport({ listed, stored, sandbox: app.config.sandbox }));
  const [anchor] = plan.planned;
  return anchor ? { ok: true, anchor, plan } : { ok: false, reason: 'already_known' };
}
