import Provider from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Middleware } from 'koa';
import { Fault } from '../lib/fault.ts';
import type { Context, State, WebApp } from '../web/context.ts';
import { endSession } from '../web/sessions.ts';
import { openRequestStore } from './store/request-store.ts';
import type { RequestStore } from './store/request-store.ts';
import { auditIssued } from './audit-issued.ts';
import { denyUserCodes } from './ciba/backchannel-feature.ts';
import { guardDevice } from './device-flow/guard-device.ts';
import { tellPollInterval } from './device-flow/poll-interval.ts';
import { beginFromOurSession } from './begin-session.ts';
import { createConfiguration } from './configuration.ts';
import { createPayloadSeal } from './store/payload-seal.ts';
import { takePosted } from './posted-request.ts';
import { challengeAtUserinfo } from './protected-resource.ts';
import { aheadOf, readAhead, serviceNamed } from './read-ahead.ts';
import { readNamed } from './read-named.ts';
import { dropRefusalStacks } from './refusal-stacks.ts';
import { sweeper } from './remove-expired.ts';
import { createCurrentProvider } from './signing-keys/current-provider.ts';
import type { KeysApp } from './signing-keys/provider-keys.ts';
import { documentServer, isDocument } from './signing-keys/published-documents.ts';
import { explainError, rememberErrorDetails } from './explain-errors.ts';
import { serveServices } from './services.ts';
import { tellServicesLater } from './sign-out-notices/tell-services.ts';
import { registerTokenExchange } from './token-exchange.ts';
import { refuseMalformed } from './well-formed-request.ts';

/** What our pages need of the library. */
export interface Oidc {
  /** The library as it is now: built anew where keys change, so take it once a request and keep it no longer. */
  readonly provider: Provider;
  /** Whether an address is one that programs call. */
  isForPrograms(this: void, path: string): boolean;
  /** Endpoints that programs call: no cookie is read or set. */
  machineEndpoints: Middleware<State>;
  /** Reads what those below will ask of a browser, our own session included, in one statement: before sessions are read. */
  readAhead: Middleware<State>;
  /** Endpoints that browsers visit: behind our own sessions. */
  browserEndpoints: Middleware<State>;
}

export type OidcApp = WebApp & KeysApp & { oidc: Oidc };

const MACHINE =
  /^\/(?:oidc\/(?:token|userinfo|jwks|revocation|introspection|request|device-authorization|backchannel-authentication)|\.well-known\/(?:openid-configuration|oauth-authorization-server))$/;
const AUTHORIZATION = '/oidc/auth';
const BROWSER = /^\/(?:oidc\/(?:auth|sign-out)|device)(?:\/|$)/;

/** Builds the OpenID provider. It reads nothing and opens nothing until the first request. */
export function createOidc(app: WebApp & KeysApp): Oidc {
  const seal = createPayloadSeal(app);
  const configuration = createConfiguration(app, seal);
  const current = createCurrentProvider(app, configuration, (keyed) => makeProvider(app, keyed));
  const serveDocument = documentServer(app);
  const sweep = sweeper(app);
  const serve = async (ctx: Context) => {
    if (ctx.method === 'POST' && ctx.path === AUTHORIZATION) return takePosted(app, ctx);
    if (ctx.method === 'GET' && BROWSER.test(ctx.path)) {
      if (await refuseMalformed(app, ctx, new URLSearchParams(ctx.querystring))) return;
    }
    await guardDevice(ctx, app);
    const from = current.take(ctx);
    if (isDocument(ctx))
      return serveDocument(ctx, from, async () => {
        await withLibraryCookies(from.provider, ctx);
        denyUserCodes(ctx);
      });
    sweep();
    const store = openRequestStore(ctx, {
      app,
      seal,
      web: ctx.state.sessions.subscriber,
      serviceId: serviceNamed(ctx),
      ...aheadOf(ctx),
    });
    await readNamed(ctx, store);
    await withLibraryCookies(from.provider, ctx);
    from.settle();
    await finish(ctx, store);
    // An empty answer is no text: some clients refuse a type that they did not ask for (revocation).
    if (ctx.body === '') ctx.remove('content-type');
    explainError(ctx, app);
    for (const act of store.afterwards) await act();
    await endOursToo(app, ctx);
  };
  return {
    get provider() {
      return current.provider();
    },
    isForPrograms: (path) => MACHINE.test(path),
    machineEndpoints: mount(MACHINE, serve),
    readAhead: readAhead(app, seal, () => current.provider().cookieName('session')),
    browserEndpoints: mount(BROWSER, serve),
  };
}

/** The library with all that we hang on it: a service register, an audit trail, a log. */
function makeProvider(app: WebApp, configuration: Configuration): Provider {
  const provider = new Provider(app.config.ISSUER, configuration);
  // Behind proxies as our own server is (web/middleware.ts pins what they may say).
  provider.proxy = true;
  serveServices(app, provider);
  dropRefusalStacks();
  registerTokenExchange(app, provider);
  challengeAtUserinfo(app, provider);
  beginFromOurSession(provider);
  auditIssued(provider);
  tellServicesLater(app, provider);
  rememberErrorDetails(provider);
  tellPollInterval(provider);
  provider.on('server_error', (ctx, error) => {
    const { requestId } = (ctx as unknown as Context).state;
    app.log.error({ err: error, requestId }, 'the OpenID library failed');
  });
  return provider;
}

function mount(paths: RegExp, serve: (ctx: Context) => Promise<void>): Middleware<State> {
  return (ctx, next) => (paths.test(ctx.path) ? serve(ctx) : next());
}

const nothing = () => Promise.resolve();

/** The library signs its cookies with keys of its own; ours carry random tokens and are not signed. */
async function withLibraryCookies(provider: Provider, ctx: Context): Promise<void> {
  const [endpoints] = provider.middleware;
  // Programs have none.
  if (MACHINE.test(ctx.path)) return endpoints!(ctx, nothing);
  const own = ctx.cookies;
  ctx.cookies = provider.createContext(ctx.req, ctx.res).cookies;
  try {
    await endpoints!(ctx, nothing);
  } finally {
    ctx.cookies = own;
  }
}

/** Writes what the request recorded. The loser of a race for a code or token is told what any reuse is told. */
async function finish(ctx: Context, store: RequestStore): Promise<void> {
  const isToken = ctx.path === '/oidc/token';
  const outcome = await store.writes
    .flush({ failed: ctx.status >= 400 })
    .catch((error: unknown) => {
      // 23503: the grant was revoked in between, and what hangs on it can't be stored. (A consent that ended: `flush-store.ts`.)
      if ((error as { code?: string }).code === '23503') return 'replayed' as const;
      throw error;
    });
  if (outcome === 'done') return;
  if (!isToken) {
    // The library has sent the browser off with a code already that nobody stored.
    ctx.remove('location');
    throw new Fault('conflict');
  }
  ctx.status = 400;
  ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
}

/** Signing out at a service with "yes, everywhere" ends our own session too. */
async function endOursToo(app: WebApp, ctx: Context): Promise<void> {
  const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>;
  if (oidc?.route !== 'end_session_confirm' || oidc.params?.logout === undefined) return;
  if (ctx.status < 400) await endSession(ctx, app, 'subscriber', 'signed_out');
}
