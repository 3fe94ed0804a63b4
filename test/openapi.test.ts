import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiOperations } from '../src/openapi.ts';
import { READER_PROBLEMS } from '../src/proofing/reader-problem.ts';
import { READER_API } from '../src/proofing/reader-api.ts';
import { routes } from '../src/routes.ts';
import { describeApi, problemsOf } from '../src/web/describe-api.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { schemaOfAnswer } from './published-schema.ts';

type Published = {
  paths: Record<string, Record<string, { operationId: string; security: unknown[] }>>;
};

let server: TestServer;
let published: Published;
beforeAll(async () => {
  server = await startTestServer();
  published = (await (await fetch(`${server.url}/openapi.json`)).json()) as Published;
});

const keyOf = (method: string, path: string) =>
  `${method.toUpperCase()} ${path.replaceAll(/[:*](\w+)/g, '{$1}')}`;
const publishedKeys = () =>
  Object.entries(published.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => keyOf(method, path)),
  );

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1, in the sandbox and in production', async () => {
    const ofProduction = describeApi(apiOperations({ sandbox: false }), {
      issuer: 'https://id.example',
      version: '1',
    });
    for (const document of [published, ofProduction]) {
      const result = await new Validator().validate(structuredClone(document));
      expect(result).toEqual({ valid: true });
    }
    expect(Object.keys(ofProduction.paths as object)).not.toContain('/dev/mail');
  });

  it('names every route that a machine may call, and no route that is not there', () => {
    const machine = new Set(['machine', 'reader']);
    const callable = routes.filter(({ guard }) => machine.has(guard.name));
    expect(callable.length).toBeGreaterThan(12);
    const keys = publishedKeys();
    for (const { method, path } of callable) expect(keys).toContain(keyOf(method, path));
    const all = routes.map(({ method, path }) => keyOf(method, path));
    for (const key of keys) expect(all).toContain(key);
  });

  it('names each operation once, and asks for what its guard asks', () => {
    const operations = apiOperations({ sandbox: true });
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    for (const { method, path, security } of operations) {
      const { guard } = routes.find((route) => route.path === path && route.method === method)!;
      expect([path, security === 'reader']).toEqual([path, guard.name === 'reader']);
      if (guard.csrf === 'token') expect(['browser', 'none']).toContain(security);
    }
  });

  it('lists every problem of the reader protocol where it may come', () => {
    const listed = new Set(READER_API.flatMap((operation) => Object.keys(problemsOf(operation))));
    for (const code of Object.keys(READER_PROBLEMS)) expect(listed).toContain(code);
  });

  it('may be read from any page, and says that it may be kept', async () => {
    const { headers } = await fetch(`${server.url}/openapi.json`);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('content-type')).toContain('application/json');
  });
});

it.each([
  ['GET', '/health/live', 200],
  ['GET', '/health/ready', 200],
  ['GET', '/dev/mail', 200],
  ['GET', '/.well-known/oauth-protected-resource/oidc/userinfo', 200],
  ['GET', '/.well-known/oauth-protected-resource/nothing', 404],
  ['GET', '/sectors/nobody.json', 404],
  ['POST', '/oidc/registration', 401],
  ['GET', '/oidc/registration/nobody', 401],
  ['PUT', '/oidc/registration/nobody', 401],
  ['DELETE', '/oidc/registration/nobody', 401],
  ['GET', '/cases/00000000-0000-7000-8000-000000000000/status', 401],
  ['GET', '/openapi.json', 200],
])('answers as it says there: %s %s', async (method, path, status) => {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const body = method === 'POST' || method === 'PUT' ? '{}' : null;
  const answer = await fetch(server.url + path, { method, headers, body });
  expect(answer.status).toBe(status);
  const schema = schemaOfAnswer(published, { method, path, status });
  expect(schema).not.toBeNull();
  expect(z.fromJSONSchema(schema!).safeParse(await answer.json()).error).toBeUndefined();
});
