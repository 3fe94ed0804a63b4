import type { ParameterizedContext } from 'koa';
import type { App } from '../lib/app.ts';
import type { Lang } from '../../views/ui.ts';
import type { Assets } from './assets.ts';
import type { RequestBody } from './body.ts';
import type { Languages } from './languages.ts';
import type { Metrics } from './metrics.ts';
import type { Session, SessionKind } from './session-store.ts';

/** What our middleware puts on each request. */
export interface State {
  /** Names this request in the log and on an error page. */
  requestId: string;
  /** Allows this page's own script elements (CSP). */
  nonce: string;
  lang: Lang;
  /** Random name of this browser, for CSRF tokens and rate limits before sign-in. */
  browserId: string;
  sessions: Record<SessionKind, Session | null>;
  /** Looks our session up by its cookie's digest, where a later domain reads it along with what is its own. */
  findSession?(this: void, digest: Buffer): Promise<Session | null>;
  /** Path parameters of the matched route. */
  params: Record<string, string>;
  /** The parsed body of a form or JSON post. */
  body: RequestBody;
}

export type Context = ParameterizedContext<State>;

/** What the pages need besides: their assets, and whose session it is (accounts knows; web comes before it). */
export interface PageParts {
  assets: Assets;
  languages: Languages;
  metrics: Metrics;
  describeSession(session: Session): Promise<{ displayName: string; roles: readonly string[] }>;
}

export type WebApp = App & PageParts;
export type Handler<A = WebApp> = (ctx: Context, app: A) => Promise<void>;

/** Who may call a route. `check` throws a Fault, or answers by itself and gives 'answered'. */
export interface Guard<A = WebApp> {
  name: string;
  /** `token`: a cookie speaks for the caller, so unsafe methods need our CSRF token. `none`: a bearer token does. */
  csrf: 'token' | 'none';
  check(ctx: Context, app: A): Promise<void | 'answered'>;
}
