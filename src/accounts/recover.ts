import { z } from 'zod';
import {
  recoverPage,
  recoveryGonePage,
  recoveryOpenedPage,
  recoveryReadyPage,
  recoveryWaitingPage,
} from '../../views/accounts/recover.ts';
import { Fault } from '../lib/fault.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { callerOf, countCall, countCaller } from '../web/rate-limit.ts';
import { findAccountRow } from './account-store.ts';
import type { AccountsApp } from './accounts-app.ts';
import { completeRecovery, readRecovery } from './complete-recovery.ts';
import { addressKeyOf, contactAddresses, parseEmail } from './contact-address.ts';
import { newPasskeyOptions } from './passkey-options.ts';
import { listPasskeyRows } from './passkey-store.ts';
import { openRecovery, readRecoveryCode } from './recovery-code.ts';
import { seeOther } from './see-other.ts';
import { verifyNewPasskey } from './verify-passkey.ts';

const FROM_NETWORK = { name: 'recovery-from-network', calls: 300, windowSeconds: 3600 };
// By address and network: a stranger who guesses does not keep the owner out.
const FOR_ADDRESS = { name: 'recovery-for-address', calls: 10, windowSeconds: 3600 };

/** GET /recover: the saved code opens recovery, and nothing else. */
export async function showRecover(ctx: Context, app: AccountsApp): Promise<void> {
  await page(ctx, app, {
    view: recoverPage,
    model: { email: '', refused: false },
    title: 'accounts.recover.title',
    area: 'plain',
  });
}

/** POST /recover */
export async function submitRecover(ctx: Context, app: AccountsApp): Promise<void> {
  const form = readForm(
    ctx,
    z.object({ email: z.string().default(''), code: z.string().default('') }),
  );
  const { email, code } = form.ok ? form.value : { email: '', code: '' };
  const address = parseEmail(email);
  await countCaller(ctx, app, FROM_NETWORK);
  if (address) {
    const addressKey = addressKeyOf(app, address).toString('base64url');
    await countCall(app, FOR_ADDRESS, `${addressKey} ${callerOf(ctx)}`);
  }
  const result = address
    ? await openRecovery(app, { address, code: readRecoveryCode(code) })
    : { ok: false as const };
  if (!result.ok) {
    await page(ctx, app, {
      view: recoverPage,
      model: { email, refused: true },
      title: 'accounts.recover.title',
      area: 'plain',
      status: 422,
    });
    return;
  }
  await page(ctx, app, {
    view: recoveryOpenedPage,
    model: {
      readyAt: result.readyAt,
      url: new URL(`/recover/${result.token}`, app.config.ISSUER).href,
    },
    title: 'accounts.recover.opened_title',
    area: 'plain',
  });
}

/** GET /recover/:token: the kept link; a passkey may be made once the 72 hours are over. */
export async function showRecovery(ctx: Context, app: AccountsApp): Promise<void> {
  await recoveryPage(ctx, app, false);
}

/** POST /recover/:token/options */
export async function recoveryOptions(ctx: Context, app: AccountsApp): Promise<void> {
  const recovery = await readRecovery(app, ctx.state.params.token ?? '');
  if (recovery.state !== 'ready') throw new Fault('gone');
  const account = await findAccountRow(app.db, recovery.change.accountId);
  if (account?.state !== 'active') throw new Fault('gone');
  const [first] = await contactAddresses(app.db, app, account);
  ctx.body = await newPasskeyOptions(app, {
    purpose: 'recover',
    subject: recovery.change.id,
    userHandle: account.userHandle,
    userName: first?.address ?? 'Tangchat ID',
    existing: await listPasskeyRows(app.db, account.id),
  });
}

/** POST /recover/:token */
export async function submitRecovery(ctx: Context, app: AccountsApp): Promise<void> {
  const recovery = await readRecovery(app, ctx.state.params.token ?? '');
  if (recovery.state !== 'ready') return recoveryPage(ctx, app, false);
  const { change } = recovery;
  const verified = await verifyNewPasskey(
    app,
    { purpose: 'recover', subject: change.id },
    ctx.state.body.fields.credential?.[0],
  );
  const done =
    verified.ok && (await completeRecovery(app, ctx, { change, passkey: verified.passkey }));
  if (done) return seeOther(ctx, '/passkeys');
  await recoveryPage(ctx, app, true);
}

async function recoveryPage(ctx: Context, app: AccountsApp, refused: boolean): Promise<void> {
  const token = ctx.state.params.token ?? '';
  const recovery = await readRecovery(app, token);
  if (recovery.state === 'gone')
    return page(ctx, app, {
      view: recoveryGonePage,
      model: {},
      title: 'accounts.recover.gone_title',
      area: 'plain',
      status: 410,
    });
  if (recovery.state === 'waiting')
    return page(ctx, app, {
      view: recoveryWaitingPage,
      model: { readyAt: recovery.change.takesEffectAt },
      title: 'accounts.recover.waiting_title',
      area: 'plain',
    });
  await page(ctx, app, {
    view: recoveryReadyPage,
    model: { path: `/recover/${token}`, refused },
    title: 'accounts.recover.ready_title',
    area: 'plain',
    status: refused ? 422 : 200,
  });
}
