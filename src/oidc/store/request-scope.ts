import type { App } from '../../lib/app.ts';
import { digestToken } from '../../lib/blind-index.ts';
import type { Session } from '../../web/sessions.ts';
import type { BrowserBundle, BrowserNames } from './browser-store.ts';
import type { PayloadSeal } from './payload-seal.ts';

export type Payload = Record<string, unknown>;

/** Who a request comes from, as far as the store must know. */
export interface RequestScope {
  app: App;
  seal: PayloadSeal;
  /** Our own live session of this browser. */
  web: Session | null;
  /** The service that the request names, to bring its grant along with the session. */
  serviceId: string | null;
  /** What was read of this browser before the library asked; absent for programs. */
  ahead?: { names: BrowserNames; bundle: Promise<BrowserBundle> };
}

/** The values of codes, tokens and cookies are secrets: the tables know their keyed digests only. */
export function digestOf(scope: RequestScope, value: string): Buffer {
  return digestToken(scope.app.keys.tokenDigestKey, value);
}

/** Where a payload stands: bound into its encryption. */
export const PLACES = {
  token: (idDigest: Buffer) => `oidc_tokens ${idDigest.toString('hex')}`,
  pushed: (idDigest: Buffer) => `oidc_pushed_requests ${idDigest.toString('hex')}`,
  session: (uid: string) => `oidc_sessions ${uid}`,
  interaction: (uid: string) => `oidc_interactions ${uid}`,
  polled: (table: string, idDigest: Buffer) => `${table} ${idDigest.toString('hex')}`,
} as const;

/** A field of a payload that must be text. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('A payload lacks a name that it must have.');
  return value;
}
