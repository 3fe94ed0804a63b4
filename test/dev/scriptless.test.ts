import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { testAccount } from '../../src/dev/sandbox-sign-in/test-account.ts';
import { atEnd } from '../at-end.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CIBA, COUNTER, waiting } from '../oidc/ciba.ts';
import { beginDevice, DEVICE, pollDevice, postAs } from '../oidc/device.ts';
import { authorizationRequest, CALLBACK, relyingParty } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { newWalker, signUp } from '../walk.ts';
import { plainBrowser } from './plain-browser.ts';
import type { PlainBrowser } from './plain-browser.ts';

/*
 * A conformance suite drives a browser without scripts. Every flow with a person in it can be run so in the sandbox, by
 * following the links and pressing the buttons that the pages show.
 */
let server: TestServer;
let lands: RelyingParty;
const ESSENTIAL = {
  id_token: { acr: { essential: true, value: 'urn:tangchat:acr:ial2:aal2' } },
};
const LEAVE = `${CALLBACK}/left`;

beforeAll(async () => {
  server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  lands = await relyingParty(server, {
    claims: ['name', 'nationality'],
    post_logout_redirect_uris: [LEAVE],
    response_modes: ['query', 'form_post', 'jwt'],
  });
});

/** From a sign-in page of ours to what comes after it. */
async function signInAs(browser: PlainBrowser, person = 'lina', levels = { ial: '2', aal: '2' }) {
  await browser.follow(/^\/dev\/sign-in/);
  await browser.press(/^\/dev\/sign-in$/, { person, ...levels });
}

const share = (browser: PlainBrowser) => browser.press(/\/consent$/, { decision: 'share' });

/** A new browser, signed in at the service. */
async function signedIn(person = 'lina') {
  const browser = plainBrowser(server.url);
  const { path, checks } = await authorizationRequest(lands);
  await browser.open(path);
  await signInAs(browser, person);
  if (!browser.left) await share(browser);
  const tokens = await openid.authorizationCodeGrant(lands.config, browser.left!, checks);
  return { browser, tokens };
}

async function again(browser: PlainBrowser, parameters: Record<string, string>) {
  const { path, checks } = await authorizationRequest(lands, parameters);
  await browser.open(path);
  return async () =>
    (await openid.authorizationCodeGrant(lands.config, browser.left!, checks)).claims()!;
}

