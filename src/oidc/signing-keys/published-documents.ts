import { createHash } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { App } from '../../lib/app.ts';
import { addSeconds } from '../../lib/clock.ts';
import type { Context } from '../../web/context.ts';
import { refreshDetailTypes } from '../authorization-details.ts';
import type { KeysApp } from './provider-keys.ts';

const JWKS = '/oidc/jwks';
const DOCUMENTS =
  /^\/(?:oidc\/jwks|\.well-known\/(?:openid-configuration|oauth-authorization-server))$/;

/** Our public keys and metadata: the same for everybody until keys change. */
export const isDocument = (ctx: Context): boolean =>
  (ctx.method === 'GET' || ctx.method === 'HEAD') && DOCUMENTS.test(ctx.path);

interface Document {
  body: string;
  type: string;
  etag: string;
}

/**
 * Serves them from memory, with how long they may be kept (RFC 9111) and a tag that answers 304. The first time under given
 * keys the library writes them.
 */
export function documentServer(
  app: Pick<App, 'config' | 'clock' | 'db'> & Pick<KeysApp, 'providerKeys'>,
) {
  const documents = new WeakMap<Provider, Map<string, Document>>();
  return async (
    ctx: Context,
    from: { provider: Provider },
    write: () => Promise<void>,
  ): Promise<void> => {
    const known = documents.get(from.provider) ?? new Map<string, Document>();
    documents.set(from.provider, known);
    const lists = ctx.path === JWKS ? '' : await refreshDetailTypes(app);
    const name = `${ctx.path} ${lists}`;
    const document = known.get(name) ?? (await writeDocument(ctx, write));
    if (document === null) return;
    known.set(name, document);
    ctx.status = 200;
    ctx.type = document.type;
    ctx.body = document.body;
    ctx.etag = document.etag;
    ctx.set('cache-control', cacheControl(app));
    // For every page of every origin alike, so that shared caches keep one copy.
    ctx.set('access-control-allow-origin', '*');
    ctx.remove('vary');
    if (hasIt(ctx, document.etag)) ctx.status = 304;
  };
}

/** If-None-Match (RFC 9110 §13.1.2). Koa's own answer goes by `Cache-Control: no-cache` too, which fetch() adds. */
function hasIt(ctx: Context, etag: string): boolean {
  const tags = ctx.get('if-none-match').split(',');
  return tags.some((tag) => [etag, '*'].includes(tag.trim().replace(/^W\//, '')));
}

/** A node that could not read the keys lately may not know a new one: nobody is to keep what it says. */
function cacheControl(app: Pick<App, 'config' | 'clock'> & Pick<KeysApp, 'providerKeys'>): string {
  const { JWKS_MAX_AGE_SECONDS, KEY_MARGIN_SECONDS } = app.config;
  const heldUntil = addSeconds(app.providerKeys.readAt(), KEY_MARGIN_SECONDS);
  if (heldUntil < app.clock.now()) return 'no-cache';
  return `public, max-age=${JWKS_MAX_AGE_SECONDS}, must-revalidate`;
}

async function writeDocument(ctx: Context, write: () => Promise<void>): Promise<Document | null> {
  const { method } = ctx;
  ctx.method = 'GET';
  await write();
  ctx.method = method;
  if (ctx.status !== 200) return null;
  const body = JSON.stringify(ctx.body, withoutEmptyLists);
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, type: ctx.response.get('content-type'), etag: `"${digest}"` };
}

/** "Claims with zero elements MUST be omitted from the response" (RFC 8414 §3.2, Discovery §4.2). */
function withoutEmptyLists(_name: string, value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
