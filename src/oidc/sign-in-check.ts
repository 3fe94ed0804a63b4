import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Levels } from '../assurance/acr.ts';
import { decideSignIn } from '../assurance/sign-in-decision.ts';
import type { SignInDecision } from '../assurance/sign-in-decision.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import type { Session } from '../web/sessions.ts';
import type { Service } from '../agencies/service.ts';
import { requestStoreOf } from './store/request-store.ts';
import { acrBase } from './find-account.ts';
import { heldFacts, holderOf } from './holder.ts';
import type { Holder } from './holder.ts';
import { levelRequest } from './level-request.ts';
import type { LevelParameters } from './level-request.ts';
import { withResourceDemands } from './resources.ts';
import type { ResourceParameters } from './resources.ts';
import { serviceOf } from './services.ts';

/** What a person, signed in so, could still reach from this browser, now. */
export function reachOf(held: Levels, acting = false): Levels {
  // A child's proof needs its guardian's paper seen at a counter: it is not raised on the way.
  if (acting) return { ial: held.ial, aal: Math.max(held.aal, 2) as Levels['aal'] };
  // A counter gives IAL3, and a security key AAL3: neither is had by going on here. The remote proof is IAL2.
  return {
    ial: Math.max(held.ial, 2) as Levels['ial'],
    aal: Math.max(held.aal, 2) as Levels['aal'],
  };
}

/** Whether this sign-in may go on, or what is missing. Pure but for what it is given. */
export function checkSignIn(
  app: Pick<App, 'config'>,
  input: { holder: Holder; web: Session; service: Service; parameters: LevelParameters },
): SignInDecision {
  const held = heldFacts(input.holder, input.web.aal);
  return decideSignIn({
    request: levelRequest(input.parameters),
    service: input.service.demands,
    held,
    reach: reachOf(held.levels, input.holder.actedBy !== null),
    base: acrBase(app),
  });
}

/** The same within a request of the library; null where nobody is signed in. */
export async function checkRequest(
  app: App,
  ctx: KoaContextWithOIDC,
): Promise<{ decision: SignInDecision; holder: Holder; web: Session } | null> {
  const web = requestStoreOf(ctx)?.scope.web ?? null;
  const accountId = AccountId.parse(ctx.oidc.session?.accountId);
  if (!web || !accountId) return null;
  const holder = await holderOf(ctx, app, accountId);
  const parameters = (ctx.oidc.params ?? {}) as LevelParameters & ResourceParameters;
  keepEssentialAcr(ctx, parameters);
  const service = await withResourceDemands(app, serviceOf(ctx.oidc.client), parameters);
  return { decision: checkSignIn(app, { holder, web, service, parameters }), holder, web };
}

/**
 * The library lets `acr_values` replace an `acr` of the `claims` parameter in what codes and tokens keep. An essential
 * one outranks it (OIDC Core §5.5.1.1), there too: the `acr` that is stated answers what was insisted on.
 */
function keepEssentialAcr(ctx: KoaContextWithOIDC, parameters: LevelParameters): void {
  const { askedValues, essential } = levelRequest(parameters);
  const claims = ctx.oidc.claims as { id_token?: Record<string, unknown> } | undefined;
  if (!essential || !claims) return;
  claims.id_token = { ...claims.id_token, acr: { essential, values: [...askedValues] } };
}

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0. */
export function unmetLevels(): Error {
  return new errors.UnmetAuthenticationRequirements(
    'the requested or registered acr is out of reach for this person and sign-in',
  );
}
