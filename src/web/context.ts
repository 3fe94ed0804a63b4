import type { ParameterizedContext } from 'koa';
import type { Ui } from '../../views/ui.ts';
import type { RequestBody } from './body.ts';
import type { Session, SessionKind } from './session-store.ts';

/** What our middleware puts on each request. */
export interface State {
  /** Names this request in the log and on an error page. */
  requestId: string;
  /** Allows this page's own script elements (CSP). */
  nonce: string;
  /** Random name of this browser, for CSRF tokens and rate limits before sign-in. */
  browserId: string;
  sessions: Record<SessionKind, Session | null>;
  /** Language, translator, tokens: what a view may know of the request. */
  ui: Ui;
  /** Path parameters of the matched route. */
  params: Record<string, string>;
  /** The parsed body of a form or JSON post. */
  body: RequestBody;
}

export type Context = ParameterizedContext<State>;
