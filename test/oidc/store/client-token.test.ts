import { Provider } from 'oidc-provider';
import { expect, it } from 'vitest';
import { createAdapter } from '../../../src/oidc/store/adapter.ts';
import { createPayloadSeal } from '../../../src/oidc/store/payload-seal.ts';
import { testApp } from '../../harness.ts';

it("keeps a service's own token without grant and person, sealed and by digest", async () => {
  const app = await testApp();
  const adapter = createAdapter({ app, seal: createPayloadSeal(app) })('ClientCredentials');
  expect(Provider.ctx).toBeUndefined();
  const payload = { kind: 'ClientCredentials', clientId: 'lands-app', scope: 'register:read' };
  await adapter.upsert('token-1', { ...payload, jti: 'token-1' }, 300);
  expect(await adapter.find('token-1')).toEqual({ ...payload, jti: 'token-1' });
  const [row] = await app
    .db('oidc_tokens')
    .select('kind', 'grant_id', 'session_uid', 'aal', 'payload');
  expect(row).toMatchObject({
    kind: 'ClientCredentials',
    grant_id: null,
    session_uid: null,
    aal: null,
  });
  expect((row.payload as Buffer).toString('latin1')).not.toContain('lands-app');
  expect(await createAdapterOf(app, 'AccessToken').find('token-1')).toBeUndefined();
  await adapter.destroy('token-1');
  expect(await adapter.find('token-1')).toBeUndefined();
});

it('holds no token of a person without grant and level, nor one of a service with them', async () => {
  const app = await testApp();
  const row = { id_digest: Buffer.alloc(32), payload: Buffer.alloc(1), expires_at: new Date() };
  const insert = (more: object) => app.db('oidc_tokens').insert({ ...row, ...more });
  await expect(insert({ kind: 'AccessToken' })).rejects.toMatchObject({ code: '23514' });
  await expect(insert({ kind: 'ClientCredentials', aal: 2 })).rejects.toMatchObject({
    code: '23514',
  });
});

function createAdapterOf(app: Awaited<ReturnType<typeof testApp>>, model: string) {
  return createAdapter({ app, seal: createPayloadSeal(app) })(model);
}
