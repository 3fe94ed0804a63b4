import { z } from 'zod';
import { appendAudit, SYSTEM } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { transact } from '../../lib/database.ts';
import type { Db, Tx } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { CaseId, OfficerId } from '../../lib/ids.ts';
import { reportDocumentLost } from '../../registry/report-document-lost.ts';
import { caseReference } from '../case-reference.ts';
import { isOpen } from '../case-state.ts';
import type { ProofingCase } from '../case-state.ts';
import { findCase, lockCase } from '../case-store.ts';
import { isOwnCase } from '../decision.ts';
import type { AllAnswers } from './ask-all.ts';
import {
  findAlert,
  insertAlert,
  isOnRecord,
  listAlerts,
  settleAlert,
  wasEntryCleared,
} from './watch-alert-store.ts';
import type { AlertState, WatchAlert, WatchList } from './watch-alert-store.ts';

const placeOf = (id: RowId, column: 'detail' | 'note') => ({
  table: 'watch_alerts',
  column,
  row: id,
});

/**
 * Puts hits on record against a locked case. The case goes on as any other to everybody who may not see them: no step, no
 * notice and no page is different; only approving is held (register-blockers.ts). A document that was lost before somebody
 * proved themselves with it suspends the ID that rests on it (DESIGN section 3).
 */
export async function raiseAlerts(
  tx: Tx,
  app: App,
  given: {
    proofing: ProofingCase;
    hits: AllAnswers['hits'];
    document: { issuingState: string; documentNumber: string };
  },
): Promise<void> {
  const { proofing, hits, document } = given;
  if (hits.length === 0) return;
  const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
  for (const { source, hit } of hits) {
    const id = RowId.make(app);
    const entryIndex = entryOf(app, source, hit.reference);
    const isNew = await insertAlert(tx, {
      id,
      caseId: proofing.id,
      list: hit.list,
      source,
      entryIndex,
      detail: key.encrypt(placeOf(id, 'detail'), JSON.stringify(hit)),
      raisedAt: app.clock.now(),
    });
    if (!isNew) continue;
    await appendAudit(tx, app, {
      action: 'proofing.watch_alert_raised',
      actor: SYSTEM,
      subject: { kind: 'case', id: proofing.id },
      details: { alertId: id, source },
    });
    // What an officer has cleared once holds a further case, but takes nobody's ID away.
    const cleared = await wasEntryCleared(tx, { source, entryIndex });
    if (hit.list === 'lost_or_stolen' && !cleared)
      await reportDocumentLost(tx, app, { document, lostAt: new Date(hit.since), actor: SYSTEM });
  }
}

/** Whether this very entry of a list was raised against a case before. */
export function hasAlertOf(
  app: Pick<App, 'db' | 'blindIndex'>,
  entry: { caseId: CaseId; source: string; reference: string },
): Promise<boolean> {
  const { caseId, source, reference } = entry;
  return isOnRecord(app.db, { caseId, source, entryIndex: entryOf(app, source, reference) });
}

const entryOf = ({ blindIndex }: Pick<App, 'blindIndex'>, source: string, reference: string) =>
  blindIndex.of('watch-entry', source, reference);

/** An alert as the entitled officer sees it. */
export interface ShownAlert {
  id: RowId;
  caseId: CaseId;
  caseReference: string;
  caseStep: string;
  list: WatchList;
  source: string;
  state: AlertState;
  raisedAt: Date;
  /** Null where the applicant was erased meanwhile. */
  reference: string | null;
  since: Date | null;
}

const MOST_SHOWN = 200;

/** Alerts that wait, or those that are settled; oldest first. */
export async function readAlerts(
  db: Db,
  app: App,
  which: 'open' | 'settled',
): Promise<ShownAlert[]> {
  const states: AlertState[] = which === 'open' ? ['open'] : ['cleared', 'confirmed'];
  const alerts = await listAlerts(db, { states, limit: MOST_SHOWN });
  const shown = await Promise.all(alerts.map((alert) => show(db, app, alert)));
  return shown.filter((alert) => alert !== null);
}

const detail = z.object({ reference: z.string(), since: z.string() });

async function show(db: Db, app: App, alert: WatchAlert): Promise<ShownAlert | null> {
  const proofing = await findCase(db, alert.caseId);
  if (!proofing) return null;
  const key = await app.cipher.findDataKey(db, proofing.dataKeyId);
  const text = key?.decryptText(placeOf(alert.id, 'detail'), alert.detail);
  const said = text ? detail.parse(JSON.parse(text)) : null;
  const { id, caseId, list, source, state, raisedAt } = alert;
  return {
    id,
    caseId,
    caseReference: caseReference(caseId),
    caseStep: proofing.state.step,
    list,
    source,
    state,
    raisedAt,
    reference: said?.reference ?? null,
    since: said ? new Date(said.since) : null,
  };
}

export type AlertSettlement =
  | { ok: true }
  /** `settled`: somebody was first. `own_case`: nobody clears themselves. */
  | { ok: false; reason: 'not_found' | 'settled' | 'own_case' };

/**
 * An entitled officer settles an alert, with words for the record: cleared, it no longer holds the case; confirmed, the
 * case can only be refused. Whether the case is open does not matter: a hit is settled either way.
 */
export function settleWatchAlert(
  app: App,
  input: { alertId: RowId; officerId: OfficerId; state: 'cleared' | 'confirmed'; note: string },
): Promise<AlertSettlement> {
  const { alertId, officerId, state, note } = input;
  return transact(app.db, async (tx): Promise<AlertSettlement> => {
    const read = await findAlert(tx, alertId);
    const proofing = read ? await lockCase(tx, read.caseId) : null;
    const alert = proofing ? await findAlert(tx, alertId, 'lock') : null;
    if (!proofing || !alert) return { ok: false, reason: 'not_found' };
    if (isOwnCase(proofing, officerId)) return { ok: false, reason: 'own_case' };
    if (alert.state !== 'open') return { ok: false, reason: 'settled' };
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    await settleAlert(tx, {
      id: alertId,
      state,
      officerId,
      note: key.encrypt(placeOf(alertId, 'note'), note),
      at: app.clock.now(),
    });
    await appendAudit(tx, app, {
      action: 'proofing.watch_alert_settled',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { alertId, state, caseOpen: isOpen(proofing.state) },
    });
    return { ok: true };
  });
}
