import { lookup as resolveHost } from 'node:dns';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './network-address.ts';

/** One bounded call to somebody else's server. */
export interface OutboundRequest {
  url: string;
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** From the first DNS question to the last byte: a server that drips a byte a second gets no more than this. */
  totalTimeoutMs: number;
  /** Counted as the bytes arrive; a declared length above it is refused before the first. */
  maxResponseBytes: number;
  /** Media types (without parameters, lower case) a 2xx answer may have; another is refused unread. */
  acceptTypes: readonly string[];
  /**
   * False for every URL that somebody outside can choose: the name's addresses must all be public, and the connection
   * goes to an address so checked (a second look-up could answer otherwise). True only for addresses from our own configuration.
   */
  allowPrivate: boolean;
  /** Whether `http:` may be used at all. Default false. */
  allowPlainHttp?: boolean;
  /** Mutual TLS and private certificate authorities, PEM. */
  tls?: { ca?: string; cert?: string; key?: string };
}

export type OutboundFailure =
  | 'bad_url'
  | 'forbidden_address'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'too_large'
  | 'redirect'
  | 'content_type'
  | 'broken';

export type OutboundAnswer =
  | {
      ok: true;
      status: number;
      /** The media type without its parameters, lower case; empty where none was sent. */
      contentType: string;
      headers: Readonly<Record<string, string>>;
      body: Buffer;
    }
  | {
      ok: false;
      reason: OutboundFailure;
      /** The HTTP status where one arrived. */
      status?: number;
      /** The system's error code, for a log. Never the URL or a body: either may hold personal data. */
      code?: string;
    };

type Settle = (answer: OutboundAnswer) => void;

/**
 * Makes one HTTP call and gives what came of it; never throws for what the other side does. No redirect is followed, no
 * compression accepted, no connection kept. Any status is an answer (`ok: true`) except 3xx; the media type is checked for 2xx.
 */
export function callOutbound(request: OutboundRequest): Promise<OutboundAnswer> {
  const url = parseUrl(request);
  if (typeof url === 'string') return Promise.resolve({ ok: false, reason: url });
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let call: ClientRequest | undefined;
    let settled = false;
    const settle: Settle = (answer) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      resolve(answer);
      call?.destroy();
    };
    timer = setTimeout(() => settle({ ok: false, reason: 'timeout' }), request.totalTimeoutMs);
    call = send(url, request);
    call.on('response', (response) => readAnswer(response, request, settle));
    call.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error)));
    call.on('close', () => settle({ ok: false, reason: 'broken' }));
    call.end(request.body);
  });
}

function parseUrl(request: OutboundRequest): URL | 'bad_url' | 'forbidden_address' {
  const url = URL.parse(request.url);
  if (!url || url.username !== '' || url.password !== '') return 'bad_url';
  const plain = url.protocol === 'http:';
  if (!(url.protocol === 'https:' || (plain && request.allowPlainHttp === true))) return 'bad_url';
  // Node asks no look-up function about a literal address, so that one is checked here.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!request.allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
    return 'forbidden_address';
  return url;
}

function send(url: URL, request: OutboundRequest): ClientRequest {
  const options: RequestOptions & OutboundRequest['tls'] = {
    method: request.method,
    agent: false,
    headers: {
      accept: request.acceptTypes.join(', '),
      'accept-encoding': 'identity',
      ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
      ...request.headers,
    },
    ...(request.allowPrivate ? {} : { lookup: lookupPublicOnly }),
    ...request.tls,
  };
  return url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
}

const FORBIDDEN = 'EFORBIDDENADDRESS';

/** Resolves a name for the connection itself, and refuses it when any of its addresses is not public. */
const lookupPublicOnly: LookupFunction = (hostname, options, done) => {
  resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0);
    const first = addresses[0];
    if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
      const refusal: NodeJS.ErrnoException = new Error('address is not public');
      refusal.code = FORBIDDEN;
      return done(refusal, '', 0);
    }
    if (options.all === true) return done(null, addresses);
    return done(null, first.address, first.family);
  });
};

function readAnswer(response: IncomingMessage, request: OutboundRequest, settle: Settle): void {
  const status = response.statusCode ?? 0;
  const contentType = mediaType(response.headers['content-type']);
  const refuse = (reason: OutboundFailure): void => settle({ ok: false, reason, status });
  if (status >= 300 && status < 400) return refuse('redirect');
  if (Number(response.headers['content-length'] ?? 0) > request.maxResponseBytes)
    return refuse('too_large');
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return refuse('content_type');
  if (status < 300 && !request.acceptTypes.includes(contentType)) return refuse('content_type');

  const chunks: Buffer[] = [];
  let received = 0;
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > request.maxResponseBytes) return refuse('too_large');
    chunks.push(chunk);
  });
  response.on('error', () => refuse('broken'));
  response.on('end', () => {
    if (!response.complete) return refuse('broken');
    const headers = flatHeaders(response);
    settle({ ok: true, status, contentType, headers, body: Buffer.concat(chunks) });
  });
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function flatHeaders(response: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
]);

function failureOf(error: NodeJS.ErrnoException): OutboundAnswer {
  // Happy Eyeballs joins the failures of every address into one AggregateError that carries the first one's code.
  const code = error.code ?? '';
  const failure = (reason: OutboundFailure): OutboundAnswer => ({ ok: false, reason, code });
  if (code === FORBIDDEN) return failure('forbidden_address');
  if (UNREACHABLE.has(code)) return failure('unreachable');
  if (/^ERR_TLS|^ERR_SSL|CERT|^EPROTO$|SELF_SIGNED|^UNABLE_TO_/.test(code)) return failure('tls');
  return failure('broken');
}
