import { z } from 'zod';
import { sandboxApprovalsPage } from '../../../views/dev/sandbox-approvals.ts';
import { seeOther } from '../../accounts/see-other.ts';
import type { Aal } from '../../assurance/acr.ts';
import { Fault } from '../../lib/fault.ts';
import { RowId } from '../../lib/ids.ts';
import { approveAsSignedIn } from '../../oidc/ciba/answer-approval.ts';
import { findApproval, waitingApprovals } from '../../oidc/ciba/approval.ts';
import type { Approval } from '../../oidc/ciba/approval.ts';
import { recordRefusal } from '../../oidc/ciba/record-answer.ts';
import { showEnded } from '../../oidc/ciba/show-approvals.ts';
import type { OidcApp } from '../../oidc/create-oidc.ts';
import { readForm } from '../../web/body.ts';
import type { Context } from '../../web/context.ts';
import { sessionOf } from '../../web/guards.ts';
import { page } from '../../web/page.ts';
import { startTestSession } from './sandbox-sign-in.ts';
import { knownTestAccounts } from './test-account.ts';
import type { KnownTestAccount } from './test-account.ts';
import { TEST_PEOPLE } from './test-people.ts';

const ANSWERS = ['approved', 'refused'] as const;

/**
 * GET /dev/approvals: what waits for any test person (CIBA), each with plain forms that approve or refuse it. Test persons have no
 * passkey to touch; conformance suites have no script. Production has no such page.
 */
export async function showSandboxApprovals(ctx: Context, app: OidcApp): Promise<void> {
  const accounts = await knownTestAccounts(app);
  const waiting = await Promise.all(
    accounts.map(async (account) => ({
      account,
      approvals: await waitingApprovals(app, account.accountId),
    })),
  );
  await page(ctx, app, {
    view: sandboxApprovalsPage,
    model: {
      answered: ANSWERS.find((answer) => answer === ctx.query.answered) ?? null,
      requests: waiting.flatMap(({ account, approvals }) =>
        approvals.map(({ row, service, bindingMessage }) => ({
          id: row.id,
          name: TEST_PEOPLE[account.person].fullNamePrinted,
          ial: account.ial,
          service: service.name,
          bindingMessage,
          askedAt: row.createdAt,
        })),
      ),
    },
    title: 'dev.sandbox_approvals.title',
    area: 'plain',
  });
}

const form = z.looseObject({ aal: z.enum(['1', '2', '3']).transform(Number) });

/**
 * POST /dev/approvals/:id/approval: as the touch of a passkey at the chosen AAL would, it starts a fresh session of the test
 * person, by whose levels it is approved. What stands against a person's approval stands against this one.
 */
export async function approveInSandbox(ctx: Context, app: OidcApp): Promise<void> {
  const read = readForm(ctx, form);
  if (!read.ok) throw new Fault('invalid_input');
  const open = await openOfTestPerson(ctx, app);
  if (!open) return;
  await startTestSession(ctx, app, { account: open.account, aal: read.value.aal as Aal });
  await approveAsSignedIn(ctx, app, {
    approval: open.approval,
    next: '/dev/approvals?answered=approved',
  });
}

/** POST /dev/approvals/:id/refusal */
export async function refuseInSandbox(ctx: Context, app: OidcApp): Promise<void> {
  const open = await openOfTestPerson(ctx, app);
  if (!open) return;
  const { approval, account } = open;
  await startTestSession(ctx, app, { account, aal: 2 });
  const web = sessionOf(ctx);
  if (!(await recordRefusal(app, { approval, answer: 'refused', web }))) return showEnded(ctx, app);
  seeOther(ctx, '/dev/approvals?answered=refused');
}

/** The request of the address, where it is a test person's: anybody else's is not found. Null, with a page, where it is over. */
async function openOfTestPerson(
  ctx: Context,
  app: OidcApp,
): Promise<{ approval: Approval; account: KnownTestAccount } | null> {
  const id = RowId.parse(ctx.state.params.id);
  for (const account of id ? await knownTestAccounts(app) : []) {
    const found = await findApproval(app, { id: id!, accountId: account.accountId });
    if (!found) continue;
    if (!found.over) return { approval: found.approval, account };
    await showEnded(ctx, app);
    return null;
  }
  throw new Fault('not_found');
}
