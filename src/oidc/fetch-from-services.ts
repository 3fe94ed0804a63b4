import type { App } from '../lib/app.ts';
import { callOutbound } from '../lib/outbound-http.ts';
import type { OutboundAnswer } from '../lib/outbound-http.ts';

/** Key sets are small; a service with more than this has something else there. */
const MAX_RESPONSE_BYTES = 64 * 1024;
const TOTAL_TIMEOUT_MS = 2500;
/** A new key of a service counts within this time; an old one that it took away, no longer than this. */
const FRESH_SECONDS = 60;
/** An address that does not answer is not asked again at each request that comes with its client id. */
const FAILED_SECONDS = 5;
const REMEMBERED = 2000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

type Fetch = (url: string | URL, options: RequestInit) => Promise<Response>;
type Answered = Extract<OutboundAnswer, { ok: true }>;

interface Remembered {
  answer: Promise<Answered>;
  /** Milliseconds of our clock. */
  until: number;
}

/**
 * The library's `fetch`: what it asks or tells servers of services (`jwks_uri`, logout, CIBA pings). Only public
 * addresses over https, looked up once and connected to as looked up, no redirect, bounded in time and size. Loopback
 * only in the sandbox and where OUTBOUND_LOOPBACK says so. Key sets are remembered for a minute, over all requests.
 */
export function fetchFromServices(app: Pick<App, 'config' | 'clock'>): Fetch {
  const remembered = new Map<string, Remembered>();
  const ask = async (url: string, options: RequestInit): Promise<Answered> => {
    const answer = await callOutbound({ ...toRequest(url, options), ...reach(app, url) });
    if (answer.ok) return answer;
    // What a service says to a notice does not matter, only that it took it.
    if (options.method === 'POST' && answer.status !== undefined && answer.status < 300)
      return { ok: true, status: answer.status, contentType: '', headers: {}, body: NOTHING };
    throw new TypeError(`The service's server: ${answer.reason}`);
  };
  const askOnce = (url: string, options: RequestInit): Promise<Answered> => {
    const now = app.clock.now().getTime();
    const known = remembered.get(url);
    if (known && now < known.until) return known.answer;
    const entry: Remembered = { answer: ask(url, options), until: now + FRESH_SECONDS * 1000 };
    const failed = () => {
      entry.until = Math.min(entry.until, app.clock.now().getTime() + FAILED_SECONDS * 1000);
    };
    entry.answer.then(({ status }) => status !== 200 && failed(), failed);
    if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value!);
    remembered.delete(url);
    remembered.set(url, entry);
    return entry.answer;
  };
  return async (url, options) => {
    const address = String(url);
    const isPost = options.method === 'POST';
    const { status, headers, body } = await (isPost
      ? ask(address, options)
      : askOnce(address, options));
    // Without its own lifetime: how long it counts is said here, once.
    const { 'content-type': type = '' } = headers;
    const empty = status === 204 || status === 304;
    return new Response(empty ? null : new Uint8Array(body), {
      status,
      headers: { 'content-type': type },
    });
  };
}

const NOTHING = Buffer.alloc(0);

function toRequest(url: string, options: RequestInit) {
  const headers = Object.fromEntries(new Headers(options.headers));
  // The library names no agent; a header without a value is none.
  delete headers['user-agent'];
  delete headers.accept;
  const body = options.body === undefined || options.body === null ? null : textOf(options.body);
  return {
    url,
    method: options.method === 'POST' ? ('POST' as const) : ('GET' as const),
    headers,
    ...(body === null ? {} : { body }),
    totalTimeoutMs: TOTAL_TIMEOUT_MS,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    acceptTypes: ['application/jwk-set+json', 'application/json'],
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('The library sends forms and JSON only.');
}

/** Whether an address of a service may be on this machine, and without TLS: in the sandbox, where OUTBOUND_LOOPBACK says so. */
export function reach(app: Pick<App, 'config'>, url: string) {
  const mayLoopback = app.config.sandbox && app.config.OUTBOUND_LOOPBACK === 'yes';
  const isLoopback = mayLoopback && LOOPBACK.test(URL.parse(url)?.hostname ?? '');
  return { allowPrivate: isLoopback, allowPlainHttp: isLoopback };
}
