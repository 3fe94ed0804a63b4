import { expect, it } from 'vitest';
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
  ['keys without their use', registration({ jwks: { keys: [{ kty: 'EC' }] } }), 'jwks'],
])('refuses %s and names the field', async (_what, metadata, path) => {
  const app = await testApp();
  const result = await add(app, metadata);
  expect(result).toMatchObject({ ok: false, reason: 'invalid', faults: [{ path }] });
});

it('refuses loopback addresses in production', () => {
  const read = registrationSchema({ sandbox: false }).safeParse(registration());
  expect(read.error?.issues[0]?.path).toEqual(['redirect_uris', 0]);
});
