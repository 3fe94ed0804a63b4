import type { Client, KoaContextWithOIDC } from 'oidc-provider';

/**
 * Whether a page of this origin may call our endpoints for a service by script (CORS): only pages at the origin of one of
 * the service's redirect addresses. Userinfo for all of them; tokens for public services alone, since a page that holds a
 * secret or a key of the service has shown it to everybody.
 */
export function mayCallByScript(
  ctx: KoaContextWithOIDC,
  origin: string | undefined,
  client: Client,
): boolean {
  // What frames and files without an origin send, and what addresses of native applications parse to.
  if (origin === undefined || origin === 'null') return false;
  if (ctx.oidc.route !== 'userinfo' && client.clientAuthMethod !== 'none') return false;
  return (client.redirectUris ?? []).some((address) => URL.parse(address)?.origin === origin);
}
