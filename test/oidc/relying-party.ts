import * as openid from 'openid-client';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import type { FullApp } from '../../src/app.ts';
import { transact } from '../../src/lib/database.ts';
import { registration } from '../agencies/registrations.ts';
import type { Answer, Walker } from '../walk.ts';

export const CALLBACK = 'http://127.0.0.1:4002/callback';

/** A service of ours with the certified client library configured for it. */
export interface RelyingParty {
  clientId: string;
  secret: string | null;
  config: openid.Configuration;
}

interface Server {
  url: string;
  app: FullApp;
}

/** Registers a service, any field of the file overridden, and discovers us with a certified client. */
export async function relyingParty(
  server: Server,
  more: Record<string, unknown> = {},
): Promise<RelyingParty> {
  const added = await transact(server.app.db, (tx) =>
    addService(tx, server.app, { metadata: registration(more), actor: SYSTEM }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  const { clientId } = added.service;
  const config = await openid.discovery(
    new URL(server.url),
    clientId,
    { id_token_signed_response_alg: added.service.idTokenAlg },
    added.secret === null ? openid.None() : openid.ClientSecretBasic(added.secret),
    { execute: [openid.allowInsecureRequests] },
  );
  return { clientId, secret: added.secret, config };
}

/** A request under way, with what the service keeps of it. */
export interface AuthorizationRequest {
  /** Path and query at our server. */
  path: string;
  checks: openid.AuthorizationCodeGrantChecks & { pkceCodeVerifier: string };
}

export async function authorizationRequest(
  party: RelyingParty,
  parameters: Record<string, string> = {},
): Promise<AuthorizationRequest> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const expectedNonce = openid.randomNonce();
  const url = openid.buildAuthorizationUrl(party.config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile nationality',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...parameters,
  });
  return {
    path: `${url.pathname}${url.search}`,
    checks: { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
  };
}

/** Where the browser stands: on a page of ours, or back at the service. */
export type Arrival = { at: 'page'; path: string; answer: Answer } | { at: 'service'; url: URL };

/** Follows redirects until a page of ours or the service. */
export async function follow(walker: Walker, start: string | Answer): Promise<Arrival> {
  let answer = typeof start === 'string' ? await walker.get(start) : start;
  let path = typeof start === 'string' ? start : '';
  for (let hops = 0; hops < 12; hops++) {
    const to = answer.location;
    if (to === null) return { at: 'page', path, answer };
    if (!to.startsWith('/')) return { at: 'service', url: new URL(to) };
    path = to;
    answer = await walker.get(to);
  }
  throw new Error(`${path} redirects without end.`);
}

/** Agrees on the consent page that the browser stands on. */
export async function agree(walker: Walker, arrival: Arrival): Promise<Arrival> {
  if (arrival.at !== 'page' || !/^\/interaction\/[\w-]+$/.test(arrival.path))
    throw new Error(`Not at a consent page but at ${JSON.stringify(arrival)}`);
  return follow(walker, await walker.post(`${arrival.path}/consent`, { decision: 'share' }));
}

/** Walks a request of a signed-in person to the service; agrees where asked. */
export async function authorize(
  walker: Walker,
  party: RelyingParty,
  parameters: Record<string, string> = {},
): Promise<{ url: URL; checks: AuthorizationRequest['checks'] }> {
  const request = await authorizationRequest(party, parameters);
  let arrival = await follow(walker, request.path);
  if (arrival.at === 'page') arrival = await agree(walker, arrival);
  if (arrival.at !== 'service') throw new Error(`Stuck at ${arrival.path}`);
  return { url: arrival.url, checks: request.checks };
}

/** The whole sign-in, tokens included. */
export async function signInAt(
  walker: Walker,
  party: RelyingParty,
  parameters: Record<string, string> = {},
) {
  const { url, checks } = await authorize(walker, party, parameters);
  const tokens = await openid.authorizationCodeGrant(party.config, url, checks);
  return { tokens, claims: tokens.claims()!, url };
}

/** Calls the token endpoint by hand: the status and body, whatever they are. */
export async function tokenRequest(
  server: Server,
  party: RelyingParty,
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const basic = `${party.clientId}:${party.secret}`;
  const response = await fetch(`${server.url}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams(
      party.secret === null ? { ...fields, client_id: party.clientId } : fields,
    ),
    headers:
      party.secret === null
        ? {}
        : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
