import { z } from 'zod';
import { alertsPage } from '../../views/admin/alerts.ts';
import type { AlertsModel } from '../../views/admin/alerts.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { lookUpAlarms } from '../registry/own-look-ups.ts';
import { readAlerts, settleWatchAlert } from '../proofing/registers/watch-alerts.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** Alarms about look-ups stay on the page so long. */
const ALARM_SECONDS = 30 * 86_400;

/** GET /console/alerts: hits that wait, `?which=settled` those that were settled. Every look is on the audit trail. */
export async function showAlerts(ctx: Context, app: ProofingApp): Promise<void> {
  await answerAlerts(ctx, app, ctx.query.which === 'settled' ? 'settled' : 'open', null);
}

const settlement = z.object({
  state: z.enum(['cleared', 'confirmed']),
  note: z.string().trim().min(1).max(2000),
});

/** POST /console/alerts/:id/settlement: clears or confirms a hit, with words for the record. */
export async function postSettlement(ctx: Context, app: ProofingApp): Promise<void> {
  const alertId = RowId.parse(ctx.state.params.id);
  if (!alertId) throw new Fault('not_found');
  const sent = readForm(ctx, settlement);
  if (!sent.ok) return answerAlerts(ctx, app, 'open', 'note');
  const officerId = officerIdOf(ctx);
  const result = await settleWatchAlert(app, { alertId, officerId, ...sent.value });
  if (result.ok) return ctx.redirect('/console/alerts');
  if (result.reason === 'not_found') throw new Fault('not_found');
  await answerAlerts(ctx, app, 'open', result.reason);
}

async function answerAlerts(
  ctx: Context,
  app: ProofingApp,
  which: 'open' | 'settled',
  problem: AlertsModel['problem'],
): Promise<void> {
  const alerts = await readAlerts(app.db, app, which);
  const since = addSeconds(app.clock.now(), -ALARM_SECONDS);
  const alarms = await lookUpAlarms(app.db, { since, limit: 50 });
  const actor = { kind: 'officer', id: officerIdOf(ctx) } as const;
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.watch_alerts_opened',
      actor,
      subject: { kind: 'system', id: null },
      details: { shown: alerts.length },
    }),
  );
  await page(ctx, app, {
    view: alertsPage,
    model: { which, alerts, alarms, problem },
    title: 'registers.alerts.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'alerts'),
    status: problem === null ? 200 : problem === 'settled' ? 409 : 422,
  });
}
