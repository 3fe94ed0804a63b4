import { z } from 'zod';
import type { AccountsApp } from '../../accounts/accounts-app.ts';
import { seeOther } from '../../accounts/see-other.ts';
import { signInWithPasskey } from '../../accounts/sign-in.ts';
import { Fault } from '../../lib/fault.ts';
import { readForm } from '../../web/body.ts';
import type { Context } from '../../web/context.ts';
import { sessionOf } from '../../web/guards.ts';
import { countCall } from '../../web/rate-limit.ts';
import type { OidcApp } from '../create-oidc.ts';
import { readHolder } from '../holder.ts';
import { tellable, wantedBy } from '../wanted.ts';
import type { Approval } from './approval.ts';
import { recordApproval, recordRefusal } from './record-answer.ts';
import { obstacleTo, openApproval, showEnded, showOpenApproval } from './show-approvals.ts';

type ApprovalsApp = AccountsApp & OidcApp;

const TOUCHES = { name: 'approval-touches', calls: 30, windowSeconds: 300 };

/**
 * POST /approvals/:id/approval: the passkey touched for this very request. It starts a fresh session, whose levels and
 * time are those of the tokens. What is shared follows from the request on record, never from the form.
 */
export async function submitApproval(ctx: Context, app: ApprovalsApp): Promise<void> {
  await countCall(app, TOUCHES, ctx.state.browserId);
  const asked = await openApproval(ctx, app);
  if (!asked) return;
  if (!(await signInWithPasskey(app, ctx, { kind: 'subscriber', purpose: 'sign_in' })))
    return showOpenApproval(ctx, app, { approval: asked, refused: true });
  // Somebody else's passkey: their session, and not their request.
  const approval = await openApproval(ctx, app);
  if (approval)
    await approveAsSignedIn(ctx, app, { approval, next: '/approvals?answered=approved' });
}

/**
 * Approves by the session of this browser, which the caller has begun for this very request, and goes on at `next`. Where that session or its
 * person does not reach what is asked, the page of the request says why, and nothing is approved.
 */
export async function approveAsSignedIn(
  ctx: Context,
  app: OidcApp,
  { approval, next }: { approval: Approval; next: string },
): Promise<void> {
  const web = sessionOf(ctx);
  const holder = await readHolder(app, web.accountId);
  if (obstacleTo(app, { approval, holder, ctx }) !== null) {
    return seeOther(ctx, `/approvals/${approval.row.id}`);
  }
  const { service, parameters } = approval;
  const wanted = tellable(wantedBy(parameters, service), holder, service);
  if (!(await recordApproval(app, { approval, web, wanted }))) return showEnded(ctx, app);
  seeOther(ctx, next);
}

const refusalForm = z.looseObject({ reason: z.enum(['refused', 'reported', 'out_of_reach']) });

/** POST /approvals/:id/refusal: no touch is needed to say no, or "I did not ask for this". */
export async function submitRefusal(ctx: Context, app: OidcApp): Promise<void> {
  const approval = await openApproval(ctx, app);
  if (!approval) return;
  const form = readForm(ctx, refusalForm);
  if (!form.ok) throw new Fault('invalid_input');
  const web = sessionOf(ctx);
  const holder = await readHolder(app, web.accountId);
  const isOut = obstacleTo(app, { approval, holder, ctx }) === 'out_of_reach';
  // That a level is out of reach is ours to say, not the form's.
  const answer = form.value.reason === 'out_of_reach' && !isOut ? 'refused' : form.value.reason;
  if (!(await recordRefusal(app, { approval, answer, web }))) return showEnded(ctx, app);
  seeOther(ctx, `/approvals?answered=${answer}`);
}
