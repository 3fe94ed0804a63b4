import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, exportJWK } from 'jose';
import type { JWK } from 'jose';
import * as openid from 'openid-client';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import type { FullApp } from '../../src/app.ts';
import { transact } from '../../src/lib/database.ts';
import { registration } from '../agencies/registrations.ts';
import type { Walker } from '../walk.ts';
import { CALLBACK, agree, follow } from './relying-party.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';

export type Alg = 'ES256' | 'PS256' | 'RS256' | 'EdDSA';

/** A key pair of a service, its public half as a JWK. */
export interface ServiceKey {
  alg: string;
  privateKey: KeyObject;
  jwk: JWK & { kid: string };
}

export async function serviceKey(alg: Alg | 'RSA-OAEP-256' | 'ECDH-ES' = 'ES256') {
  const { privateKey, publicKey } =
    alg === 'ES256' || alg === 'ECDH-ES'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const use = alg === 'ECDH-ES' || alg === 'RSA-OAEP-256' ? 'enc' : 'sig';
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  // Libraries call it EdDSA or Ed25519: the key says neither.
  const jwk = { ...bare, kid, use, ...(alg === 'EdDSA' ? {} : { alg }) };
  return { alg, privateKey, jwk } satisfies ServiceKey;
}

/** The private key for the client library, which wants a `CryptoKey`. */
export function cryptoKey({ alg, privateKey }: ServiceKey): Promise<CryptoKey> {
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const algorithm = {
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
    EdDSA: { name: 'Ed25519' },
    PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    'RSA-OAEP-256': { name: 'RSA-OAEP', hash: 'SHA-256' },
    'ECDH-ES': { name: 'ECDH', namedCurve: 'P-256' },
  }[alg]!;
  const uses: KeyUsage[] =
    alg === 'RSA-OAEP-256' ? ['decrypt'] : alg === 'ECDH-ES' ? ['deriveBits'] : ['sign'];
  return crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, uses);
}

/** Signs whatever it is given, header and claims as they are. */
export function sign(
  key: ServiceKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.alg, kid: key.jwk.kid, ...header })
    .sign(key.privateKey);
}

type KeyUsage = 'decrypt' | 'deriveBits' | 'sign';
type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A service that signs with a key of its own. */
export interface KeyedParty extends RelyingParty {
  key: ServiceKey;
  /** The claims of a good client assertion, any of them changed. */
  assertion(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

interface Server {
  url: string;
  app: FullApp;
}

/** Registers a service with `private_key_jwt` and further fields; `keys` are published beside its own. */
export async function keyedParty(
  server: Server,
  more: Record<string, unknown> = {},
  { alg = 'ES256', keys = [] }: { alg?: Alg; keys?: ServiceKey[] } = {},
): Promise<KeyedParty> {
  const key = await serviceKey(alg);
  const metadata = registration({
    client_id: `keyed-${randomUUID().slice(0, 8)}`,
    token_endpoint_auth_method: 'private_key_jwt',
    ...('jwks_uri' in more ? {} : { jwks: { keys: [key, ...keys].map(({ jwk }) => jwk) } }),
    ...more,
  });
  const added = await transact(server.app.db, (tx) =>
    addService(tx, server.app, { metadata, actor: SYSTEM }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  const { clientId, idTokenAlg, protocol } = added.service;
  const config = await openid.discovery(
    new URL(server.url),
    clientId,
    {
      id_token_signed_response_alg: idTokenAlg,
      ...(protocol.authorization_signed_response_alg
        ? { authorization_signed_response_alg: protocol.authorization_signed_response_alg }
        : {}),
      ...(protocol.userinfo_signed_response_alg
        ? { userinfo_signed_response_alg: protocol.userinfo_signed_response_alg }
        : {}),
      use_mtls_endpoint_aliases: protocol.use_mtls_endpoint_aliases ?? false,
    },
    openid.PrivateKeyJwt({ key: await cryptoKey(key), kid: key.jwk.kid }),
    { execute: [openid.allowInsecureRequests] },
  );
  const assertion = (claims: Record<string, unknown> = {}, header = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: clientId, sub: clientId, aud: server.url, jti: randomUUID() };
    return sign(key, { ...good, iat: now, exp: now + 60, ...claims }, header);
  };
  return { clientId, secret: null, config, key, assertion };
}

/** A walk by PAR, as FAPI 2.0 has it: pushed, agreed where asked, back at the service. */
export async function authorizeByPar(
  walker: Walker,
  party: RelyingParty,
  options: {
    parameters?: Record<string, string>;
    dpop?: openid.DPoPHandle;
    jar?: ServiceKey;
  } = {},
) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const parameters = {
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    ...options.parameters,
  };
  const { config } = party;
  let pushed: Record<string, string> | URLSearchParams = parameters;
  if (options.jar) {
    const key = { key: await cryptoKey(options.jar), kid: options.jar.jwk.kid };
    const url = await openid.buildAuthorizationUrlWithJAR(config, parameters, key);
    pushed = url.searchParams;
  }
  const url = await openid.buildAuthorizationUrlWithPAR(
    config,
    pushed,
    options.dpop ? { DPoP: options.dpop } : undefined,
  );
  let arrival = await follow(walker, `${url.pathname}${url.search}`);
  if (arrival.at === 'page' && arrival.answer.status === 200)
    arrival = await agree(walker, arrival);
  const checks = {
    pkceCodeVerifier,
    expectedState: parameters.state,
    expectedNonce: parameters.nonce,
    idTokenExpected: true,
  };
  return { arrival, checks, requestPath: `${url.pathname}${url.search}` };
}

/** Follows a request, agrees where asked, and gives what comes in the end: a page, or the service. */
export async function walkToEnd(walker: Walker, path: string): Promise<Arrival> {
  const arrival = await follow(walker, path);
  const asks = arrival.at === 'page' && arrival.path.startsWith('/interaction/');
  return asks ? agree(walker, arrival) : arrival;
}

/** A proof of possession for one request (RFC 9449 §4.2), any part changed. */
export function dpopProof(
  key: ServiceKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const { kid: _kid, use: _use, alg: _alg, ...jwk } = key.jwk;
  const now = Math.floor(Date.now() / 1000);
  return sign(
    key,
    { jti: randomUUID(), iat: now, ...claims },
    { typ: 'dpop+jwt', jwk, kid: undefined, ...header },
  );
}

/** Posts a form and gives the status, body and headers, whatever they are. */
export async function postForm(
  address: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(address, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { accept: 'application/json', ...headers },
    redirect: 'manual',
  });
  const text = await response.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : { text }) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
