import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';

const { ISSUER = 'http://localhost:3000', CLIENT_ID, CLIENT_SECRET, PORT = '4000' } = process.env;
const own = `http://127.0.0.1:${PORT}`;
const config = await oidc.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  // The method that the service is registered with: client_secret_basic, unless you chose another.
  oidc.ClientSecretBasic(CLIENT_SECRET),
  // The sandbox is plain http on this machine. Without this line in production.
  { execute: ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [] },
);
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
/** By the cookie of this application: requests under way, then people who are signed in. */
const sessions = new Map();

/** Sends the person to us; `more` asks for levels or a fresh sign-in. */
async function signIn(response, more = {}) {
  const id = randomUUID();
  const asked = {
    verifier: oidc.randomPKCECodeVerifier(),
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
  };
  sessions.set(id, { asked });
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${own}/callback`,
    scope: 'openid profile nationality',
    code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier),
    code_challenge_method: 'S256',
    state: asked.state,
    nonce: asked.nonce,
    ...more,
  });
  response.setHeader('set-cookie', `app=${id}; HttpOnly; SameSite=Lax; Path=/`);
  return response.writeHead(303, { location: address.href }).end();
}

const pages = {
  '/': (_request, response) =>
    response.end('<a href="/login">Sign in</a> <a href="/land">A page that needs IAL2</a>'),

  '/login': (_request, response) => signIn(response),

  '/callback': async ({ id, url }, response) => {
    const { asked } = sessions.get(id) ?? {};
    if (!asked) return response.writeHead(303, { location: '/' }).end();
    sessions.delete(id);
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: asked.verifier,
      expectedState: asked.state,
      expectedNonce: asked.nonce,
    });
    // A new id at each sign-in, so that nobody can plant theirs.
    const fresh = randomUUID();
    sessions.set(fresh, { tokens, claims: tokens.claims() });
    response.setHeader('set-cookie', `app=${fresh}; HttpOnly; SameSite=Lax; Path=/`);
    return response.writeHead(303, { location: '/me' }).end();
  },

  '/me': async ({ session }, response) => {
    if (!session?.claims) return signIn(response);
    const { access_token: token } = session.tokens;
    const userinfo = await oidc.fetchUserInfo(config, token, session.claims.sub);
    return response.end(JSON.stringify({ claims: session.claims, userinfo }));
  },

  // Step-up: whoever is not sure enough is sent back to us for the missing part alone.
  '/land': ({ session }, response) => {
    if ((session?.claims?.ial ?? 0) >= 2) return response.end('Your land titles');
    const acr = { essential: true, value: 'urn:tangchat:acr:ial2:aal2' };
    return signIn(response, { claims: JSON.stringify({ id_token: { acr } }) });
  },

  '/refresh': async ({ session }, response) => {
    if (!session?.tokens) return response.writeHead(401).end();
    const { refresh_token: old } = session.tokens;
    const tokens = await oidc.refreshTokenGrant(config, old);
    // Levels are worked out anew. Keep the old refresh token where the answer has none.
    session.tokens = { ...tokens, refresh_token: tokens.refresh_token ?? old };
    session.claims = tokens.claims();
    return response.end(JSON.stringify(session.claims));
  },

  '/logout': ({ id, session }, response) => {
    sessions.delete(id);
    const address = oidc.buildEndSessionUrl(config, {
      post_logout_redirect_uri: `${own}/`,
      ...(session?.tokens ? { id_token_hint: session.tokens.id_token } : {}),
    });
    return response.writeHead(303, { location: address.href }).end();
  },

  // Back-channel logout: we tell that somebody's sign-in is over (register backchannel_logout_uri).
  '/backchannel-logout': async ({ request }, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const token = new URLSearchParams(body).get('logout_token') ?? '';
    const options = { issuer: ISSUER, audience: CLIENT_ID, typ: 'logout+jwt' };
    const { payload } = await jwtVerify(token, keys, options);
    for (const [id, { claims }] of sessions)
      if (claims && (payload.sid ? claims.sid === payload.sid : claims.sub === payload.sub))
        sessions.delete(id);
    return response.writeHead(200, { 'cache-control': 'no-store' }).end();
  },
};

/** Finds the page, and keeps faults from the person. */
async function answer(request, response) {
  const url = new URL(request.url, own);
  const id = /(?:^|; )app=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  const page = Object.hasOwn(pages, url.pathname) ? pages[url.pathname] : null;
  try {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (!page) return response.writeHead(404).end();
    await page({ request, url, id, session: sessions.get(id) }, response);
  } catch (error) {
    // The code of the error is in /help/errors; what it says is for you, not for the person.
    console.error(error.error ?? error.code, error.error_description ?? error.message);
    response.writeHead(400).end('The sign-in did not work. <a href="/login">Try again</a>');
  }
}

createServer((request, response) => void answer(request, response)).listen(PORT, '127.0.0.1', () =>
  console.log(`Open ${own}`),
);
