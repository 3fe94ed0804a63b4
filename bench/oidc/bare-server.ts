import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { loadKeys } from '../../src/lib/keys.ts';
import {
  API,
  CLIENT_ID,
  MACHINE_CLIENT_ID,
  PUBLIC_CLIENT_ID,
  REDIRECT_URI,
  serveUsage,
} from './protocol.ts';
import type { Ready } from './protocol.ts';

/* The library alone: an unbounded map in memory, static clients, an account that is always the same. */

const { ISSUER = '', PORT, KEYS_DIR = '' } = process.env;
const PEOPLE = Number(process.env.BENCH_PEOPLE);
const secret = 's'.repeat(43);
const rows = new Map<string, AdapterPayload>();
const byGrant = new Map<string, string[]>();
const uids = new Map<string, string>();

function mapAdapter(model: string): Adapter {
  const key = (id: string) => `${model}:${id}`;
  return {
    find: async (id) => rows.get(key(id)),
    findByUid: async (uid) => rows.get(key(uids.get(uid) ?? '')),
    findByUserCode: async () => undefined,
    async upsert(id, payload) {
      rows.set(key(id), payload);
      if (model === 'Session' && payload.uid) uids.set(payload.uid, id);
      if (payload.grantId) {
        const members = byGrant.get(payload.grantId) ?? [];
        members.push(key(id));
        byGrant.set(payload.grantId, members);
      }
    },
    consume: async (id) => void (rows.get(key(id))!.consumed = Math.floor(Date.now() / 1000)),
    destroy: async (id) => void rows.delete(key(id)),
    async revokeByGrantId(id) {
      for (const member of byGrant.get(id) ?? []) rows.delete(member);
      byGrant.delete(id);
    },
  };
}

const claims = {
  name: 'ANNA MARIA ERIKSSON',
  family_name: 'ERIKSSON',
  given_name: 'ANNA MARIA',
  birthdate: '1990-08-12',
};
const provider = new Provider(ISSUER, {
  adapter: mapAdapter,
  jwks: loadKeys(KEYS_DIR).oidcJwks,
  cookies: { keys: ['bench'] },
  responseTypes: ['code'],
  scopes: ['openid', 'profile'],
  claims: { openid: ['sub'], profile: Object.keys(claims) },
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: secret,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: PUBLIC_CLIENT_ID,
      token_endpoint_auth_method: 'none',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: MACHINE_CLIENT_ID,
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: 'bench:read',
        audience: resource,
        accessTokenTTL: 300,
        accessTokenFormat: resource === API.jwt ? 'jwt' : 'opaque',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  issueRefreshToken: async () => true,
  rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none',
  expiresWithSession: async () => true,
  findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...claims }) }),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  ttl: {
    AccessToken: 300,
    IdToken: 300,
    RefreshToken: 43_200,
    Session: 43_200,
    Grant: 43_200,
    Interaction: 1800,
  },
  renderError: (ctx, out) => void (ctx.body = JSON.stringify(out)),
});

const listener = provider.callback();
const server = createServer((request, response) => {
  request.headers.host = new URL(ISSUER).host;
  if (!request.url?.startsWith('/interaction/')) return void listener(request, response);
  void finish(request, response);
}).listen(Number(PORT), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveUsage(() => 0);
  const people = Array.from({ length: PEOPLE }, () => '');
  process.send?.({ port, secret, people } satisfies Ready);
});

type Request = Parameters<typeof provider.interactionFinished>[0];
type Response = Parameters<typeof provider.interactionFinished>[1];

/** Signs in and agrees at once. */
async function finish(request: Request, response: Response): Promise<void> {
  const { prompt, session, params } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login')
    return provider.interactionFinished(request, response, {
      login: { accountId: `person-${Math.random()}` },
    });
  const grant = new provider.Grant({
    accountId: session!.accountId,
    clientId: String(params.client_id),
  });
  grant.addOIDCScope('openid profile');
  await provider.interactionFinished(request, response, {
    consent: { grantId: await grant.save() },
  });
}
