import { generateKeyPairSync } from 'node:crypto';
import { exportJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { registration } from '../agencies/registrations.ts';
import type { TestServer } from '../harness.ts';
import { CALLBACK } from '../oidc/relying-party.ts';
import { plainVisitor } from './plain-visitor.ts';

/** What the library must be told of a test: plain http on this machine. */
export const LOCAL = { [oauth.allowInsecureRequests]: true };

/** A service as oauth4webapi knows one. */
export interface OAuthParty {
  as: oauth.AuthorizationServer;
  client: oauth.Client;
  auth: oauth.ClientAuth;
  /** The private half of its registered key, where it has one. */
  key: oauth.PrivateKey | null;
}

/** Reads our metadata as the library does: OpenID Connect Discovery, or RFC 8414. */
export async function discover(
  server: { url: string },
  algorithm: 'oidc' | 'oauth2' = 'oidc',
): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.url);
  const response = await oauth.discoveryRequest(issuer, { algorithm, ...LOCAL });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** Registers a service, any field of the file overridden; with `private_key_jwt` and the profiles of FAPI a key is made. */
export async function oauthParty(
  server: TestServer,
  more: Record<string, unknown> = {},
): Promise<OAuthParty> {
  const keyed = 'profile' in more || more.token_endpoint_auth_method === 'private_key_jwt';
  const made = keyed ? await serviceKey() : null;
  const metadata = registration({ ...(made ? { jwks: { keys: [made.jwk] } } : {}), ...more });
  const added = await transact(server.app.db, (tx) =>
    addService(tx, server.app, { metadata, actor: SYSTEM }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  const { clientId, idTokenAlg, protocol } = added.service;
  const client: oauth.Client = {
    client_id: clientId,
    id_token_signed_response_alg: idTokenAlg,
    ...(protocol.authorization_signed_response_alg
      ? { authorization_signed_response_alg: protocol.authorization_signed_response_alg }
      : {}),
    ...(protocol.introspection_signed_response_alg
      ? { introspection_signed_response_alg: protocol.introspection_signed_response_alg }
      : {}),
  };
  const auth = made
    ? oauth.PrivateKeyJwt(made.key)
    : added.secret === null
      ? oauth.None()
      : oauth.ClientSecretBasic(added.secret);
  return { as: await discover(server), client, auth, key: made?.key ?? null };
}

async function serviceKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = 'one';
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' };
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  return { jwk, key: { key, kid } };
}

/** What a service keeps of a request, and what it sends. */
export async function newRequest({ client }: OAuthParty, more: Record<string, string> = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const parameters: Record<string, string> = {
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  };
  return { verifier, state, nonce, parameters };
}

/** The code flow, step by step as the library's own examples have it; gives tokens and the ID token's claims. */
export async function signInWith(
  server: TestServer,
  party: OAuthParty,
  { more = {}, DPoP }: { more?: Record<string, string>; DPoP?: oauth.DPoPHandle } = {},
) {
  const { as, client, auth } = party;
  const request = await newRequest(party, more);
  const address = new URL(as.authorization_endpoint!);
  for (const [name, value] of Object.entries(request.parameters))
    address.searchParams.set(name, value);
  const visitor = plainVisitor(server);
  const back = await visitor.visit(address);
  const answer = oauth.validateAuthResponse(as, client, back, request.state);
  const options = { ...LOCAL, ...(DPoP ? { DPoP } : {}) };
  const redeem = () =>
    oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      answer,
      CALLBACK,
      request.verifier,
      options,
    );
  const tokens = await withNonce(redeem, async (response) =>
    oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: request.nonce,
      requireIdToken: true,
    }),
  );
  return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens)!, visitor, back };
}

/** Sends once more where we ask for a nonce in the proof (RFC 9449 §8), as the library's examples do. */
export async function withNonce<Result>(
  send: () => Promise<Response>,
  read: (response: Response) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(await send());
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return read(await send());
  }
}
