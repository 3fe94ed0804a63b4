import request from 'supertest';
import { expect, it } from 'vitest';
import { describeConfig } from '../../src/config.ts';
import { startTestServer } from '../harness.ts';

it('answers health checks and refuses unknown pages without internals', async () => {
  const { url } = await startTestServer();
  await request(url).get('/health/ready').expect(200, { status: 'ready' });
  const missing = await request(url).get('/nowhere').set('accept', 'application/json').expect(404);
  expect(missing.headers['content-type']).toContain('application/problem+json');
  expect(missing.body).toMatchObject({ status: 404, code: 'not_found' });
});

it('measures answers by route pattern, and tells them to the collector with the token only', async () => {
  const token = 'a-token-for-the-collector';
  const { url } = await startTestServer({ METRICS_TOKEN: token });
  await request(url).get('/health/live').expect(200);
  await request(url).get('/cases/0199aaaa-0000-7000-8000-000000000000').expect(302);
  await request(url).get('/metrics').set('accept', 'application/json').expect(401);
  await request(url).get('/metrics').set('authorization', 'Bearer of bad news').expect(401);
  const told = await request(url).get('/metrics').set('authorization', `Bearer ${token}`);
  expect(told.status).toBe(200);
  expect(told.text).toContain('route="/health/live",status="200"');
  expect(told.text).toContain('route="/cases/:id",status="302"');
  expect(told.text).not.toContain('0199aaaa');
});

it('hides secrets where it lists the settings', () => {
  const rows = describeConfig({
    METRICS_TOKEN: 'a-token-for-the-collector',
    DATABASE_URL: 'postgres://me:secret@127.0.0.1/db',
  });
  const shown = JSON.stringify(rows);
  expect(shown).not.toContain('a-token');
  expect(shown).not.toContain('secret@');
  expect(shown).toContain('//***@127.0.0.1/db');
});
