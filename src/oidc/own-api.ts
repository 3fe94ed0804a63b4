import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import type { App } from '../lib/app.ts';

/** Scopes of our own API for services (CAEP Interoperability Profile 1.0 §2.5.2): streams, and reading alone. */
export const OWN_SCOPES = ['ssf.manage', 'ssf.read'] as const;
export type OwnScope = (typeof OWN_SCOPES)[number];

const TOKEN_SECONDS = 600;

/** The resource indicator of our own API: what a service names to get a token for it, and the audience of that. */
export function ownApi(app: Pick<App, 'config'>): string {
  return `${app.config.ISSUER}/ssf`;
}

/**
 * Our own API as the library wants a resource told. Every service that may use client credentials gets tokens for it,
 * by itself and never for a person: what it reaches there is its own.
 */
export function ownResourceServer(
  app: Pick<App, 'config'>,
  parameters: { grant_type?: unknown; scope?: unknown },
): ResourceServer {
  if (parameters.grant_type !== 'client_credentials')
    throw new errors.InvalidTarget(
      `resource: ${ownApi(app)} is for services by themselves, with client_credentials`,
    );
  const asked =
    typeof parameters.scope === 'string' ? parameters.scope.split(' ').filter(Boolean) : [];
  const offered: readonly string[] = OWN_SCOPES;
  if (asked.length === 0 || asked.some((scope) => !offered.includes(scope)))
    throw new errors.InvalidScope(
      `scope: name one or more of ${OWN_SCOPES.join(', ')}`,
      asked.join(' '),
    );
  return {
    scope: OWN_SCOPES.join(' '),
    audience: ownApi(app),
    accessTokenTTL: TOKEN_SECONDS,
    accessTokenFormat: 'opaque',
  };
}

/** RFC 9728 §2. */
export function ownApiMetadata(app: Pick<App, 'config'>): Record<string, unknown> {
  return {
    resource: ownApi(app),
    authorization_servers: [app.config.ISSUER],
    jwks_uri: `${app.config.ISSUER}/oidc/jwks`,
    scopes_supported: [...OWN_SCOPES],
    bearer_methods_supported: ['header'],
    resource_name: 'Tangchat ID events',
    'resource_name#th': 'เหตุการณ์ของ ต่างชาติ ID',
    resource_documentation: `${app.config.ISSUER}/help`,
  };
}

/** For the configuration's use: what the token request of this context asks. */
export function parametersOf(ctx: KoaContextWithOIDC): { grant_type?: unknown; scope?: unknown } {
  return ctx.oidc.params ?? {};
}
