import { createHash } from 'node:crypto';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { registration } from '../agencies/registrations.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { agree, follow, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * The address that a code is sent to is one of those registered, letter by letter. Anything else ends on a page of
 * ours: a redirect would already tell somebody something, and lend them our good name.
 */
const REGISTERED = 'https://lands.example/callback';
let server: TestServer;
let walker: Walker;
let web: RelyingParty;
let native: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  web = await relyingParty(server, { redirect_uris: [REGISTERED] });
  native = await relyingParty(server, {
    client_id: 'lands-phone',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: [
      'http://127.0.0.1/callback',
      'http://[::1]/callback',
      'com.example.lands:/callback',
      'https://app.lands.example/callback',
    ],
  });
}, 30_000);

const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');

function queryOf(party: RelyingParty, parameters: [string, string][]): string {
  return new URLSearchParams([
    ['client_id', party.clientId],
    ['response_type', 'code'],
    ['scope', 'openid'],
    ['code_challenge', challenge],
    ['code_challenge_method', 'S256'],
    ['state', 's'],
    ...parameters,
  ]).toString();
}

const TRICKS = [
  'https://lands.example/callback/',
  'https://lands.example/callback/x',
  'https://lands.example/callbackx',
  'https://lands.example/callback?x=1',
  'https://lands.example/callback?',
  'https://lands.example/callback#',
  'https://lands.example/callback#x',
  'https://lands.example/callback;x',
  'https://lands.example/callback/..;/evil',
  'https://lands.example/x/..;/callback',
  'https://lands.example/x/../callback',
  'https://lands.example/./callback',
  'https://lands.example//callback',
  'https://lands.example/%63allback',
  'https://lands.example/callback%2e',
  'https://lands.example/%2e%2e/callback',
  'https://lands.example/%2e/callback',
  'https://lands.example/callback%00',
  'https://lands.example/callback%0d%0aset-cookie:a=b',
  'https://lands.example/callback ',
  ' https://lands.example/callback',
  'https://lands.example/Callback',
  'https://LANDS.example/callback',
  'HTTPS://lands.example/callback',
  'https://lands.example:443/callback',
  'https://lands.example:8443/callback',
  'https://lands.example./callback',
  'https://lands.example.evil.example/callback',
  'https://evil.example/https://lands.example/callback',
  'https://user@lands.example/callback',
  'https://lands.example@evil.example/callback',
  'https://lands.example:pass@evil.example/callback',
  'https://lands.example\\@evil.example/callback',
  'https://evil.example\\@lands.example/callback',
  'https:\\\\lands.example\\callback',
  'https:/lands.example/callback',
  'https:lands.example/callback',
  '//lands.example/callback',
  '/callback',
  'lands.example/callback',
  'http://lands.example/callback',
  'javascript:alert(1)//https://lands.example/callback',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://lands.example/callback',
  'https://ｌands.example/callback',
  'https://lands。example/callback',
  'https://xn--lands-.example/callback',
  'https://[::ffff:127.0.0.1]/callback',
  'https://*.example/callback',
  '*',
  'null',
];

const SOME_TRICKS = TRICKS.filter((_uri, index) => index % 6 === 0);

async function expectPage(path: string): Promise<void> {
  const arrival = await follow(walker, path);
  if (arrival.at === 'service') throw new Error(`It redirects to ${arrival.url.href}`);
  expect([path, arrival.answer.status]).toEqual([path, 400]);
  expect(arrival.answer.location).toBeNull();
}

it('ends each trick with an address on a page of ours, by GET, by POST, and with an error besides', async () => {
  for (const uri of TRICKS) await expectPage(`/oidc/auth?${queryOf(web, [['redirect_uri', uri]])}`);
  // An error that would be told to the service is not told to that address either, however it is to be told.
  for (const uri of SOME_TRICKS)
    for (const more of [[['prompt', 'dance']], [['response_mode', 'form_post']]] as [
      string,
      string,
    ][][])
      await expectPage(`/oidc/auth?${queryOf(web, [['redirect_uri', uri], ...more])}`);
  const posted = await walker.post('/oidc/auth', {
    ...Object.fromEntries(new URLSearchParams(queryOf(web, []))),
    redirect_uri: 'https://evil.example/',
  });
  await expectPage(posted.location!);
}, 60_000);

it('ends on a page where the address is there twice, or not', async () => {
  const evil: [string, string] = ['redirect_uri', 'https://evil.example/'];
  const good: [string, string] = ['redirect_uri', REGISTERED];
  for (const pairs of [[good, evil], [evil, good], [good, good], [] as [string, string][]])
    await expectPage(`/oidc/auth?${queryOf(web, pairs)}`);
  await expectPage(`/oidc/auth?${queryOf(web, [['redirect_uri[]', REGISTERED]])}`);
  await expectPage(`/oidc/auth?${queryOf(web, [['redirect_uri', '']])}`);
});

