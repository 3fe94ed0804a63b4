import { refusedPage } from '../../views/oidc/refused.ts';
import { levelPage } from '../../views/oidc/level.ts';
import { signInPage } from '../../views/oidc/sign-in.ts';
import type { AccountId } from '../lib/ids.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { showSubjectChoice } from './acting/ask-subject.ts';
import { namedIn, wardsToChoose } from './acting/choice.ts';
import type { OidcApp } from './create-oidc.ts';
import { holderOf } from './holder.ts';
import type { Holder } from './holder.ts';
import { finishInteraction, openInteraction, refuseInteraction } from './open-interaction.ts';
import type { OpenInteraction } from './open-interaction.ts';
import { namedSubject } from './named-subject.ts';
import { withResourceDemands } from './resources.ts';
import { mustChoose, showAccountChoice } from './select-account.ts';
import { sendBack } from './send-back.ts';
import { showConsent } from './show-consent.ts';
import { checkSignIn } from './sign-in-check.ts';
import { accountOfSubject } from './subject-aliases.ts';
import { subjectOf } from './subject.ts';

/** GET /interaction/:uid: the one thing that is missing now, or on to the next. */
export async function showInteraction(ctx: Context, app: OidcApp): Promise<void> {
  const interaction = await openInteraction(ctx, app);
  if (!interaction) return sendBack(ctx, app, ctx.state.params.uid ?? '');
  if (interaction.prompt === 'select_account' && mustChoose(interaction))
    return showAccountChoice(ctx, app, interaction);
  if (['select_account', 'login'].includes(interaction.prompt))
    return showLogin(ctx, app, interaction);
  // Level and consent stand on a session; where it is gone, the request starts afresh.
  if (!interaction.web) return sendBack(ctx, app, interaction.uid);
  const holder = await holderOf(ctx, app, interaction.web.accountId);
  if (!holder.assurance.signIn.maySignIn) return showRefused(ctx, app, { interaction, holder });
  if (interaction.prompt === 'subject')
    return showSubjectChoice(ctx, app, { interaction, error: null });
  if (interaction.prompt === 'level') return showLevel(ctx, app, { interaction, holder });
  return showConsent(ctx, app, { interaction, holder });
}

/** Reasons for which a session that was there before does not do. */
const FRESH = ['login_prompt', 'max_age'];

async function showLogin(ctx: Context, app: OidcApp, interaction: OpenInteraction): Promise<void> {
  const { web, reasons, uid, service } = interaction;
  const mustBeFresh = reasons.some((reason) => FRESH.includes(reason));
  if (!web || (mustBeFresh && web.authTime < interaction.startedAt)) {
    await page(ctx, app, {
      view: signInPage,
      model: {
        uid,
        service: service.name,
        agency: service.agency.name,
        again: web !== null,
        sandbox: app.config.sandbox,
      },
      title: 'oidc.sign_in.title',
      titleParams: { service: service.name[ctx.state.lang] },
      area: 'plain',
    });
    return;
  }
  const holder = await holderOf(ctx, app, web.accountId);
  if (!holder.assurance.signIn.maySignIn) return showRefused(ctx, app, { interaction, holder });
  const named = namedSubject(interaction.parameters);
  if (named !== null && !(await isNamed(app, interaction, { named, accountId: web.accountId })))
    return refuseInteraction(ctx, app, {
      error: 'login_required',
      description: 'the request names another person than the one who signed in',
    });
  await finishInteraction(ctx, app, {
    login: {
      accountId: web.accountId,
      ts: Math.floor(web.authTime.getTime() / 1000),
      amr: web.amr,
    },
    ...(interaction.prompt === 'select_account' ? { select_account: {} } : {}),
  });
}

/**
 * Whether a sub that the request names is this account's. A hint may be an alias from before a merge; a value that the
 * `sub` claim must have may not, since the answer would have another (OIDC Core §5.5.1).
 */
async function isNamed(
  app: OidcApp,
  { service, parameters }: OpenInteraction,
  given: { named: string; accountId: AccountId },
): Promise<boolean> {
  const { named, accountId } = given;
  const { agency } = service;
  if (named === (await subjectOf(app, agency, accountId))) return true;
  // A guardian may answer for the ward that is named.
  const wards = service.representation ? await wardsToChoose(app, accountId) : [];
  if (wards.length > 0 && (await namedIn(app, { service, parameters, accountId, wards })))
    return true;
  if (typeof parameters.id_token_hint !== 'string') return false;
  return (await accountOfSubject(app.db, { agencyId: agency.id, sub: named })) === accountId;
}

interface Standing {
  interaction: OpenInteraction;
  holder: Holder;
}

/** The ID's state does not let its holder sign in: said here, and to nobody else. */
async function showRefused(ctx: Context, app: OidcApp, { interaction, holder }: Standing) {
  const { uid, service } = interaction;
  await page(ctx, app, {
    view: refusedPage,
    model: {
      uid,
      service: service.name,
      reason: holder.actingRefusal ?? holder.standing?.idState ?? 'none',
    },
    title: 'oidc.refused.title',
    area: 'plain',
    status: 403,
  });
}

async function showLevel(
  ctx: Context,
  app: OidcApp,
  { interaction, holder }: Standing,
): Promise<void> {
  const { uid, parameters } = interaction;
  const service = await withResourceDemands(app, interaction.service, parameters);
  const decision = checkSignIn(app, { holder, web: interaction.web!, service, parameters });
  if (decision.outcome === 'proceed') return finishInteraction(ctx, app, { level: {} });
  if (decision.outcome === 'refuse') {
    if (decision.reason === 'level_out_of_reach')
      return refuseInteraction(ctx, app, {
        error: 'unmet_authentication_requirements',
        description: 'the requested or registered acr is out of reach for this person and sign-in',
      });
    await page(ctx, app, {
      view: refusedPage,
      model: { uid, service: service.name, reason: decision.reason },
      title: 'oidc.refused.title',
      area: 'plain',
      status: 403,
    });
    return;
  }
  await page(ctx, app, {
    view: levelPage,
    model: {
      uid,
      service: service.name,
      // One thing at a time: the touch first, then the journey.
      part: decision.part === 'ial' ? 'ial' : 'aal',
      target: decision.target,
      mayContinue: decision.mayContinue,
      sandbox: app.config.sandbox,
    },
    title: 'oidc.level.title',
    area: 'plain',
  });
}
