import request from 'supertest';
import { expect, it } from 'vitest';
import { routes } from '../../src/routes.ts';
import { startTestServer } from '../harness.ts';

const SAMPLE = '00000000-0000-7000-8000-000000000000';
const sample = (path: string) => path.replaceAll(/:[A-Za-z]+/g, SAMPLE);
const unsafe = routes.filter(({ method }) => method !== 'GET');

it('lists every route once, with a guard', () => {
  const names = routes.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { guard } of routes) expect(guard.name).toMatch(/\w/);
});

it('refuses every cookie-borne post from another site or without our token', async () => {
  const { url } = await startTestServer();
  const protectedRoutes = unsafe.filter(({ guard }) => guard.csrf === 'token');
  expect(protectedRoutes.length).toBeGreaterThan(0);
  for (const { method, path } of protectedRoutes) {
    const call = () =>
      request(url)[method.toLowerCase() as 'post'](sample(path)).set('accept', 'application/json');
    const foreign = await call().set('origin', 'https://evil.example');
    expect([path, foreign.status]).toEqual([path, 403]);
    const bare = await call().type('form').send('a=b');
    expect([path, [401, 403, 404].includes(bare.status)]).toEqual([path, true]);
  }
});

it('lets nobody past a guard without what it asks for', async () => {
  const { url } = await startTestServer();
  // The test server is a sandbox.
  const open = new Set(['anyone', 'machine', 'sandboxOnly']);
  for (const { method, path, guard } of routes.filter(({ guard }) => !open.has(guard.name))) {
    const verb = method.toLowerCase() as 'get';
    const answer = await request(url)[verb](sample(path)).set('accept', 'application/json');
    expect([path, guard.name, [401, 403, 404].includes(answer.status)]).toEqual([
      path,
      guard.name,
      true,
    ]);
  }
});
