import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { findResource } from '../agencies/find-resource.ts';
import { numberLookUps } from '../agencies/number-look-ups.ts';
import type { Resource } from '../agencies/resource.ts';
import type { Service } from '../agencies/service.ts';
import { acrOf, meets } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { SCOPE_NAMES } from './claims.ts';
import { holderOf } from './holder.ts';
import { numberResourceFor, refuseBeyondAgreement } from './number-look-ups/agreed-scopes.ts';
import { ownApi, ownResourceServer, parametersOf } from './own-api.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';

type Client = NonNullable<KoaContextWithOIDC['oidc']['client']>;

/** A change of a resource shows on every node within this time. */
const FRESH_MS = 1_000;
const REMEMBERED = 2_000;

interface Remembered {
  resource: Promise<Resource | null>;
  until: number;
}
const caches = new WeakMap<object, Map<string, Remembered>>();

/** The active resource of this identifier; null where there is none. Remembered for a second. */
export function resourceOf(app: Pick<App, 'db'>, identifier: string): Promise<Resource | null> {
  const cache = caches.get(app.db) ?? new Map<string, Remembered>();
  caches.set(app.db, cache);
  const now = performance.now();
  const known = cache.get(identifier);
  if (known && now < known.until) return known.resource;
  const resource = findResource(app.db, identifier).then((found) =>
    found?.state === 'active' ? found : null,
  );
  // A failed read is not remembered.
  resource.catch(() => cache.delete(identifier));
  if (cache.size >= REMEMBERED) cache.delete(cache.keys().next().value!);
  cache.set(identifier, { resource, until: now + FRESH_MS });
  return resource;
}

/** The parameters of a request that concern resources. */
export interface ResourceParameters {
  resource?: unknown;
  scope?: unknown;
}

/** Scopes by resource. */
export type ResourceScopes = Readonly<Record<string, readonly string[]>>;

/** The active resources that a request names. */
export async function requestedResources(
  app: Pick<App, 'db'>,
  parameters: ResourceParameters,
): Promise<Resource[]> {
  const named = [parameters.resource ?? []].flat().filter((value) => typeof value === 'string');
  const found = await Promise.all([...new Set(named)].map((name) => resourceOf(app, name)));
  return found.filter((resource) => resource !== null);
}

/** What a request asks at resources: what the person agrees to, and the grant then holds. */
export async function wantedResources(
  app: Pick<App, 'db'>,
  parameters: ResourceParameters,
): Promise<ResourceScopes> {
  const asked = scopesIn(parameters);
  const resources = await requestedResources(app, parameters);
  const pairs = resources.map(
    ({ identifier, scopes }) =>
      [identifier, scopes.map(({ name }) => name).filter((name) => asked.includes(name))] as const,
  );
  return Object.fromEntries(pairs.filter(([, scopes]) => scopes.length > 0));
}

/** The service with the demands of the resources that the request names: no sign-in for them below their levels. */
export async function withResourceDemands(
  app: Pick<App, 'db'>,
  service: Service,
  parameters: ResourceParameters,
): Promise<Service> {
  const resources = await requestedResources(app, parameters);
  const all = [service.demands.minimum, ...resources.map(({ minimum }) => minimum)];
  const minimum = {
    ial: Math.max(...all.map(({ ial }) => ial)),
    aal: Math.max(...all.map(({ aal }) => aal)),
  } as Service['demands']['minimum'];
  return { ...service, demands: { ...service.demands, minimum } };
}

/** Resource indicators (RFC 8707): which tokens a service gets for whom. Without one, a token is for userinfo. */
export function resourceIndicators(app: App) {
  return {
    enabled: true,
    defaultResource: async (
      ctx: KoaContextWithOIDC,
      _client: Client,
      oneOf?: readonly string[],
    ) => {
      if (oneOf) return oneOf;
      if (ctx.oidc.params?.grant_type === 'client_credentials')
        throw new errors.InvalidTarget(
          'resource: client_credentials needs the identifier of one resource',
        );
      return [];
    },
    useGrantedResource: async () => false,
    getResourceServerInfo: async (
      ctx: KoaContextWithOIDC,
      identifier: string,
      client: Client,
    ): Promise<ResourceServer> => {
      if (ctx.oidc.route === 'backchannel_authentication')
        throw new errors.InvalidTarget('resource: leave it out; with CIBA tokens are for userinfo');
      if (identifier === ownApi(app)) return ownResourceServer(app, parametersOf(ctx));
      const grantType = ctx.oidc.params?.grant_type;
      const service = serviceOf(client);
      const resource = await resourceForService(app, { identifier, service, grantType });
      if (grantType === undefined || grantType === 'client_credentials')
        await checkScopes(app, ctx, resource);
      else await checkLevels(app, ctx, resource);
      return resourceServerOf(resource);
    },
  };
}

