import request from 'supertest';
import { expect, it } from 'vitest';
import { startTestServer } from './harness.ts';

it('answers health checks and refuses unknown pages without internals', async () => {
  const { url } = await startTestServer();
  await request(url).get('/health/ready').expect(200, { status: 'ready' });
  const missing = await request(url).get('/nowhere').set('accept', 'application/json').expect(404);
  expect(missing.headers['content-type']).toContain('application/problem+json');
  expect(missing.body).toMatchObject({ status: 404, code: 'not_found' });
});
