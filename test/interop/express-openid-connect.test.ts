import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { auth, requiresAuth } from 'express-openid-connect';
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

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), startBrowser()]);
  app = await startExpress();
});

/** An ordinary Express application with a kept middleware, configured as its README says. */
async function startExpress(): Promise<string> {
  const web = express();
  const http = await new Promise<Server>((resolve) => {
    const listening = web.listen(0, '127.0.0.1', () => resolve(listening));
  });
  atEnd(() => {
    http.closeAllConnections();
    http.close();
  });
  const baseURL = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const party = await relyingParty(server, {
    client_id: 'lands-express',
    redirect_uris: [`${baseURL}/callback`],
    post_logout_redirect_uris: [baseURL],
    claims: ['name', 'family_name', 'given_name', 'birthdate', 'nationality'],
  });
  web.use(
    auth({
      issuerBaseURL: server.url,
      baseURL,
      clientID: party.clientId,
      clientSecret: party.secret!,
      secret: 'a secret of the application, at least 32 long',
      authRequired: false,
      idpLogout: true,
      authorizationParams: { response_type: 'code', scope: 'openid profile' },
    }),
  );
  web.get('/', (request, response) => {
    response.send(request.oidc.isAuthenticated() ? 'signed in' : 'signed out');
  });
  web.get('/me', requiresAuth(), (request, response, next) => {
    const { idTokenClaims: idToken } = request.oidc;
    request.oidc.fetchUserInfo().then((userinfo) => response.json({ idToken, userinfo }), next);
  });
  return baseURL;
}

it('signs a person in and out with express-openid-connect in a browser', async () => {
  const page = await openPage(browser);
  await page.goto(`${app}/me`);
  await signInAsTestPerson(page);
  await page.waitForURL(`${app}/me`);
  const shown = JSON.parse(await page.innerText('body')) as Record<string, Record<string, unknown>>;
  expect(shown.idToken).toMatchObject({ ial: 2, aal: 2, acr: 'urn:tangchat:acr:ial2:aal2' });
  expect(shown.userinfo).toMatchObject({ name: 'Lina May TESTER', sub: shown.idToken!.sub });

  await page.goto(`${app}/logout`);
  await page.click('button[name=logout]');
  await page.waitForURL(`${app}/`);
  expect(await page.innerText('body')).toBe('signed out');
  await page.goto(`${app}/me`);
  expect(new URL(page.url()).origin).toBe(server.url);
});
