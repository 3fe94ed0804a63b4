import { beforeAll, expect, it } from 'vitest';
import { addService } from '../../src/agencies/add-service.ts';
import { findService } from '../../src/agencies/find-service.ts';
import { registrationSchema } from '../../src/agencies/registration.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { digestToken } from '../../src/lib/blind-index.ts';
import { transact } from '../../src/lib/database.ts';
import { testApp } from '../harness.ts';
import { registration } from './registrations.ts';

const add = (app: Awaited<ReturnType<typeof testApp>>, metadata: unknown, replace = false) =>
  transact(app.db, (tx) => addService(tx, app, { metadata, actor: SYSTEM, replace }));

it('registers a service with its agency and keeps only a digest of its secret', async () => {
  const app = await testApp();
  const added = await add(app, registration());
  if (!added.ok || added.secret === null) throw new Error('not added');
  const found = await findService(app.db, 'lands-condo');
  expect(found).toEqual(added.service);
  expect(found?.secretDigest).toEqual(digestToken(app.keys.tokenDigestKey, added.secret));
  const again = await add(app, registration());
  expect(again).toEqual({ ok: false, reason: 'client_id_taken' });
  const replaced = await add(app, registration({ minimum_ial: 2 }), true);
  expect(replaced.ok && replaced.secret).not.toBe(added.secret);
  const after = await findService(app.db, 'lands-condo');
  expect(after?.demands.minimum).toEqual({ ial: 2, aal: 2 });
  expect(after?.agency.id).toBe(added.service.agency.id);
});

it('gives a service without a client id one that starts with its agency', async () => {
  const app = await testApp();
  const added = await add(app, registration({ client_id: undefined }));
  expect(added.ok && added.service.clientId).toMatch(/^lands-[0-9a-f]{12}$/);
});

// A refusal writes nothing, so all share one database.
let refusing: Awaited<ReturnType<typeof testApp>>;
beforeAll(async () => {
  refusing = await testApp();
});

const redirects = (...uris: string[]) => registration({ redirect_uris: uris });

it.each([
  ['plain http', redirects('http://lands.example/cb'), 'redirect_uris.0'],
  ['a fragment', redirects('https://lands.example/cb#x'), 'redirect_uris.0'],
  ['a wildcard', redirects('https://*.lands.example/cb'), 'redirect_uris.0'],
  ['a user name', redirects('https://lands@evil.example/cb'), 'redirect_uris.0'],
  ['dot segments', redirects('https://lands.example/a/../cb'), 'redirect_uris.0'],
  ['a backslash', redirects('https://lands.example\\@evil.example'), 'redirect_uris.0'],
  ['another scheme', redirects('javascript:alert(1)'), 'redirect_uris.0'],
  ['no address', redirects(), 'redirect_uris'],
  ['an unknown claim', registration({ claims: ['shoe_size'] }), 'claims.0'],
  ['the implicit flow', registration({ response_types: ['id_token'] }), 'response_types.0'],
  ['a chosen secret', registration({ client_secret: 'hunter2' }), ''],
  [
    'a signing service without keys',
    registration({ token_endpoint_auth_method: 'private_key_jwt' }),
    'jwks',
  ],
  ['a private key', registration({ jwks: { keys: [{ kty: 'EC', d: 'x' }] } }), 'jwks.keys.0'],
  [
    'a public service without PKCE',
    registration({ token_endpoint_auth_method: 'none', pkce_required: false }),
    'pkce_required',
  ],
  [
    'a FAPI service with a secret',
    registration({ profile: 'fapi2_security', token_endpoint_auth_method: 'client_secret_basic' }),
    'token_endpoint_auth_method',
  ],
  [
    'FAPI without bound tokens',
    registration({
      profile: 'fapi2_security',
      jwks_uri: 'https://lands.example/jwks',
      dpop_bound_access_tokens: false,
    }),
    'dpop_bound_access_tokens',
  ],
])('refuses %s and names the field', async (_what, metadata, path) => {
  const result = await add(refusing, metadata);
  expect(result).toMatchObject({ ok: false, reason: 'invalid', faults: [{ path }] });
});

it('refuses loopback addresses in production', () => {
  const read = registrationSchema({ sandbox: false, mutualTls: false }).safeParse(registration());
  expect(read.error?.issues[0]?.path).toEqual(['redirect_uris', 0]);
});

it('expands the FAPI profiles into what the library enforces', async () => {
  const app = await testApp();
  const keys = { jwks_uri: 'https://lands.example/jwks' };
  const security = await add(app, registration({ profile: 'fapi2_security', ...keys }));
  expect(security).toMatchObject({
    ok: true,
    secret: null,
    service: {
      authMethod: 'private_key_jwt',
      requirePar: true,
      pkceRequired: true,
      idTokenAlg: 'ES256',
      protocol: { dpop_bound_access_tokens: true, ...keys },
    },
  });
  const signing = await add(app, {
    ...registration({ profile: 'fapi2_message_signing', client_id: 'lands-bank', ...keys }),
  });
  expect(signing).toMatchObject({
    service: {
      protocol: { require_signed_request_object: true, request_object_signing_alg: 'ES256' },
    },
  });
});

it('lets an app on a device have an address of its own scheme, and a web service not', async () => {
  const app = await testApp();
  const uris = { redirect_uris: ['com.example.lands:/callback', 'http://127.0.0.1/callback'] };
  const native = { application_type: 'native', token_endpoint_auth_method: 'none' };
  expect(await add(app, registration({ ...uris, ...native }))).toMatchObject({ ok: true });
  expect(await add(app, registration({ ...uris, client_id: 'lands-web' }))).toMatchObject({
    faults: [{ path: 'redirect_uris.0' }],
  });
});
