import { beforeAll, describe, expect, it } from 'vitest';
import { testAccount } from '../../src/dev/sandbox-sign-in/test-account.ts';
import { routes } from '../../src/routes.ts';
import type { Context } from '../../src/web/context.ts';
import { sandboxOnly } from '../../src/web/guards.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { authorizationRequest, follow, relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { newWalker } from '../walk.ts';

let server: TestServer;
let party: RelyingParty;
beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server, {
    claims: [
      'name',
      'family_name',
      'given_name',
      'birthdate',
      'nationality',
      'foreign_national_id',
    ],
  });
});

const choose = (person: string, ial: number, aal: number, returnTo = '/home') => ({
  person,
  ial: String(ial),
  aal: String(aal),
  return_to: returnTo,
});

/** Signs in by the form alone, then at the service. */
async function claimsOf(person: string, ial: number, aal: number) {
  const walker = newWalker(server.url);
  await walker.get('/dev/sign-in');
  expect((await walker.post('/dev/sign-in', choose(person, ial, aal))).location).toBe('/home');
  const signedIn = await signInAt(walker, party, { scope: 'openid profile foreign_national_id' });
  return signedIn.claims;
}

describe('the sandbox sign-in', () => {
  it.each([0, 1, 2, 3])('gives tokens at IAL%i, at each AAL', async (ial) => {
    for (const aal of [2, 3]) {
      const claims = await claimsOf('lina', ial, aal);
      expect(claims).toMatchObject({ ial, aal, acr: `urn:tangchat:acr:ial${ial}:aal${aal}` });
    }
  });

  it('tells no personal claim below AAL2, and refuses services that ask for more', async () => {
    const open = await relyingParty(server, { client_id: 'lands-open', minimum_aal: 1 });
    const walker = newWalker(server.url);
    await walker.get('/dev/sign-in');
    await walker.post('/dev/sign-in', choose('batu', 2, 1));
    const { claims } = await signInAt(walker, open);
    expect(claims).toMatchObject({ ial: 2, aal: 1 });
    const strict = await follow(walker, (await authorizationRequest(party)).path);
    expect(strict.at === 'page' && strict.answer.text).toContain('id="sandbox-sign-in-link"');
  });

  it('keeps the sub of a person at a level, and gives each level its own', async () => {
    const subs = new Set<string>();
    for (const ial of [2, 2, 3]) subs.add((await claimsOf('soren', ial, 2)).sub);
    expect(subs.size).toBe(2);
  });

  it('is reached from the sign-in page of a request, by links and plain forms alone', async () => {
    const walker = newWalker(server.url);
    const { path } = await authorizationRequest(party);
    const arrival = await follow(walker, path);
    if (arrival.at !== 'page') throw new Error('not at the sign-in page');
    const href = /id="sandbox-sign-in-link"><a[^>]*href="([^"]+)"/.exec(arrival.answer.text)?.[1];
    const shown = await walker.get(href!);
    expect(shown.text).toContain(`value="${arrival.path}"`);
    expect(shown.text).not.toMatch(/<script[^>]*>[^<]/);
    const next = await walker.post('/dev/sign-in', choose('lina', 2, 2, arrival.path));
    const consent = await follow(walker, next);
    const text = consent.at === 'page' ? consent.answer.text : consent.url.href;
    expect(text).toMatch(/Lina May TESTER|code=/);
  });

  it('makes one account, however many ask for it at once', async () => {
    const wanted = { person: 'batu', ial: 3 } as const;
    const made = await Promise.all(
      Array.from({ length: 8 }, () => testAccount(server.app, wanted)),
    );
    expect(new Set(made.map(({ accountId }) => accountId)).size).toBe(1);
  });

  it.each([
    ['an unknown person', choose('nobody', 2, 2)],
    ['a level that is none', choose('lina', 4, 2)],
    ['an AAL of 0', choose('lina', 2, 0)],
  ])('refuses %s', async (_what, fields) => {
    const walker = newWalker(server.url);
    await walker.get('/dev/sign-in');
    expect((await walker.post('/dev/sign-in', fields)).status).toBe(422);
    expect((await walker.get('/home')).status).not.toBe(200);
  });

  it('never leads to another site', async () => {
    const walker = newWalker(server.url);
    await walker.get('/dev/sign-in');
    const to = await walker.post('/dev/sign-in', choose('lina', 2, 2, '//evil.example/'));
    expect(to.location).toBe('/home');
  });

  it('does not exist in production', async () => {
    const production = { ...server.app, config: { ...server.app.config, sandbox: false } };
    await expect(sandboxOnly.check({} as Context, production)).rejects.toThrow('not_found');
    const lines = routes.filter(({ path }) => path.startsWith('/dev/'));
    expect(lines.map(({ guard }) => guard.name)).toEqual(lines.map(() => 'sandboxOnly'));
  });
});
