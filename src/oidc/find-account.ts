import type { Account, AccountClaims, KoaContextWithOIDC } from 'oidc-provider';
import { chooseAcr } from '../assurance/acr.ts';
import type { Levels } from '../assurance/acr.ts';
import { decideSignIn } from '../assurance/sign-in-decision.ts';
import { releasesPersonalClaims } from '../assurance/sign-in-policy.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { requestStoreOf } from './store/request-store.ts';
import { guardianTold, withGuardian } from './acting/actor.ts';
import { choiceOf } from './acting/choice.ts';
import { askedClaims, claimValues } from './claims.ts';
import { hintedAccount } from './ciba/hinted-account.ts';
import { claimFacts, heldFacts, holderOf } from './holder.ts';
import type { Holder } from './holder.ts';
import { levelClaims } from './level-claims.ts';
import { askedAcrValues } from './level-request.ts';
import { insufficientAuthentication } from './protected-resource.ts';
import type { Service } from '../agencies/service.ts';
import { isSenderConstrained } from './sender-constraint.ts';
import { serviceOf } from './services.ts';
import { tellVerifiedClaims } from './tell-verified-claims.ts';

/** The start of our `acr` values, with its colon. */
export function acrBase(app: Pick<App, 'config'>): string {
  return app.config.ACR_BASE;
}

/** A code or token, as far as it matters here. */
interface TokenFacts {
  acr?: string;
  claims?: unknown;
}

/**
 * The library's `findAccount`: reads the person anew at every authorization, token, refresh and userinfo. Gives
 * nothing where the ID's state does not let its holder sign in, nor, once tokens are concerned, where the
 * service's own demands are no longer met: the refresh is refused, the access token is worth nothing. The library's account
 * is of who signed in; what is told of it is about the person for whom they act (`holderOf`).
 */
export function createFindAccount(app: App) {
  return async (
    ctx: KoaContextWithOIDC,
    sub: string,
    token?: TokenFacts,
  ): Promise<Account | undefined> => {
    // Nobody has signed in yet: a hint names whom to ask.
    if (ctx.oidc.route === 'backchannel_authentication') return hintedAccount(app, ctx, sub);
    const accountId = AccountId.parse(sub);
    const aal = requestStoreOf(ctx)?.reads.aal ?? null;
    if (!accountId || aal === null) return undefined;
    if (!token) await choiceOf(app, ctx, accountId);
    const holder = await holderOf(ctx, app, accountId);
    if (!holder.assurance.signIn.maySignIn) return undefined;
    const service = serviceOf(ctx.oidc.client);
    if (token) {
      const unmet = unmetDemand(holder, service, aal);
      if (unmet === 'levels' && ctx.oidc.route === 'userinfo')
        throw insufficientAuthentication(app, service);
      if (unmet !== null) return undefined;
    }
    const levels: Levels = { ial: holder.assurance.ial, aal };
    const acr = chooseAcr(askedAcrValues(token?.claims), levels, acrBase(app));
    // The ID token takes its acr from the code or token; the present one, not that of the sign-in.
    if (token) token.acr = acr;
    return toAccount({ app, ctx, accountId, holder, service, acr, levels });
  };
}

/** Which of the service's own demands is not met now; null where all are. */
export function unmetDemand(
  holder: Holder,
  service: Service,
  aal: Levels['aal'],
): 'levels' | 'other' | null {
  const held = heldFacts(holder, aal);
  const decision = decideSignIn({
    request: { askedValues: [], essential: false },
    service: service.demands,
    held,
    reach: held.levels,
  });
  if (decision.outcome === 'proceed') return null;
  return decision.outcome === 'refuse' && decision.reason !== 'level_out_of_reach'
    ? 'other'
    : 'levels';
}

function toAccount(input: {
  app: App;
  ctx: KoaContextWithOIDC;
  accountId: AccountId;
  holder: Holder;
  service: Service;
  acr: string;
  levels: Levels;
}): Account {
  const { app, ctx, accountId, holder, service, acr, levels } = input;
  const claims = async (use: string, scope: string, named: object): Promise<AccountClaims> => {
    const told = {
      ...levelClaims({ acr, levels, assurance: holder.assurance }),
      ...withGuardian(undefined, await guardianTold(app, ctx, service.agency)),
      sender_constrained: isSenderConstrained(ctx),
    };
    if (!releasesPersonalClaims(levels.aal)) return { sub: accountId, ...told };
    const consented = ctx.oidc.entities.Grant?.getOIDCClaims() ?? [];
    // With an access token at hand, scopes are answered at userinfo (OIDC Core §5.4); decrypt no more than is told.
    const scopes = use === 'id_token' ? [] : scope.split(' ');
    const names = askedClaims({ scopes, names: Object.keys(named ?? {}) }, service.claims).filter(
      (name) => consented.includes(name),
    );
    return {
      sub: accountId,
      ...told,
      ...claimValues(names, claimFacts(holder, service)),
      ...tellVerifiedClaims(app, { use, asked: named, agreed: consented, holder, service }),
    };
  };
  return { accountId, claims };
}
