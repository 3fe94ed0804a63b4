import { approvalEndedPage, approvalPage, approvalsPage } from '../../../views/oidc/approval.ts';
import type { ApprovalModel } from '../../../views/oidc/approval.ts';
import { portalNav } from '../../../views/portal/nav.ts';
import { Fault } from '../../lib/fault.ts';
import { RowId } from '../../lib/ids.ts';
import type { Context } from '../../web/context.ts';
import { sessionOf } from '../../web/guards.ts';
import { page } from '../../web/page.ts';
import type { OidcApp } from '../create-oidc.ts';
import { readHolder } from '../holder.ts';
import type { Holder } from '../holder.ts';
import { sharedModel } from '../show-consent.ts';
import { checkSignIn } from '../sign-in-check.ts';
import { findApproval, waitingApprovals } from './approval.ts';
import type { Approval } from './approval.ts';

const ANSWERS = ['approved', 'refused', 'reported', 'out_of_reach'] as const;

/** GET /approvals: what waits for the person; `?answered=` says what they just did. */
export async function showApprovals(ctx: Context, app: OidcApp): Promise<void> {
  const waiting = await waitingApprovals(app, sessionOf(ctx).accountId);
  await page(ctx, app, {
    view: approvalsPage,
    model: {
      answered: ANSWERS.find((answer) => answer === ctx.query.answered) ?? null,
      approvals: waiting.map(({ row, service, bindingMessage }) => ({
        href: `/approvals/${row.id}`,
        service: service.name,
        agency: service.agency.name,
        bindingMessage,
        askedAt: row.createdAt,
      })),
    },
    title: 'oidc.approval.list.title',
    nav: (ui) => portalNav(ui, 'home'),
  });
}

/** GET /approvals/:id */
export async function showApproval(ctx: Context, app: OidcApp): Promise<void> {
  const approval = await openApproval(ctx, app);
  if (approval) await showOpenApproval(ctx, app, { approval, refused: false });
}

/** The approval of the address, where it is this person's; null, with a page, where it is over. */
export async function openApproval(ctx: Context, app: OidcApp): Promise<Approval | null> {
  const id = RowId.parse(ctx.state.params.id);
  const found = id && (await findApproval(app, { id, accountId: sessionOf(ctx).accountId }));
  if (!found) throw new Fault('not_found');
  if (!found.over) return found.approval;
  await showEnded(ctx, app);
  return null;
}

/** The request can be answered no more. */
export function showEnded(ctx: Context, app: OidcApp): Promise<void> {
  return page(ctx, app, {
    view: approvalEndedPage,
    model: {},
    title: 'oidc.approval.ended.title',
    status: 410,
    nav: (ui) => portalNav(ui, 'home'),
  });
}

/** Who asks what, and whether it can be approved. `refused`: the touch that came was none. */
export async function showOpenApproval(
  ctx: Context,
  app: OidcApp,
  { approval, refused }: { approval: Approval; refused: boolean },
): Promise<void> {
  const { row, service, parameters, bindingMessage } = approval;
  const web = sessionOf(ctx);
  const holder = await readHolder(app, web.accountId);
  const shared = await sharedModel(app, { service, parameters, holder, aal: web.aal });
  await page(ctx, app, {
    view: approvalPage,
    model: {
      id: row.id,
      ...shared,
      grown: shared.lines.some(({ isNew }) => isNew),
      purpose: service.purpose,
      bindingMessage,
      askedAt: row.createdAt,
      expiresAt: row.expiresAt,
      obstacle: obstacleTo(app, { approval, holder, ctx }),
      refused,
    },
    title: 'oidc.approval.page.title',
    status: refused ? 422 : 200,
    nav: (ui) => portalNav(ui, 'home'),
  });
}

/** Why this person cannot approve, by the same policy as a sign-in in the browser; null where a touch is all. */
export function obstacleTo(
  app: OidcApp,
  { approval, holder, ctx }: { approval: Approval; holder: Holder; ctx: Context },
): ApprovalModel['obstacle'] {
  if (!holder.assurance.signIn.maySignIn) return 'not_allowed';
  const { service, parameters } = approval;
  const web = sessionOf(ctx);
  const decision = checkSignIn(app, { holder, web, service, parameters });
  switch (decision.outcome) {
    case 'proceed':
      return null;
    case 'step_up':
      // The touch that approves is the step up to AAL2; proof of identity is a journey of its own.
      return decision.part === 'aal' || decision.mayContinue ? null : 'proof_needed';
    case 'refuse':
      return decision.reason === 'level_out_of_reach' ? 'out_of_reach' : 'not_allowed';
  }
}