/** A resource as the library wants it told: JWT access tokens are signed with ES256 (RFC 9068). */
export function resourceServerOf(resource: Resource): ResourceServer {
  return {
    scope: resource.scopes.map(({ name }) => name).join(' '),
    audience: resource.identifier,
    accessTokenTTL: resource.tokenSeconds,
    accessTokenFormat: resource.tokenFormat,
    jwt: { sign: { alg: 'ES256' } },
  };
}

/** Whether the text may stand in an `error_description` (RFC 6749 §5.2); a stand-in otherwise. */
export function quotable(text: string): string {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(text) ? text : 'this value';
}

async function resourceForService(
  app: App,
  asked: { identifier: string; service: Service; grantType: unknown },
): Promise<Resource> {
  const { identifier, service, grantType } = asked;
  if (identifier === `${app.config.ISSUER}/oidc/userinfo`)
    throw new errors.InvalidTarget('resource: leave it out to get a token for userinfo');
  const resource = await resourceOf(app, identifier);
  if (resource && identifier === numberLookUps(app))
    return numberResourceFor(app, { resource, service, grantType });
  if (!resource?.services.includes(service.clientId))
    throw new errors.InvalidTarget(
      `resource: ${quotable(identifier)} is no resource that this service is registered for`,
    );
  return resource;
}

/** Every scope must be somebody's, and every resource be asked for something: a typing error is told, not dropped. */
async function checkScopes(app: App, ctx: KoaContextWithOIDC, resource: Resource): Promise<void> {
  const parameters = (ctx.oidc.params ?? {}) as ResourceParameters;
  const alone = ctx.oidc.params?.grant_type === 'client_credentials';
  const requested = await requestedResources(app, parameters);
  const asked = scopesIn(parameters);
  const offered = requested.flatMap(({ scopes }) =>
    scopes.filter(({ withoutPerson }) => !alone || withoutPerson).map(({ name }) => name),
  );
  const foreign = asked.find(
    (scope) => !offered.includes(scope) && (alone || !OF_OPENID.includes(scope)),
  );
  if (foreign !== undefined)
    throw new errors.InvalidScope(
      `scope: ${quotable(foreign)} is not among what the requested resource offers${alone ? ' without a person' : ''}: ${offered.join(', ')}`,
      foreign,
    );
  if (resource.identifier === numberLookUps(app)) refuseBeyondAgreement(resource, asked);
  const own = resource.scopes.map(({ name }) => name);
  if (asked.some((scope) => own.includes(scope))) return;
  if (ctx.oidc.params?.authorization_details !== undefined) return;
  throw new errors.InvalidScope(
    `scope: name at least one scope of ${quotable(resource.identifier)}: ${own.filter((name) => offered.includes(name)).join(', ')}`,
    asked.join(' '),
  );
}

const OF_OPENID: readonly string[] = ['openid', 'offline_access', ...SCOPE_NAMES];

/** Levels are those of now: what was enough at the sign-in may not be at a refresh. */
async function checkLevels(app: App, ctx: KoaContextWithOIDC, resource: Resource): Promise<void> {
  const accountId = AccountId.parse(ctx.oidc.account?.accountId);
  const aal = requestStoreOf(ctx)?.reads.aal ?? null;
  if (!accountId || aal === null) throw new Error('A token of nobody for a resource.');
  const { assurance } = await holderOf(ctx, app, accountId);
  if (meets(resource.minimum, { ial: assurance.ial, aal })) return;
  throw new errors.InvalidTarget(
    `resource: ${quotable(resource.identifier)} needs a sign-in with acr_values=${acrOf(resource.minimum, app.config.ACR_BASE)}`,
  );
}

function scopesIn({ scope }: ResourceParameters): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
}
