import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Service } from '../agencies/service.ts';
import type { Levels } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { unmetDemand } from './find-account.ts';
import { holderOf } from './holder.ts';
import { resourceOf } from './resources.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import type { Actor } from './acting/actor.ts';
import { sourceOf } from './token-claims.ts';
import type { TokenSource } from './token-claims.ts';

type Provider = KoaContextWithOIDC['oidc']['provider'];
type AccessToken = InstanceType<Provider['AccessToken']>;
type Client = InstanceType<Provider['Client']>;

/** A service may call a service that calls a service: not further. */
const ACTORS_AT_MOST = 3;

/** Whose token is exchanged, and how it came to the calling service. */
export interface ExchangeSubject {
  token: AccessToken;
  /** The service that the person signed in to: its grant is what all of this hangs on. */
  origin: Client;
  source: TokenSource;
  accountId: AccountId;
  /** What is held now. */
  levels: Levels;
  /** How many services act already. */
  actors: number;
}

/**
 * The subject token, if it is worth anything now and is the calling service's business: its own user's, or sent to a
 * resource of its agency. Its faults are `invalid_request` (RFC 8693 §2.2.2).
 */
export async function findSubjectToken(
  app: App,
  ctx: KoaContextWithOIDC,
  input: { value: string; caller: Service },
): Promise<ExchangeSubject> {
  const { provider } = ctx.oidc;
  const dead = () =>
    new errors.InvalidRequest(
      'subject_token: expected a live access token; this one is unknown, expired or withdrawn',
    );
  const token = await provider.AccessToken.find(input.value);
  const grant = token?.grantId ? await provider.Grant.find(token.grantId) : undefined;
  const origin = token?.clientId ? await provider.Client.find(token.clientId) : undefined;
  if (!token || !origin || grant?.clientId !== token.clientId) throw dead();
  if (grant?.accountId !== token.accountId) throw dead();
  const source = sourceOf(token);
  if (!(await concerns(app, input.caller, { token, source })))
    throw new errors.InvalidRequest(
      'subject_token: expected a token that this service got for its user, or that was sent to a resource of its agency',
    );
  const accountId = AccountId.parse(token.accountId);
  const aal = requestStoreOf(ctx)?.reads.aal ?? null;
  if (!accountId || aal === null) throw dead();
  const holder = await holderOf(ctx, app, accountId);
  if (!holder.assurance.signIn.maySignIn) throw dead();
  if (unmetDemand(holder, serviceOf(origin), aal) !== null) throw dead();
  const actors = chainLength(source.act);
  if (actors >= ACTORS_AT_MOST)
    throw new errors.InvalidRequest(
      `subject_token: expected one that fewer than ${ACTORS_AT_MOST} services have exchanged`,
    );
  return {
    token,
    origin,
    source,
    accountId,
    levels: { ial: holder.assurance.ial, aal },
    actors,
  };
}

async function concerns(
  app: App,
  caller: Service,
  { token, source }: { token: AccessToken; source: TokenSource },
): Promise<boolean> {
  if ((source.requestedBy ?? token.clientId) === caller.clientId) return true;
  const sentTo = typeof token.aud === 'string' ? await resourceOf(app, token.aud) : null;
  return sentTo?.agency.id === caller.agency.id;
}

function chainLength(act: Actor | undefined): number {
  return act ? 1 + chainLength(act.act) : 0;
}
