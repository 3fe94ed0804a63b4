import { z } from 'zod';
import { holdsPage } from '../../views/admin/holds.ts';
import type { HoldsModel } from '../../views/admin/holds.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { CaseId, PersonId, RowId } from '../lib/ids.ts';
import {
  HOLD_REASONS,
  HOLD_REFERENCE,
  holdsInForce,
  placeHold,
  releaseHold,
} from '../registry/legal-holds.ts';
import type { HoldTarget } from '../registry/legal-holds.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** GET /console/holds: the orders in force; with `?person=` or `?case=`, as their pages link here, the form to place one. */
export async function showHolds(ctx: Context, app: WebApp): Promise<void> {
  await answerHolds(ctx, app, { target: targetOf(ctx.query), typed: {}, problem: null });
}

const holdForm = z.object({
  person: z.string().optional(),
  case: z.string().optional(),
  reason: z.enum(HOLD_REASONS).optional().catch(undefined),
  reference: z.string().trim().max(100).default(''),
});

/** POST /console/holds: from now on nothing of this person or case is purged or erased. */
export async function postHold(ctx: Context, app: WebApp): Promise<void> {
  const sent = readForm(ctx, holdForm);
  const target = sent.ok ? targetOf(sent.value) : null;
  if (!sent.ok || !target) throw new Fault('bad_request');
  const { reason, reference } = sent.value;
  const refuse = (problem: HoldsModel['problem']) =>
    answerHolds(ctx, app, { target, typed: { reason, reference }, problem });
  if (!reason) return refuse('reason');
  if (!HOLD_REFERENCE.test(reference)) return refuse('reference');
  const actor = { kind: 'officer', id: officerIdOf(ctx) } as const;
  const placed = await transact(app.db, (tx) =>
    placeHold(tx, app, { target, reason, reference, actor }),
  );
  if (placed.ok) return ctx.redirect('/console/holds');
  if (placed.reason === 'not_found') throw new Fault('not_found');
  await refuse('held_already');
}

/** POST /console/holds/:id/release: what became due meanwhile goes with the next purge. */
export async function postHoldRelease(ctx: Context, app: WebApp): Promise<void> {
  const id = RowId.parse(ctx.state.params.id);
  const actor = { kind: 'officer', id: officerIdOf(ctx) } as const;
  const released = id && (await transact(app.db, (tx) => releaseHold(tx, app, { id, actor })));
  if (!released?.ok) throw new Fault('not_found');
  ctx.redirect('/console/holds');
}

/** One of the two, or nobody. */
function targetOf(named: { person?: unknown; case?: unknown }): HoldTarget | null {
  const personId = PersonId.parse(named.person);
  const caseId = CaseId.parse(named.case);
  if (personId && !caseId) return { personId, caseId: null };
  return caseId && !personId ? { personId: null, caseId } : null;
}

async function answerHolds(
  ctx: Context,
  app: WebApp,
  given: Pick<HoldsModel, 'target' | 'typed' | 'problem'>,
): Promise<void> {
  const { problem } = given;
  await page(ctx, app, {
    view: holdsPage,
    model: { ...given, holds: await holdsInForce(app.db), reasons: HOLD_REASONS },
    title: 'registry.holds.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'holds'),
    status: problem === null ? 200 : problem === 'held_already' ? 409 : 422,
  });
}
