import { holderPage } from '../../views/proofing/holder.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /cases/:id/holder: on the data page's pathway, the two ways to show that one is its holder. */
export async function showHolder(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (proofing.pathway !== 'data_page' || proofing.state.step !== 'portrait')
    return ctx.redirect(`/cases/${proofing.id}`);
  await page(ctx, app, {
    view: holderPage,
    model: { caseId: proofing.id },
    title: 'proofing.holder.title',
  });
}
