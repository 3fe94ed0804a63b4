import type { InteractionResults } from 'oidc-provider';
import type { Service } from '../agencies/service.ts';
import type { Context } from '../web/context.ts';
import type { Session } from '../web/sessions.ts';
import { recallChoice } from './acting/choice.ts';
import type { OidcApp } from './create-oidc.ts';
import { findReturn } from './return-store.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import { followUiLocales } from './ui-locales.ts';

/** A sign-in under way, as our pages see it. */
export interface OpenInteraction {
  uid: string;
  prompt: 'select_account' | 'login' | 'subject' | 'level' | 'consent';
  reasons: readonly string[];
  parameters: Record<string, unknown>;
  service: Service;
  startedAt: Date;
  /** Our live session of this browser. */
  web: Session | null;
}

/**
 * The interaction that the address names, if this browser began it and it is still open; null otherwise. The
 * library checks its cookie and that the session it began with is still there, with the same person.
 */
export async function openInteraction(ctx: Context, app: OidcApp): Promise<OpenInteraction | null> {
  const { provider } = app.oidc;
  const details = await provider.interactionDetails(ctx.req, ctx.res).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'SessionNotFound') return null;
    throw error;
  });
  if (!details || details.uid !== ctx.state.params.uid) return null;
  const client = await provider.Client.find(String(details.params.client_id));
  const read = await requestStoreOf(ctx)?.reads.began(details.uid);
  const from = read === undefined ? await findReturn(app.db, details.uid) : read;
  if (!client || !from) return null;
  const web = ctx.state.sessions.subscriber;
  const begunAs = details.session?.accountId;
  if (begunAs !== undefined && web !== null && web.accountId !== begunAs) return null;
  followUiLocales(ctx, app, details.params.ui_locales);
  const service = serviceOf(client);
  if (web && service.representation) {
    const { params: parameters, lastSubmission } = details;
    await recallChoice(app, ctx, { service, parameters, lastSubmission, accountId: web.accountId });
  }
  return {
    uid: details.uid,
    prompt: details.prompt.name as OpenInteraction['prompt'],
    reasons: details.prompt.reasons,
    parameters: details.params,
    service,
    startedAt: from.createdAt,
    web,
  };
}

/** Hands the person's answer to the library and goes back to it. */
export async function finishInteraction(
  ctx: Context,
  app: OidcApp,
  result: InteractionResults,
): Promise<void> {
  const { provider } = app.oidc;
  const to = await provider.interactionResult(ctx.req, ctx.res, result);
  ctx.status = 303;
  ctx.redirect(to);
}

/** Ends the request with an error to the service (OIDC Core §3.1.2.6). */
export function refuseInteraction(
  ctx: Context,
  app: OidcApp,
  refusal: { error: string; description: string },
): Promise<void> {
  return finishInteraction(ctx, app, {
    error: refusal.error,
    error_description: refusal.description,
  });
}
