import { beforeAll, expect, it } from 'vitest';
import { AccountId } from '../../src/lib/ids.ts';
import { subjectOf } from '../../src/oidc/subject.ts';
import { findService } from '../../src/agencies/find-service.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { relyingParty, signInAt } from './relying-party.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

it('is random, one for all services of an agency, another at the next, and outlives names and tokens', async () => {
  const condo = await relyingParty(server);
  const titles = await relyingParty(server, {
    client_id: 'lands-titles',
    redirect_uris: ['http://127.0.0.1:4002/callback', 'http://localhost:4009/callback'],
  });
  const tax = await relyingParty(server, {
    client_id: 'tax',
    agency: { code: 'revenue', name: 'Revenue', 'name#th': 'สรรพากร' },
  });
  const { walker, accountId } = await signUp(server, { email: 'anna@example.org' });
  const scope = 'openid';
  const first = await signInAt(walker, condo, { scope });
  const second = await signInAt(walker, titles, { scope });
  const third = await signInAt(walker, tax, { scope });
  expect(second.claims.sub).toBe(first.claims.sub);
  expect(third.claims.sub).not.toBe(first.claims.sub);
  // 128 bits, and no trace of who it is.
  expect(first.claims.sub).toMatch(/^[\w-]{22}$/);
  await enrol(server, accountId, anna);
  expect((await signInAt(walker, condo, { scope })).claims.sub).toBe(first.claims.sub);

  const service = await findService(server.app.db, 'tax');
  const others = await Promise.all(
    Array.from({ length: 8 }, () => subjectOf(server.app, service!.agency, accountId)),
  );
  expect(new Set(others)).toEqual(new Set([third.claims.sub]));
  const stranger = AccountId.make(server.app);
  await expect(subjectOf(server.app, service!.agency, stranger)).rejects.toThrow();
});

it('has a sector of several hosts whose address list we serve', async () => {
  await relyingParty(server, {
    client_id: 'wide-one',
    agency: { code: 'wide', name: 'Wide', 'name#th': 'กว้าง' },
    redirect_uris: ['https://one.example/cb', 'https://two.example/cb'],
  });
  await relyingParty(server, {
    client_id: 'wide-two',
    agency: { code: 'wide', name: 'Wide', 'name#th': 'กว้าง' },
    redirect_uris: ['https://two.example/cb', 'https://three.example/cb'],
  });
  const answer = await fetch(`${server.url}/sectors/wide.json`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(await answer.json()).toEqual([
    'https://one.example/cb',
    'https://two.example/cb',
    'https://three.example/cb',
  ]);
  for (const path of ['/sectors/nobody.json', '/sectors/wide', '/sectors/wide.json.json'])
    expect((await fetch(`${server.url}${path}`)).status).toBe(404);
});
