import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { atEnd } from '../at-end.ts';
import { openPage, startBrowser } from '../browser.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { relyingParty } from '../oidc/relying-party.ts';
import { signInAsTestPerson } from './browser-visitor.ts';

let server: TestServer;
let browser: Browser;
let app: string;

/** A single-page application: everything it knows of sign-in is in the library that is bundled into it. */
const SCRIPT = `
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
const { authority, client_id } = JSON.parse(document.body.dataset.settings);
const manager = new UserManager({
  authority, client_id, redirect_uri: location.origin + '/callback', post_logout_redirect_uri: location.origin + '/',
  scope: 'openid profile nationality', loadUserInfo: true, userStore: new WebStorageStateStore({ store: sessionStorage }),
});
const show = (value) => { document.querySelector('pre').textContent = JSON.stringify(value); };
window.app = {
  signIn: () => manager.signinRedirect(), refresh: () => manager.signinSilent().then((user) => show(user.profile)),
  revoke: () => manager.revokeTokens(['access_token']).then(() => show('revoked'), (error) => show(String(error))),
  signOut: () => manager.signoutRedirect(),
};
if (location.pathname === '/callback')
  manager.signinCallback().then((user) => show(user.profile), (error) => show({ error: String(error) }));
`;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), startBrowser()]);
  const bundle = await build({
    stdin: { contents: SCRIPT, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
  });
  const script = bundle.outputFiles[0]!.text;
  const settings = { authority: server.url, client_id: 'lands-spa' };
  const http = createServer((request, response) => {
    if (request.url === '/app.js') return void response.end(script);
    response.setHeader('content-type', 'text/html');
    const attribute = JSON.stringify(settings).replaceAll('"', '&quot;');
    response.end(
      `<!doctype html><body data-settings="${attribute}"><pre></pre><script src="/app.js"></script>`,
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  atEnd(() => {
    http.closeAllConnections();
    http.close();
  });
  app = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  await relyingParty(server, {
    client_id: 'lands-spa',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [`${app}/callback`],
    post_logout_redirect_uris: [`${app}/`],
  });
});

it('signs in, refreshes with rotation and signs out from a page without a server', async () => {
  const page = await openPage(browser);
  const shown = async () => {
    await page.waitForFunction(`document.querySelector('pre').textContent !== ''`);
    const text = await page.innerText('pre');
    await page.evaluate(`document.querySelector('pre').textContent = ''`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  await page.goto(app);
  await page.evaluate('void app.signIn()');
  await page.waitForURL(/\/interaction\//);
  await signInAsTestPerson(page);
  await page.waitForURL(/\/callback/);
  const profile = await shown();
  expect(profile).toMatchObject({ name: 'Lina May TESTER', nationality: 'UTO', ial: 2 });

  await page.evaluate('void app.refresh()');
  expect(await shown()).toMatchObject({ sub: profile.sub, ial: 2 });
  await page.evaluate('void app.refresh()');
  expect(await shown()).toMatchObject({ sub: profile.sub });

  await page.evaluate('void app.revoke()');
  expect(await shown()).toBe('revoked');
  await page.evaluate('void app.signOut()');
  await page.click('button[name=logout]');
  await page.waitForURL(`${app}/`);
  expect(page.faults).toEqual([]);
});