describe('without a script', () => {
  it('a person signs in and shares; by a pushed request too', async () => {
    const { tokens } = await signedIn();
    expect(tokens.claims()).toMatchObject({ ial: 2, aal: 2 });
    const browser = plainBrowser(server.url);
    const verifier = openid.randomPKCECodeVerifier();
    const url = await openid.buildAuthorizationUrlWithPAR(lands.config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    await browser.open(`${url.pathname}${url.search}`);
    await signInAs(browser, 'batu');
    if (!browser.left) await share(browser);
    const pushed = await openid.authorizationCodeGrant(lands.config, browser.left!, {
      pkceCodeVerifier: verifier,
    });
    expect(pushed.access_token).toBeDefined();
  });

  it.each([
    ['form_post', 'code'],
    ['jwt', 'response'],
  ])('the answer comes by response_mode=%s', async (mode, parameter) => {
    const { browser } = await signedIn();
    await again(browser, { response_mode: mode });
    // A script would send the form; there is a button for who has none.
    if (mode === 'form_post') await browser.press(/callback$/);
    expect(browser.left?.searchParams.get(parameter)).toMatch(/^[\w.-]{40,}$/);
  });

  it('a higher AAL is reached by signing in at it', async () => {
    const browser = plainBrowser(server.url);
    await browser.open('/dev/sign-in');
    await browser.press(/^\/dev\/sign-in$/, { person: 'soren', ial: '2', aal: '1' });
    const claims = await again(browser, { claims: JSON.stringify(ESSENTIAL) });
    expect(browser.left).toBeNull();
    await signInAs(browser, 'soren');
    if (!browser.left) await share(browser);
    expect(await claims()).toMatchObject({ acr: ESSENTIAL.id_token.acr.value });
  });

  it('a higher IAL is another account, and so another request', async () => {
    const browser = plainBrowser(server.url);
    await browser.open('/dev/sign-in');
    await browser.press(/^\/dev\/sign-in$/, { person: 'soren', ial: '1', aal: '2' });
    await again(browser, { claims: JSON.stringify(ESSENTIAL) });
    expect(browser.left).toBeNull();
    await signInAs(browser, 'soren');
    expect(browser.text).toContain('This sign-in is over');
    const claims = await again(browser, { claims: JSON.stringify(ESSENTIAL) });
    if (!browser.left) await share(browser);
    expect(await claims()).toMatchObject({ acr: ESSENTIAL.id_token.acr.value });
  });

  it('a level that is only wished for can be left', async () => {
    const browser = plainBrowser(server.url);
    await browser.open('/dev/sign-in');
    await browser.press(/^\/dev\/sign-in$/, { person: 'batu', ial: '1', aal: '2' });
    const claims = await again(browser, { acr_values: 'urn:tangchat:acr:ial2:aal2' });
    await browser.press(/\/level$/);
    if (!browser.left) await share(browser);
    expect(await claims()).toMatchObject({ acr: 'urn:tangchat:acr:ial1:aal2' });
  });

  it('prompt=login and max_age=0 sign in anew, prompt=select_account chooses, prompt=consent asks again', async () => {
    const { browser } = await signedIn();
    for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
      const claims = await again(browser, parameters);
      expect(browser.left).toBeNull();
      await signInAs(browser);
      expect((await claims()).auth_time).toBeTypeOf('number');
    }
    const same = await again(browser, { prompt: 'select_account' });
    await browser.press(/\/account$/, { account: 'same' });
    const { sub } = await same();
    const other = await again(browser, { prompt: 'select_account' });
    await browser.press(/\/account$/, { account: 'other' });
    await signInAs(browser, 'batu');
    if (!browser.left) await share(browser);
    expect((await other()).sub).not.toBe(sub);
    await again(browser, { prompt: 'consent' });
    await share(browser);
    expect(browser.left?.searchParams.has('code')).toBe(true);
    await again(browser, { prompt: 'consent' });
    await browser.press(/\/consent$/, { decision: 'refuse' });
    expect(browser.left?.searchParams.get('error')).toBe('access_denied');
  });

  it('a person signs out at a service, everywhere', async () => {
    const { browser, tokens } = await signedIn();
    const url = openid.buildEndSessionUrl(lands.config, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: LEAVE,
    });
    await browser.open(`${url.pathname}${url.search}`);
    await browser.press(/sign-out\/confirm$/, { logout: 'yes' });
    expect(browser.left?.href).toContain(LEAVE);
    await again(browser, {});
    expect(browser.left).toBeNull();
    expect(browser.text).toContain('id="sandbox-sign-in-link"');
  });

  it('a device is approved', async () => {
    const tv = await relyingParty(server, {
      ...DEVICE,
      client_id: 'lands-tv',
      token_endpoint_auth_method: 'none',
    });
    const begun = await beginDevice(server, tv);
    const browser = plainBrowser(server.url);
    await browser.open('/device');
    await browser.press(/device$/, { user_code: begun.user_code });
    await browser.press(/device$/, { confirm: 'yes' });
    await signInAs(browser);
    if (/\/interaction\//.test(browser.path)) await share(browser);
    expect((await pollDevice(server, tv, begun.device_code)).status).toBe(200);
  });
});