it('takes none of them pushed', async () => {
  for (const uri of TRICKS) {
    const basic = Buffer.from(`${web.clientId}:${web.secret}`).toString('base64');
    const answer = await fetch(`${server.url}/oidc/request`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams(queryOf(web, [['redirect_uri', uri]])),
    });
    expect([uri, answer.status]).toEqual([uri, 400]);
  }
});

it('after sign-out sends nobody to an address that is not registered', async () => {
  for (const uri of SOME_TRICKS) {
    const query = new URLSearchParams({
      client_id: web.clientId,
      post_logout_redirect_uri: uri,
      state: 's',
    });
    await expectPage(`/oidc/sign-out?${query.toString()}`);
  }
});

describe('an app on the person’s own device', () => {
  async function codeAt(uri: string) {
    let arrival = await follow(walker, `/oidc/auth?${queryOf(native, [['redirect_uri', uri]])}`);
    if (arrival.at === 'page' && arrival.path.startsWith('/interaction/'))
      arrival = await agree(walker, arrival);
    return arrival;
  }

  it.each([
    'http://127.0.0.1:49152/callback',
    'http://127.0.0.1:8080/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:61023/callback',
    'com.example.lands:/callback',
    'https://app.lands.example/callback',
  ])('gets its code at %s', async (uri) => {
    const arrival = await codeAt(uri);
    if (arrival.at !== 'service') throw new Error(`a page: ${arrival.answer.status}`);
    expect(arrival.url.href.startsWith(uri.replace(/\/$/, ''))).toBe(true);
    const tokens = await openid.authorizationCodeGrant(
      native.config,
      arrival.url,
      { pkceCodeVerifier: 'v'.repeat(43), expectedState: 's' },
      { redirect_uri: uri },
    );
    expect(tokens.claims()).toMatchObject({ aud: native.clientId });
  });

  it.each([
    'http://127.0.0.1:49152/callback/',
    'http://127.0.0.1:49152/',
    'http://127.0.0.1:99999/callback',
    'http://127.0.0.1:x/callback',
    'http://127.0.0.1:80@evil.example/callback',
    'http://user@127.0.0.1:8080/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://127.0.0.1:8080:9090/callback',
    'http://127.1:8080/callback',
    'http://0.0.0.0:8080/callback',
    'http://localhost:8080/callback',
    'https://127.0.0.1:8080/callback',
    'https://app.lands.example:8443/callback',
    'com.example.lands:/other',
    'com.example.lands://callback',
    'com.example.landsx:/callback',
    'com.example.lands.evil:/callback',
    'COM.example.lands:/callback',
  ])('gets nothing at %s', async (uri) => {
    const arrival = await codeAt(uri);
    expect(arrival.at === 'page' && arrival.answer.status).toBe(400);
  });
});

it('registers no address that could take a code elsewhere', async () => {
  const faultsOf = async (more: Record<string, unknown>) => {
    const metadata = registration({ client_id: 'never', ...more });
    const added = await transact(server.app.db, (tx) =>
      addService(tx, server.app, { metadata, actor: SYSTEM }),
    );
    return !added.ok && added.reason === 'invalid' ? added.faults.map(({ path }) => path) : [];
  };
  for (const uri of TRICKS.filter((one) => URL.parse(one)?.protocol !== 'https:'))
    expect([uri, await faultsOf({ redirect_uris: [uri] })]).toEqual([uri, ['redirect_uris.0']]);
  for (const uri of ['https://a.example/#x', 'https://a.example/*', 'https://u@a.example/'])
    expect([uri, await faultsOf({ redirect_uris: [uri] })]).toEqual([uri, ['redirect_uris.0']]);
  const app = { application_type: 'native', token_endpoint_auth_method: 'none' };
  for (const uri of [
    'http://localhost/callback',
    'http://192.168.1.1/callback',
    'http://evil.example/callback',
    'callback:/x',
    'javascript:alert(1)',
    'data:text/html,x',
  ])
    expect([uri, await faultsOf({ ...app, redirect_uris: [uri] })]).toEqual([
      uri,
      ['redirect_uris.0'],
    ]);
  for (const grant of ['implicit', 'password', 'urn:ietf:params:oauth:grant-type:jwt-bearer'])
    expect(await faultsOf({ grant_types: [grant] })).toEqual(['grant_types.0']);
  for (const type of ['token', 'id_token', 'code id_token', 'code token', 'none'])
    expect(await faultsOf({ response_types: [type] })).toEqual(['response_types.0']);
  for (const alg of ['none', 'HS256', 'RS1'])
    expect(await faultsOf({ id_token_signed_response_alg: alg })).toEqual([
      'id_token_signed_response_alg',
    ]);
});
