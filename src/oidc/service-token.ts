import { createHash } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { checkDpopReplay, validateDpop } from 'oidc-provider/lib/helpers/grants.js';
import type { Service } from '../agencies/service.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from '../web/context.ts';
import { clientCertificates } from './client-certificate.ts';
import type { OidcApp } from './create-oidc.ts';
import { DPOP_ALGS } from './sender-constraint.ts';
import { serviceOf } from './services.ts';

/** As much of the library's context as its checks of a token need. */
interface TokenContext {
  getAccessToken(options: { acceptDPoP: boolean; acceptQueryParam: boolean }): string;
  urlFor(): string;
}
type MakeContext = new (ctx: object) => TokenContext;

export interface ServiceToken {
  service: Service;
  scopes: ReadonlySet<string>;
}

/**
 * The live access token that a service got for itself for this API of ours (`client_credentials`, opaque), with its
 * binding to a DPoP key (RFC 9449 §7) or certificate (RFC 8705 §3) checked. Everything else ends the request:
 * `not_signed_in` (401) with the challenge of RFC 6750 §3 and where the API is described (RFC 9728 §5.1).
 */
export async function requireServiceToken(
  ctx: Context,
  app: OidcApp,
  resource: string,
): Promise<ServiceToken> {
  try {
    return await readToken(ctx, app, resource);
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    challenge(ctx, app, { resource, error });
    throw new Fault('not_signed_in', { detail: error.error_description ?? error.message });
  }
}

async function readToken(ctx: Context, app: OidcApp, resource: string): Promise<ServiceToken> {
  const { provider } = app.oidc;
  const { OIDCContext } = provider as unknown as { OIDCContext: MakeContext };
  const context = new OIDCContext(ctx);
  // The address that a proof of possession must name.
  context.urlFor = () => `${app.config.ISSUER}${ctx.path}`;
  const checked = Object.assign(ctx, { oidc: context }) as unknown as KoaContextWithOIDC;
  const value = context.getAccessToken({ acceptDPoP: true, acceptQueryParam: false });
  const proof = await validateDpop(provider, checked, value);
  const token = await provider.ClientCredentials.find(value);
  // The library leaves an opaque token's end to whoever asks.
  if (!token || token.isExpired || token.aud !== resource)
    throw new errors.InvalidToken('no live token for this resource');
  if (!isBoundTo(token, { proof, certificate: thumbprintOf(ctx, app) }))
    throw new errors.InvalidToken('the token is bound to a key that this request does not prove');
  await checkDpopReplay(provider, checked, proof, String(token.clientId), errors.InvalidToken);
  const client = await provider.Client.find(String(token.clientId));
  if (!client) throw new errors.InvalidToken('the service is suspended or gone');
  const scopes = new Set((token.scope ?? '').split(' ').filter(Boolean));
  return { service: serviceOf(client), scopes };
}

type ClientCredentials = InstanceType<KoaContextWithOIDC['oidc']['provider']['ClientCredentials']>;

function isBoundTo(
  token: ClientCredentials,
  by: { proof: { thumbprint: string } | undefined; certificate: string | null },
): boolean {
  if ((token.jkt ?? undefined) !== by.proof?.thumbprint) return false;
  const bound = token['x5t#S256'];
  return bound === undefined || bound === by.certificate;
}

function thumbprintOf(ctx: Context, { config }: OidcApp): string | null {
  const certificate = config.mutualTls ? clientCertificates(config).of(ctx) : undefined;
  return certificate ? createHash('sha256').update(certificate.raw).digest('base64url') : null;
}

function challenge(
  ctx: Context,
  app: OidcApp,
  given: { resource: string; error: InstanceType<typeof errors.OIDCProviderError> },
): void {
  const { resource, error } = given;
  const path = resource.slice(app.config.ISSUER.length);
  const isNone = ctx.get('authorization') === '';
  const scheme =
    ctx.get('dpop') !== '' || /dpop/i.test(error.error_description ?? '') ? 'DPoP' : 'Bearer';
  const members = [
    `realm="${app.config.ISSUER}"`,
    ...(isNone ? [] : [`error="${error.error}"`]),
    ...(scheme === 'DPoP' ? [`algs="${DPOP_ALGS.join(' ')}"`] : []),
    `resource_metadata="${app.config.ISSUER}/.well-known/oauth-protected-resource${path}"`,
  ];
  ctx.set('www-authenticate', `${scheme} ${members.join(', ')}`);
}

/** Ends the request where the token lacks every one of the scopes (RFC 6750 §3.1, `insufficient_scope`). */
export function refuseScope(ctx: Context, scopes: readonly string[], detail: string): never {
  ctx.set('www-authenticate', `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`);
  throw new Fault('not_allowed', { detail });
}