describe('an approval from elsewhere (CIBA), without a script', () => {
  const PERSON = { person: 'lina', ial: 2 } as const;
  let counter: RelyingParty;
  beforeAll(async () => {
    counter = await relyingParty(server, COUNTER);
    await testAccount(server.app, PERSON);
  });

  async function ask(party: RelyingParty, fields: Record<string, string> = {}) {
    const { body } = await postAs(server, party, '/oidc/backchannel-authentication', {
      scope: 'openid profile',
      login_hint: 'lina.ial2@test.invalid',
      ...fields,
    });
    return String(body.auth_req_id);
  }
  const poll = (party: RelyingParty, id: string) =>
    postAs(server, party, '/oidc/token', { grant_type: CIBA, auth_req_id: id });

  /** The page once it shows a request with these words. */
  async function shown(message: string): Promise<PlainBrowser> {
    const browser = plainBrowser(server.url);
    for (let tries = 0; tries < 200; tries++) {
      await browser.open('/dev/approvals');
      if (browser.text.includes(message)) return browser;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('The request is not shown.');
  }

  it('is approved at the chosen level by a plain form, and polled', async () => {
    const id = await ask(counter, { binding_message: 'Counter 1' });
    const browser = await shown('Counter 1');
    expect(browser.text).toContain('Lina May TESTER');
    await browser.press(/approval$/, { aal: '3' });
    expect(browser.path).toBe('/dev/approvals?answered=approved');
    const { status, body } = await poll(counter, id);
    expect(status).toBe(200);
    expect(decodeJwt(String(body.id_token))).toMatchObject({ ial: 2, aal: 3 });
  });

  it('is told by a ping, and fetched', async () => {
    const heard: string[] = [];
    const notified = createHttpServer((request, response) => {
      request.on('data', (part: Buffer) => heard.push(part.toString()));
      request.on('end', () => response.writeHead(204).end());
    }).listen(0, '127.0.0.1');
    await once(notified, 'listening');
    atEnd(() => void notified.close());
    const { port } = notified.address() as { port: number };
    const pinged = await relyingParty(server, {
      ...COUNTER,
      client_id: 'lands-pinged',
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `http://127.0.0.1:${port}/ping`,
    });
    const id = await ask(pinged, {
      binding_message: 'Counter 2',
      client_notification_token: 'notification-token_1',
    });
    const browser = await shown('Counter 2');
    await browser.press(/approval$/, { aal: '2' });
    await expect.poll(() => heard).toEqual([JSON.stringify({ auth_req_id: id })]);
    expect((await poll(pinged, id)).status).toBe(200);
  });

  it('is not approved by a level that does not reach', async () => {
    const strict = await relyingParty(server, {
      ...COUNTER,
      client_id: 'lands-strict',
      minimum_ial: 3,
    });
    const id = await ask(strict, { binding_message: 'Counter 3' });
    const browser = await shown('Counter 3');
    await browser.press(/approval$/, { aal: '2' });
    expect(browser.path).toMatch(/^\/approvals\//);
    expect(browser.text).toContain('You cannot approve this now');
    expect((await poll(strict, id)).body.error).toBe('authorization_pending');
    await browser.press(/refusal$/, { reason: 'out_of_reach' });
    expect((await poll(strict, id)).body.error).toMatch(
      /unmet_authentication_requirements|slow_down/,
    );
  });

  it('is refused by a plain form', async () => {
    const id = await ask(counter, { binding_message: 'Counter 4' });
    const browser = await shown('Counter 4');
    await browser.press(/refusal$/);
    expect(browser.path).toBe('/dev/approvals?answered=refused');
    expect((await poll(counter, id)).body.error).toBe('access_denied');
  });

  it('of a real account is neither shown nor answered here', async () => {
    const person = await signUp(server, { email: 'anna@example.org' });
    const other = await relyingParty(server, { ...COUNTER, client_id: 'lands-other' });
    const id = await ask(other, { login_hint: person.email, binding_message: 'Counter 5' });
    await expect.poll(async () => (await waiting(person)).length).toBe(1);
    const [path] = await waiting(person);
    const walker = newWalker(server.url);
    expect((await walker.get('/dev/approvals')).text).not.toContain('Counter 5');
    for (const answer of ['approval', 'refusal'])
      expect((await walker.post(`/dev${path}/${answer}`, { aal: '2' })).status).toBe(404);
    expect((await walker.post('/dev/approvals/nothing/approval', { aal: '2' })).status).toBe(404);
    expect((await walker.post(`/dev${path}/approval`, { aal: '4' })).status).toBe(422);
    expect((await poll(other, id)).body.error).toBe('authorization_pending');
  });
});
