import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Koa from 'koa';
import type { Context } from 'koa';
import type { Lang } from '../../../views/ui.ts';
import type { Random } from '../../lib/random.ts';
import { LEVELS } from './agencies.ts';
import { AgencySessions } from './agency-sessions.ts';
import type { AgencySession, SignedIn } from './agency-sessions.ts';
import { oidcClient } from './oidc-client.ts';
import type { CallbackResult, OidcClient } from './oidc-client.ts';
import { errorPage, memberPage, notFoundPage, startPage } from './pages.ts';
import type { Frame } from './pages.ts';
import type { DemoClient } from './register-demo-agencies.ts';

interface Agency {
  client: DemoClient;
  issuer: string;
  oidc: OidcClient;
  sessions: AgencySessions;
  random: Random;
}

/** A relying agency as any could be built: plain Koa and a certified OpenID client, no code of ours. */
export function createDemoAgency(options: {
  issuer: string;
  client: DemoClient;
  random: Random;
}): Koa {
  const { issuer, client, random } = options;
  const agency: Agency = {
    client,
    issuer,
    random,
    oidc: oidcClient(issuer, client),
    sessions: new AgencySessions(`demo_${client.agency.key}`, random),
  };
  const koa = new Koa();
  koa.silent = true;
  koa.use((ctx) => route(ctx, agency));
  return koa;
}

async function route(ctx: Context, agency: Agency): Promise<void> {
  const frame = openFrame(ctx, agency);
  try {
    await dispatch(ctx, agency, frame);
  } catch (error) {
    ctx.status = 502;
    const code = error instanceof Error ? error.name : 'unknown';
    ctx.body = errorPage(frame, { error: 'provider_unreachable', description: code });
  }
}

async function dispatch(ctx: Context, agency: Agency, frame: Frame): Promise<void> {
  const { sessions } = agency;
  const session = sessions.find(ctx);
  switch (`${ctx.method} ${ctx.path}`) {
    case 'GET /':
      ctx.body = session?.signedIn ? memberPage(frame, session.signedIn) : startPage(frame);
      return;
    case 'GET /sign-in':
      return beginSignIn(ctx, agency);
    case 'GET /initiate-login':
      // OIDC Core §4: only the provider that we know may send people here to sign in.
      if (ctx.query.iss !== agency.issuer) return ctx.redirect('/');
      return beginSignIn(ctx, agency);
    case 'GET /callback':
      return finishSignIn(ctx, agency, { frame, session });
    case 'POST /refresh':
      return again(ctx, agency, { frame, session, ask: (person) => agency.oidc.refresh(person) });
    case 'POST /userinfo':
      return again(ctx, agency, { frame, session, ask: (person) => agency.oidc.userinfo(person) });
    case 'POST /sign-out':
      return signOut(ctx, agency, session);
    default:
      if (/^GET \/fonts\/(thai|latin)-(400|600)\.woff2$/.test(`${ctx.method} ${ctx.path}`))
        return sendFont(ctx);
      ctx.status = 404;
      ctx.body = notFoundPage(frame);
  }
}

function openFrame(ctx: Context, { client, issuer, random }: Agency): Frame {
  const nonce = random.token(16);
  ctx.set({
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${issuer}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  ctx.type = 'text/html; charset=utf-8';
  const asked = ctx.query.lang ?? ctx.cookies.get('demo_lang');
  const lang: Lang = asked === 'th' || asked === 'en' ? asked : languageOf(ctx);
  if (ctx.query.lang === lang) ctx.cookies.set('demo_lang', lang, { sameSite: 'lax' });
  return { agency: client.agency, lang, nonce };
}

const languageOf = (ctx: Context): Lang =>
  ctx.acceptsLanguages('en', 'th') === 'th' ? 'th' : 'en';

async function beginSignIn(ctx: Context, { client, oidc, sessions }: Agency): Promise<void> {
  const acr = LEVELS.find((level) => level === ctx.query.acr);
  const level = acr ? { acr, insist: ctx.query.insist === 'yes' } : client.agency.level;
  const { url, pending } = await oidc.begin(level);
  sessions.begin(ctx, { pending, signedIn: null });
  ctx.status = 303;
  ctx.redirect(url.href);
}

async function finishSignIn(
  ctx: Context,
  agency: Agency,
  { frame, session }: { frame: Frame; session: AgencySession | null },
): Promise<void> {
  if (!session?.pending) return ctx.redirect('/');
  const { pending } = session;
  // Used once, whatever comes of it.
  session.pending = null;
  const current = new URL(`${ctx.path}${ctx.search}`, agency.client.url);
  const result = await agency.oidc.finish(current, pending);
  if (result.ok) agency.sessions.begin(ctx, { pending: null, signedIn: result.signedIn });
  answer(ctx, frame, result);
}

/** Asks the provider again on behalf of the person; a refusal ends the session here. */
async function again(
  ctx: Context,
  agency: Agency,
  input: {
    frame: Frame;
    session: AgencySession | null;
    ask(person: SignedIn): Promise<CallbackResult>;
  },
): Promise<void> {
  const { session, frame } = input;
  if (!isOwnPost(ctx) || !session?.signedIn) return ctx.redirect('/');
  const result = await input.ask(session.signedIn);
  if (result.ok) session.signedIn = result.signedIn;
  else agency.sessions.end(ctx);
  answer(ctx, frame, result);
}

function answer(ctx: Context, frame: Frame, result: CallbackResult): void {
  if (result.ok) {
    ctx.status = 303;
    ctx.redirect('/');
    return;
  }
  ctx.status = 403;
  ctx.body = errorPage(frame, result.failure);
}

async function signOut(ctx: Context, agency: Agency, session: AgencySession | null): Promise<void> {
  if (!isOwnPost(ctx) || !session?.signedIn) return ctx.redirect('/');
  const to = await agency.oidc.signOutUrl(session.signedIn);
  agency.sessions.end(ctx);
  ctx.status = 303;
  ctx.redirect(to.href);
}

function isOwnPost(ctx: Context): boolean {
  const site = ctx.get('sec-fetch-site');
  return site === '' || site === 'same-origin';
}

/** Not every machine has letters for Thai. */
async function sendFont(ctx: Context): Promise<void> {
  const [, script, weight] = /(thai|latin)-(400|600)/.exec(ctx.path)!;
  const family = script === 'thai' ? 'noto-sans-thai' : 'noto-sans';
  const name = `@fontsource/${family}/files/${family}-${script}-${weight}-normal.woff2`;
  ctx.set('cache-control', 'max-age=86400');
  ctx.type = 'font/woff2';
  ctx.body = await readFile(fileURLToPath(import.meta.resolve(name)));
}
