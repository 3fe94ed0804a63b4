import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CALLBACK, authorizationRequest, relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { NONSENSE, inBatches, spoiled } from './nonsense.ts';

/* Requests that a signed-in browser is made to carry: a page of ours, or an error to the registered address alone. */
let server: TestServer;
let walker: Walker;
let party: RelyingParty;
let idToken: string;

beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  ({ walker } = await signUp(server, { email: 'sweep@example.org' }));
  const { tokens } = await signInAt(walker, party);
  idToken = tokens.id_token!;
}, 30_000);

describe('at the authorization and sign-out endpoints', () => {
  it('answers nonsense in any parameter without a fault, on a page or at the service alone', async () => {
    const good = await authorizationRequest(party);
    const form = Object.fromEntries(new URLSearchParams(good.path.slice(good.path.indexOf('?'))));
    const asked = ['claims', 'acr_values', 'max_age', 'prompt', 'id_token_hint', 'response_mode'];
    const more = ['request', 'request_uri', 'authorization_details', 'resource', 'ui_locales'];
    const leaving = { client_id: party.clientId, id_token_hint: idToken, state: 's' };
    const works = [
      { path: '/oidc/auth', form, names: [...Object.keys(form), ...asked, ...more] },
      {
        path: '/oidc/sign-out',
        form: leaving,
        names: [...Object.keys(leaving), 'post_logout_redirect_uri', 'logout_hint'],
      },
    ].flatMap(({ path, form: fields, names }) =>
      names.flatMap((name) =>
        NONSENSE.map((value) => async () => {
          const answer = await walker.get(`${path}?${spoiled(fields, name, value)}`);
          const what = `${path} ${name}=${value.slice(0, 30)}`;
          expect([what, answer.status < 500]).toEqual([what, true]);
          if (answer.location !== null)
            expect([
              what,
              answer.location.startsWith('/') || answer.location.startsWith(CALLBACK),
            ]).toEqual([what, true]);
          expect(answer.headers.getSetCookie().join()).not.toMatch(/(?:^|,)a=b/);
        }),
      ),
    );
    await inBatches(works);
  }, 120_000);

  it('answers nonsense in a path or a cookie without a fault', async () => {
    const paths = ['/oidc/auth/', '/oidc/auth/x/', '/oidc/sign-out/', '/device/', '/interaction/'];
    const works = NONSENSE.flatMap((value) => [
      ...paths.map((path) => () => walker.get(`${path}${value}`)),
      ...['tangchat_oidc', 'tangchat_interaction', 'tangchat_resume', 'tangchat_session'].map(
        (name) => () =>
          fetch(`${server.url}/oidc/auth/x?client_id=y`, {
            headers: { cookie: `${name}=${value}; ${name}.sig=${value}`, accept: 'text/html' },
            redirect: 'manual',
          }),
      ),
    ]).map((call) => async () => {
      expect((await call()).status).toBeLessThan(500);
    });
    await inBatches(works);
  }, 60_000);

  it.each([
    ['a parameter twice', '&state=again'],
    ['the same value twice', '&scope=openid&scope=openid'],
    ['an unknown parameter twice', '&foo=1&foo=1'],
    ['a list', '&scope[]=openid'],
    ['a list with indexes', '&scope[0]=openid'],
    ['an object', '&claims[id_token]=x'],
    ['a prototype', '&__proto__=x'],
    ['a prototype’s part', '&__proto__[x]=1'],
    ['a constructor', '&constructor=1'],
    ['a NUL', '&login_hint=a%00b'],
    ['a NUL in a name', '&login%00hint=a'],
    ['a bell', '&login_hint=%07'],
  ])('refuses a request with %s by a page (400), sending nobody anywhere', async (_what, more) => {
    const request = await authorizationRequest(party);
    const answer = await walker.get(`${request.path}${more}`);
    expect([answer.status, answer.location]).toEqual([400, null]);
    expect(answer.text).toContain('invalid_request');
    const form = new URLSearchParams(request.path.slice(request.path.indexOf('?')));
    const posted = await fetch(`${server.url}/oidc/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      body: `${form.toString()}${more}`,
      redirect: 'manual',
    });
    expect([posted.status, posted.headers.get('location')]).toEqual([400, null]);
  });

  it('refuses a state of a megabyte, posted, pushed or asked for', async () => {
    const request = await authorizationRequest(party);
    const form = new URLSearchParams(request.path.slice(request.path.indexOf('?')));
    form.set('state', 'x'.repeat(1_000_000));
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${server.url}${path}`, { method: 'POST', body: form, headers, redirect: 'manual' });
    const basic = `Basic ${Buffer.from(`${party.clientId}:${party.secret}`).toString('base64')}`;
    expect((await post('/oidc/auth', { accept: 'text/html' })).status).toBe(400);
    expect((await post('/oidc/request', { authorization: basic })).status).toBe(400);
    // Longer than any request line that our server reads.
    const asked = await fetch(`${server.url}/oidc/auth?${form.toString()}`).catch(() => null);
    expect(asked?.status ?? 400).toBe(400);
    // And what fits in a post, but in no request line, is refused before it is sent there.
    form.set('state', 'x'.repeat(30_000));
    expect((await post('/oidc/auth', { accept: 'text/html' })).status).toBe(400);
  });
});
