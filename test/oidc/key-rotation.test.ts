import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { KEY_KINDS } from '../../src/oidc/signing-keys/key-life.ts';
import { rotateKeys } from '../../src/oidc/signing-keys/rotate-keys.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { authorizationRequest, CALLBACK, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';
import { startNode } from './start-node.ts';

/*
 * Two processes, one of which hears no notification, and a service that believes nothing but the JWKS it fetched, for
 * exactly as long as we said. Every kind of key changes under it.
 */
const SHORT = {
  JWKS_MAX_AGE_SECONDS: '1',
  KEY_LEAD_SECONDS: '1',
  KEY_MARGIN_SECONDS: '2',
  KEY_POLL_SECONDS: '1',
};
let server: TestServer;
let party: RelyingParty;
let walker: Walker;
let nodes: string[];

beforeAll(async () => {
  server = await startTestServer(SHORT);
  nodes = await Promise.all([
    startNode(server, SHORT),
    startNode(server, { ...SHORT, HEARS: 'no' }),
  ]);
  party = await relyingParty(server);
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  await signInAt(walker, party);
});

const kidOf = (idToken: string) => decodeProtectedHeader(idToken).kid;
const kidsAt = async (node: string) => {
  const { keys } = (await (await fetch(`${node}/oidc/jwks`)).json()) as JSONWebKeySet;
  return keys.map(({ kid }) => kid);
};

/** A JWKS that is fetched, now here and now there, when its max-age is over and at no other time. */
function jwksCache() {
  let held: { set: JSONWebKeySet; until: number } | null = null;
  let fetches = 0;
  return async (): Promise<JSONWebKeySet> => {
    if (held && performance.now() < held.until) return held.set;
    const askedAt = performance.now();
    const response = await fetch(`${nodes[fetches++ % 2]}/oidc/jwks`);
    const maxAge = /max-age=(\d+)/.exec(response.headers.get('cache-control')!)![1];
    held = {
      set: (await response.json()) as JSONWebKeySet,
      until: askedAt + Number(maxAge) * 1000,
    };
    return held.set;
  };
}

async function tokensAt(node: string, fields: Record<string, string>) {
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const response = await fetch(`${node}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { authorization: `Basic ${basic}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { id_token: string; refresh_token: string };
}

/** Single sign-on at one node, by the cookies alone; the code at the other. */
async function signInOver(first: string, second: string): Promise<string[]> {
  const request = await authorizationRequest(party);
  const cookie = [...walker.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const sent = await fetch(`${first}${request.path}`, { headers: { cookie }, redirect: 'manual' });
  for (const line of sent.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    walker.cookies.set(name!, value!);
  }
  const back = new URL(sent.headers.get('location')!, server.url);
  expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
  const tokens = await tokensAt(second, {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code')!,
    redirect_uri: CALLBACK,
    code_verifier: request.checks.pkceCodeVerifier,
  });
  const again = await tokensAt(first, {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token,
  });
  return [tokens.id_token, again.id_token];
}

it('changes every key under a service that signs people in all the while, without one failure', async () => {
  const cached = jwksCache();
  const signedBy = new Set<string | undefined>();
  let verified = 0;
  const signInOnce = async () => {
    const [first, second] = verified % 4 === 0 ? nodes : nodes.toReversed();
    for (const idToken of await signInOver(first!, second!)) {
      await jwtVerify(idToken, createLocalJWKSet(await cached()), { issuer: server.url });
      signedBy.add(kidOf(idToken));
      verified += 1;
    }
  };
  await signInOnce();
  const [before] = signedBy;
  const cookies = server.app.keys.cookieKeys[0];
  const rotations = await rotateKeys(server.app, { kinds: KEY_KINDS, soon: true });
  const next = rotations.find(({ kind }) => kind === 'RS256')!;
  expect(next).toMatchObject({ outcome: 'published', follows: before });

  const until = next.usedFrom.getTime() + 2500;
  while (Date.now() < until) await signInOnce();
  expect(verified).toBeGreaterThan(20);
  expect([...signedBy]).toEqual([before, next.kid]);
  for (const node of nodes) {
    const kids = await kidsAt(node);
    expect(kids.indexOf(next.kid)).toBeLessThan(kids.indexOf(before));
    expect(kids.filter((kid) => kid === before)).toHaveLength(1);
  }
  await server.app.providerKeys.refresh();
  expect(server.app.keys.cookieKeys.indexOf(cookies!)).toBe(1);
  expect(server.app.keys.cookieKeys).toHaveLength(2);
});
