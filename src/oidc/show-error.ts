import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { oauthErrorPage } from '../../views/oidc/error.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { errorUri } from './error-codes.ts';
import { sendBack } from './send-back.ts';

/** The parameters that an integrator may have got wrong, as the library's descriptions name them. */
const PARAMETERS =
  /\b(client_id|redirect_uri|post_logout_redirect_uri|response_type|response_mode|scope|code_challenge_method|code_challenge|prompt|max_age|claims|request_uri|request|id_token_hint|registration|state|nonce)\b/;

/**
 * Errors that can't go to the service (it is unknown, or its address is not registered), as a page: plain words for
 * the person, and for whoever built the request its code, the parameter and what was expected. Nothing internal.
 */
export async function showError(
  app: WebApp,
  koaCtx: KoaContextWithOIDC,
  failure: { out: ErrorOut; error: Error },
): Promise<void> {
  const ctx = koaCtx as unknown as Context;
  const { out, error } = failure;
  if (error.name === 'SessionNotFound' && koaCtx.oidc.route === 'resume')
    return sendBack(ctx, app, ctx.path.slice(ctx.path.lastIndexOf('/') + 1));
  const status = ctx.status >= 400 ? ctx.status : 400;
  const description = out.error_description ?? '';
  const detail = (error as { error_detail?: unknown }).error_detail;
  await page(ctx, app, {
    view: oauthErrorPage,
    model: {
      code: out.error,
      description,
      // The library keeps the precise word apart ("client not found"); it names no secret.
      detail: status < 500 && typeof detail === 'string' ? detail : null,
      parameter:
        out.error === 'invalid_client'
          ? 'client_id'
          : (PARAMETERS.exec(`${out.error} ${description} ${String(detail)}`)?.[1] ?? null),
      reference: ctx.state.requestId,
      helpUrl: errorUri(app.config.ISSUER, out.error),
    },
    title: 'oidc.error.title',
    area: 'plain',
    status,
  });
}
