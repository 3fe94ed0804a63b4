import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Service } from '../agencies/service.ts';
import { acrOf } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from '../web/context.ts';
import { SCOPE_NAMES } from './claims.ts';
import { ownApi, ownApiMetadata } from './own-api.ts';
import { resourceOf } from './resources.ts';
import { stepUpChallenge } from './step-up-challenge.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const USERINFO = '/oidc/userinfo';

/**
 * GET /.well-known/oauth-protected-resource/…: the metadata of RFC 9728, at the address that §3.1 derives from the
 * resource: of userinfo, of our own API for services, and of any registered resource that lives at our own address.
 */
export async function showResourceMetadata(ctx: Context, app: App): Promise<void> {
  const { ISSUER } = app.config;
  const path = ctx.path.slice(WELL_KNOWN.length);
  const metadata =
    path === USERINFO ? userinfoMetadata(app) : await registeredMetadata(app, `${ISSUER}${path}`);
  if (!metadata) throw new Fault('not_found');
  ctx.set('cache-control', 'public, max-age=300');
  ctx.set('access-control-allow-origin', '*');
  ctx.body = metadata;
}

function userinfoMetadata({ config }: App): Record<string, unknown> {
  return {
    resource: `${config.ISSUER}${USERINFO}`,
    authorization_servers: [config.ISSUER],
    scopes_supported: ['openid', ...SCOPE_NAMES],
    bearer_methods_supported: ['header', 'body'],
    resource_name: 'Tangchat ID userinfo',
    'resource_name#th': 'ข้อมูลผู้ใช้ ต่างชาติ ID',
    resource_documentation: `${config.ISSUER}/help`,
  };
}

async function registeredMetadata(
  app: App,
  identifier: string,
): Promise<Record<string, unknown> | null> {
  if (identifier === ownApi(app)) return ownApiMetadata(app);
  const resource = await resourceOf(app, identifier);
  if (!resource) return null;
  return {
    resource: identifier,
    authorization_servers: [app.config.ISSUER],
    scopes_supported: resource.scopes.map(({ name }) => name),
    bearer_methods_supported: ['header'],
    resource_name: resource.name.en,
    'resource_name#th': resource.name.th,
    ...(resource.detailTypes.length > 0
      ? { authorization_details_types_supported: resource.detailTypes.map(({ type }) => type) }
      : {}),
  };
}

/** At userinfo: the token stands, but the service's own demand is no longer met. The person signs in again (RFC 9470). */
class InsufficientAuthentication extends errors.CustomOIDCProviderError {
  readonly acrValues: string;

  constructor(acrValues: string) {
    super('insufficient_user_authentication', 'a higher level of assurance is required');
    this.acrValues = acrValues;
    this.status = 401;
    this.statusCode = 401;
  }
}

/** Takes the service whose least levels are not met any more. */
export function insufficientAuthentication(app: Pick<App, 'config'>, service: Service): Error {
  return new InsufficientAuthentication(acrOf(service.demands.minimum, app.config.ACR_BASE));
}

/** Completes `WWW-Authenticate` at userinfo: where its metadata is (RFC 9728 §5.1), and what a step-up must reach. */
export function challengeAtUserinfo(app: App, provider: Provider): void {
  const metadata = `resource_metadata="${app.config.ISSUER}${WELL_KNOWN}${USERINFO}"`;
  provider.on('userinfo.error', (ctx: KoaContextWithOIDC, error: Error) => {
    if (ctx.status !== 401) return;
    if (error instanceof InsufficientAuthentication) {
      const answer = stepUpChallenge({}, { acrValues: [error.acrValues] }, app.clock.now());
      if (!answer.ok) ctx.set('www-authenticate', `${answer.wwwAuthenticate}, ${metadata}`);
      return;
    }
    const challenges = [ctx.response.get('www-authenticate') as string | string[]].flat();
    ctx.set(
      'www-authenticate',
      challenges.filter(Boolean).map((challenge) => `${challenge}, ${metadata}`),
    );
  });
}
