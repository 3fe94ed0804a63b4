import { z } from 'zod';
import { consoleNav } from '../../views/admin/nav.ts';
import { proposalsPage } from '../../views/admin/proposals.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { decideProposal } from '../registry/decide-proposal.ts';
import { proposalsAbout } from '../registry/propose-change.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { tellHolder } from './change-id-state.ts';
import { officerIdOf } from './decide-case.ts';
import { proposalView } from './person-model.ts';

/** GET /console/proposals: what waits for a second officer, or for its 72 hours, oldest first. */
export async function showProposals(ctx: Context, app: WebApp): Promise<void> {
  await renderProposals(ctx, app, null);
}

const decisionForm = z.object({ decision: z.enum(['approve', 'reject']) });

/** POST /console/proposals/:id/decision: by another officer than the proposer, who may only withdraw. */
export async function postProposalDecision(ctx: Context, app: WebApp): Promise<void> {
  const id = RowId.parse(ctx.state.params.id);
  const sent = readForm(ctx, decisionForm);
  if (!sent.ok) throw new Fault('bad_request');
  if (!id) throw new Fault('not_found');
  const officerId = officerIdOf(ctx);
  const { decision } = sent.value;
  const outcome = await transact(app.db, async (tx) => {
    const done = await decideProposal(tx, app, { id, officerId, decision });
    if (done.ok && done.changed) await tellHolder(tx, app, done.changed.personId, done.changed.to);
    return done;
  });
  if (outcome.ok) return ctx.redirect('/console/proposals');
  if (outcome.reason === 'not_found') throw new Fault('not_found');
  await renderProposals(ctx, app, `admin.proposal.error_${outcome.reason}`);
}

async function renderProposals(ctx: Context, app: WebApp, error: string | null): Promise<void> {
  const officerId = officerIdOf(ctx);
  const rows = await proposalsAbout(app.db, app, null);
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.proposals_opened',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'officer', id: officerId },
      details: { shown: rows.length },
    }),
  );
  const t = app.languages.translator(ctx.state.lang);
  await page(ctx, app, {
    view: proposalsPage,
    model: {
      proposals: await Promise.all(rows.map((row) => proposalView(app, row, officerId))),
      errors: error === null ? [] : [{ field: null, message: t(error) }],
    },
    title: 'admin.proposal.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'proposals'),
    status: error === null ? 200 : 409,
  });
}
