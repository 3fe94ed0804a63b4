import { z } from 'zod';
import { counterPage } from '../../views/admin/counter.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { Fault } from '../lib/fault.ts';
import { openCounterCase } from '../proofing/open-counter-case.ts';
import { declareOwnAccount, ownAccountsOf } from '../proofing/officer-accounts.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { officerIdOf } from './decide-case.ts';

/** Codes have eight digits and live ten minutes; an officer serves a few persons an hour. */
const CODES = { name: 'counter_code_typed', calls: 60, windowSeconds: 3600 };
const codeForm = z.object({ code: z.string().trim().min(1).max(20) });

/** GET /console/counter: open the case of whoever stands here, by the code on their phone. */
export async function showCounter(ctx: Context, app: ProofingApp): Promise<void> {
  await answer(ctx, app, {});
}

/** POST /console/counter. A malformed, unknown, used and old code give the same answer. */
export async function postCounter(ctx: Context, app: ProofingApp): Promise<void> {
  const officerId = officerIdOf(ctx);
  await countCall(app, CODES, officerId);
  const sent = readForm(ctx, codeForm);
  const opened = await openCounterCase(app, {
    officerId,
    code: sent.ok ? sent.value.code : '',
  });
  if (opened.ok) return ctx.redirect(`/console/cases/${opened.caseId}/counter`);
  if (opened.reason === 'own_case') throw new Fault('not_allowed');
  await answer(ctx, app, { error: 'admin.counter.code_unknown' });
}

/** POST /console/own-account: the officer's own account, so that nobody decides on themselves. */
export async function postOwnAccount(ctx: Context, app: ProofingApp): Promise<void> {
  const officerId = officerIdOf(ctx);
  await countCall(app, CODES, officerId);
  const sent = readForm(ctx, codeForm);
  const declared = await declareOwnAccount(app, {
    officerId,
    code: sent.ok ? sent.value.code : '',
  });
  await answer(
    ctx,
    app,
    declared.ok ? { declared: true } : { ownError: 'admin.counter.code_unknown' },
  );
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  given: { error?: string; ownError?: string; declared?: boolean },
): Promise<void> {
  const own = await ownAccountsOf(app.db, officerIdOf(ctx));
  const { error = null, ownError = null, declared = false } = given;
  await page(ctx, app, {
    view: counterPage,
    model: { error, ownError, declared, ownAccounts: own.length },
    title: 'admin.counter.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'counter'),
    status: error || ownError ? 422 : 200,
  });
}
