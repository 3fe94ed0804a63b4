import type { Middleware } from 'koa';
import { EMPTY_BODY } from './body.ts';
import { readCookie, setCookie } from './cookies.ts';
import type { Context, State, WebApp } from './context.ts';
import { chooseLanguage } from './languages.ts';
import { readSessions } from './sessions.ts';
import { networkList } from '../lib/network-address.ts';

/**
 * What our public address is comes from ISSUER, never from the request: Host and X-Forwarded-* of a stranger
 * change nothing. The client's address counts only as many proxies as TRUSTED_PROXIES says, and only from who
 * TRUSTED_PROXY_NETWORKS names.
 */
export function pinAddress(app: WebApp): Middleware {
  const { config } = app;
  const issuer = new URL(config.ISSUER);
  const isProxy =
    config.TRUSTED_PROXY_NETWORKS.length === 0
      ? () => config.TRUSTED_PROXIES > 0
      : networkList(config.TRUSTED_PROXY_NETWORKS);
  return (ctx, next) => {
    const peer = ctx.req.socket.remoteAddress ?? '';
    ctx.req.headers.host = issuer.host;
    delete ctx.req.headers['x-forwarded-host'];
    ctx.req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
    if (config.TRUSTED_PROXIES === 0 || !isProxy(peer)) ctx.req.headers['x-forwarded-for'] = peer;
    ctx.req.url = pathOf(ctx.req.url ?? '/');
    return next();
  };
}

/** The path and query of a request target, whatever host its absolute form names (RFC 9112 §3.2.2). */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const url = URL.parse(target);
  return url ? `${url.pathname}${url.search}` : '/';
}

/** For answers that no browser shows: nothing of them may load, run or be framed. */
const FOR_PROGRAMS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** Headers of every answer, and the request's own name and nonce. `isForPrograms`: whether an address is no page. */
export function secureHeaders(
  app: WebApp,
  isForPrograms: (path: string) => boolean = () => false,
): Middleware<State> {
  const transport = app.config.secureCookies
    ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }
    : {};
  return (ctx, next) => {
    ctx.state.requestId = app.random.token(9);
    ctx.state.nonce = '';
    ctx.state.lang = 'en';
    ctx.state.body = EMPTY_BODY;
    ctx.state.params = {};
    ctx.state.sessions = { subscriber: null, officer: null };
    ctx.state.browserId = '';
    const requestId = { 'x-request-id': ctx.state.requestId };
    if (isForPrograms(ctx.path)) {
      ctx.set({ ...FOR_PROGRAMS, ...transport, ...requestId });
      return next();
    }
    ctx.state.nonce = app.random.token(16);
    ctx.set({
      'content-security-policy': contentPolicy(app, ctx.state.nonce),
      'x-content-type-options': 'nosniff',
      // Not no-referrer: browsers then send `Origin: null` with our own forms.
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy':
        'camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), geolocation=(), microphone=()',
      ...transport,
      ...requestId,
    });
    return next();
  };
}

/**
 * form-action also rules the redirects after a post, and a consent ends at an agency of any host:
 * https anywhere, and loopback in the sandbox.
 */
function contentPolicy(app: WebApp, nonce: string): string {
  const agencies = app.config.sandbox ? 'https: http://127.0.0.1:* http://localhost:*' : 'https:';
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self' ${agencies}`,
  ].join('; ');
}

/** Reads language, browser name and sessions from the cookies. */
export function readBrowser(app: WebApp): Middleware<State> {
  return async (koaCtx, next) => {
    const ctx = koaCtx as Context;
    const language = chooseLanguage({
      query: ctx.query.lang,
      cookie: readCookie(ctx, app, 'lang'),
      acceptLanguage: ctx.get('accept-language'),
    });
    ctx.state.lang = language.lang;
    if (language.keep) setCookie(ctx, app, 'lang', language.lang, 365 * 86400);
    const known = readCookie(ctx, app, 'browser');
    ctx.state.browserId = known && /^[\w-]{22,64}$/.test(known) ? known : app.random.token(24);
    if (ctx.state.browserId !== known) setCookie(ctx, app, 'browser', ctx.state.browserId);
    ctx.state.sessions = await readSessions(ctx, app);
    await next();
  };
}

/** One line and one measure a request: method, route, status, duration. No path values, no query: they carry codes and ids. */
export function logRequests(app: WebApp): Middleware<State> {
  return async (ctx, next) => {
    const startedAt = performance.now();
    await next();
    const { method, status } = ctx;
    const matched = (ctx as { _matchedRoute?: unknown })._matchedRoute;
    const route = typeof matched === 'string' ? matched : null;
    const ms = performance.now() - startedAt;
    app.metrics.countAnswer({ method, route, status, seconds: ms / 1000 });
    const { requestId } = ctx.state;
    app.log.info({ requestId, method, route, status, ms: Math.round(ms) }, 'request');
  };
}
