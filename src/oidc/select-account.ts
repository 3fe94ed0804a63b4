import { z } from 'zod';
import { selectAccountPage } from '../../views/oidc/select-account.ts';
import { Fault } from '../lib/fault.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { endSession } from '../web/sessions.ts';
import type { OidcApp } from './create-oidc.ts';
import { fullName } from './person-texts.ts';
import { readHolder } from './holder.ts';
import { finishInteraction, openInteraction } from './open-interaction.ts';
import type { OpenInteraction } from './open-interaction.ts';
import { sendBack } from './send-back.ts';

/**
 * `prompt=select_account` (OIDC Core §3.1.2.1): somebody who was signed in before the request chooses whether to go on
 * as themselves. Who signs in on the way has chosen by their passkey.
 */
export function mustChoose(interaction: OpenInteraction): boolean {
  const { web, startedAt } = interaction;
  return web !== null && web.authTime < startedAt;
}

/** Who is signed in here, and whether to go on so. */
export async function showAccountChoice(
  ctx: Context,
  app: OidcApp,
  interaction: OpenInteraction,
): Promise<void> {
  const { uid, service, web } = interaction;
  const { standing } = await readHolder(app, web!.accountId);
  await page(ctx, app, {
    view: selectAccountPage,
    model: {
      uid,
      service: service.name,
      agency: service.agency.name,
      name: fullName(standing?.attributes() ?? null) ?? null,
    },
    title: 'oidc.account.title',
    area: 'plain',
  });
}

const choiceForm = z.looseObject({ account: z.enum(['same', 'other']) });

/** POST /interaction/:uid/account: on as the present person, or signed out here for another one. */
export async function submitAccountChoice(ctx: Context, app: OidcApp): Promise<void> {
  const interaction = await openInteraction(ctx, app);
  if (!interaction) return sendBack(ctx, app, ctx.state.params.uid ?? '');
  const form = readForm(ctx, choiceForm);
  if (!form.ok) throw new Fault('invalid_input');
  if (interaction.prompt !== 'select_account' || !interaction.web) return again(ctx, interaction);
  if (form.value.account === 'same') return finishInteraction(ctx, app, { select_account: {} });
  await forgetSession(app, interaction.uid);
  await endSession(ctx, app, 'subscriber', 'signed_out');
  again(ctx, interaction);
}

function again(ctx: Context, { uid }: OpenInteraction): void {
  ctx.status = 303;
  ctx.redirect(`/interaction/${uid}`);
}

/** The library holds an interaction to the session it began in: this one goes on in another person's. */
async function forgetSession(app: OidcApp, uid: string): Promise<void> {
  const open = await app.oidc.provider.Interaction.find(uid);
  if (!open) return;
  delete open.session;
  await open.save(open.exp - Math.floor(app.clock.now().getTime() / 1000));
}
