import { z } from 'zod';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { describeDetails, detailsReceipt } from './authorization-details.ts';
import { partiesOf } from './acting/parties.ts';
import { consentInForce } from './consent-in-force.ts';
import { giveConsent, giveFirstConsent } from './consents.ts';
import type { OidcApp } from './create-oidc.ts';
import { holderOf } from './holder.ts';
import { finishInteraction, openInteraction, refuseInteraction } from './open-interaction.ts';
import type { OpenInteraction } from './open-interaction.ts';
import { wantedResources } from './resources.ts';
import { sendBack } from './send-back.ts';
import { tellable, wantedBy } from './wanted.ts';

const consentForm = z.looseObject({ decision: z.enum(['share', 'refuse']) });

/** POST /interaction/:uid/consent: what is shared follows from the request on record, never from the form. */
export async function submitConsent(ctx: Context, app: OidcApp): Promise<void> {
  const interaction = await openAt(ctx, app, 'consent');
  if (!interaction) return;
  const form = readForm(ctx, consentForm);
  if (!form.ok) throw new Fault('invalid_input');
  if (form.value.decision === 'refuse')
    return refuseInteraction(ctx, app, {
      error: 'access_denied',
      description: 'the person did not agree to share',
    });
  const { web, service } = interaction;
  const holder = await holderOf(ctx, app, web!.accountId);
  // Who may not sign in, or act for this person, any more agrees to nothing: the page says why.
  if (!holder.assurance.signIn.maySignIn) return again(ctx, interaction);
  const wanted = tellable(wantedBy(interaction.parameters, service), holder, service);
  const resources = await wantedResources(app, interaction.parameters);
  // What could not be shown was not agreed to.
  if ((await describeDetails(app, interaction.parameters)) === null)
    return refuseInteraction(ctx, app, {
      error: 'invalid_authorization_details',
      description: 'authorization_details: a type changed while the person was asked; ask again',
    });
  const details = detailsReceipt(interaction.parameters);
  const by = partiesOf(holder, service.clientId);
  const given = { ...by, ...wanted, resources };
  const isFirst =
    details === null && by.wardId === undefined && (await consentInForce(ctx, app, by)) === null;
  if (isFirst && (await giveFirstConsent(app, given)))
    return finishInteraction(ctx, app, { consent: {} });
  await transact(app.db, async (tx) => {
    await giveConsent(tx, app, given);
    if (details)
      await appendAudit(tx, app, {
        action: 'oidc.details_agreed',
        actor: { kind: 'account', id: by.accountId },
        subject: { kind: 'service', id: by.serviceId },
        details: { service: by.serviceId, ...details },
      });
  });
  await finishInteraction(ctx, app, { consent: {} });
}

/** POST /interaction/:uid/level: goes on at the level that the person has, where the request lets them. */
export async function submitLevel(ctx: Context, app: OidcApp): Promise<void> {
  const interaction = await openAt(ctx, app, 'level');
  // Whether it may be skipped is decided anew by the policy: this is a wish.
  if (interaction) await finishInteraction(ctx, app, { level: { without: true } });
}

/** POST /interaction/:uid/cancellation: back to the service with nothing. */
export async function cancelInteraction(ctx: Context, app: OidcApp): Promise<void> {
  const interaction = await openInteraction(ctx, app);
  if (!interaction) return sendBack(ctx, app, ctx.state.params.uid ?? '');
  await refuseInteraction(ctx, app, {
    error: 'access_denied',
    description: 'the person cancelled the sign-in',
  });
}

/** The open interaction if it waits for this answer; otherwise the browser is sent where it should be. */
export async function openAt(
  ctx: Context,
  app: OidcApp,
  prompt: OpenInteraction['prompt'],
): Promise<OpenInteraction | null> {
  const interaction = await openInteraction(ctx, app);
  if (!interaction) await sendBack(ctx, app, ctx.state.params.uid ?? '');
  else if (interaction.prompt !== prompt || !interaction.web) again(ctx, interaction);
  else return interaction;
  return null;
}

function again(ctx: Context, { uid }: OpenInteraction): void {
  ctx.status = 303;
  ctx.redirect(`/interaction/${uid}`);
}
