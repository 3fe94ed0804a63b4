import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import type { TestServer } from '../../harness.ts';

export async function jwksOf(server: TestServer): Promise<JSONWebKeySet> {
  return (await (await fetch(`${server.url}/oidc/jwks`)).json()) as JSONWebKeySet;
}

/** What a service does with an ID token, by the keys that we publish now. Gives its header. */
export async function verifyIdToken(server: TestServer, idToken: string) {
  const keys = createLocalJWKSet(await jwksOf(server));
  return (await jwtVerify(idToken, keys, { issuer: server.url })).protectedHeader;
}
