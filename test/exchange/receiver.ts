import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { atEnd } from '../at-end.ts';
import type { TestServer } from '../harness.ts';
import { tokenRequest } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';

/** A receiver of pushed events (RFC 8935). */
export interface Receiver {
  url: string;
  /** What came, in order, accepted or not. */
  requests: { token: string; authorization: string | undefined; type: string | undefined }[];
  /** What was accepted, in order. */
  accepted: string[];
  /** The next answers, 202 after them. `hang`: none at all. */
  answers: (number | 'hang' | { status: number; body: object })[];
  /** Most that were under way at one moment. */
  atOnce: number;
  slowMs: number;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    requests: [],
    accepted: [],
    answers: [],
    atOnce: 0,
    slowMs: 0,
  };
  let open = 0;
  const http = createServer((request, response) => {
    let token = '';
    open += 1;
    receiver.atOnce = Math.max(receiver.atOnce, open);
    response.on('close', () => (open -= 1));
    request.on('data', (chunk: Buffer) => (token += chunk.toString()));
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers;
      receiver.requests.push({ token, authorization, type });
      const answer = receiver.answers.shift() ?? 202;
      if (answer === 'hang') return;
      const { status, body } = typeof answer === 'number' ? { status: answer, body: null } : answer;
      if (status === 202) receiver.accepted.push(token);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body ? JSON.stringify(body) : undefined);
      }, receiver.slowMs);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  atEnd(() => {
    http.closeAllConnections();
    http.close();
  });
  receiver.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/events`;
  return receiver;
}

/** What a receiver does with a token before it believes it (RFC 8417, Shared Signals 1.0): keys from our JWKS. */
export async function verifySet(
  server: TestServer,
  token: string,
  audience: string,
): Promise<JWTPayload & { events: Record<string, Record<string, unknown>> }> {
  const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
  const { payload } = await jwtVerify(token, keys, {
    issuer: server.url,
    audience,
    typ: 'secevent+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'jti', 'sub_id', 'events'],
  });
  return payload as JWTPayload & { events: Record<string, Record<string, unknown>> };
}

/** A service's own token for our API of streams. */
export async function apiToken(
  server: TestServer,
  party: RelyingParty,
  scope = 'ssf.manage',
): Promise<string> {
  const { status, body } = await tokenRequest(server, party, {
    grant_type: 'client_credentials',
    resource: `${server.url}/ssf`,
    scope,
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return String(body.access_token);
}

/** Calls our API of streams: status and body, whatever they are. */
export async function call(
  server: TestServer,
  token: string | null,
  request: { method: string; path: string; body?: unknown },
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${server.url}${request.path}`, {
    method: request.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export async function until(what: () => boolean | Promise<boolean>, ms = 8000): Promise<void> {
  for (const end = Date.now() + ms; !(await what());) {
    if (Date.now() > end) throw new Error(`It did not come true: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
