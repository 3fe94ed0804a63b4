import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { addPasskeyDevice, openPage, screenshot, startBrowser } from '../browser.ts';
import { startTestServer } from '../harness.ts';
import { COUNTER } from '../oidc/ciba.ts';
import { beginDevice, DEVICE, pollDevice, postAs } from '../oidc/device.ts';
import { enrol } from '../oidc/enrolled.ts';
import { relyingParty } from '../oidc/relying-party.ts';
import { anna } from '../registry/enrolment.ts';
import { createAccount, expectNoFaults, textOf } from './product.ts';

/* What a person does on a phone for something that happens elsewhere: a television, and a counter. */
it('signs a television in by its code, and approves what a counter asks with a touch', async () => {
  const server = await startTestServer();
  const browser = await startBrowser();
  const tv = await relyingParty(server, { ...DEVICE, client_id: 'lands-tv' });
  const counter = await relyingParty(server, COUNTER);
  const page = await openPage(browser);
  await addPasskeyDevice(page);
  await page.goto(`${server.url}/create`);
  await createAccount(page, server.url, 'anna@example.org');
  const { id: accountId } = await server.app.db('accounts').first<{ id: never }>('id');
  await enrol(server, accountId, anna);

  // Scanned: the code is there to compare, and nothing happens by itself.
  const begun = await beginDevice(server, tv);
  await page.goto(begun.verification_uri_complete);
  expect(await page.locator('input[name=user_code]').inputValue()).toBe(begun.user_code);
  await screenshot(page, 'device-code');
  await page.locator('main form button').click();
  await page.locator('button[name=confirm]').waitFor();
  await screenshot(page, 'device-confirm');
  await page.locator('button[name=confirm]').click();
  await page.waitForURL(/\/interaction\//);
  await page.locator('form[action$="/consent"] button').first().click();
  await page.waitForURL(/\/device\//);
  expect(await textOf(page)).toContain('Your device is signed in');
  await screenshot(page, 'device-done');
  const onTv = await pollDevice(server, tv, begun.device_code);
  expect(decodeJwt(String(onTv.body.id_token))).toMatchObject({ ial: 2, aal: 2 });

  const asked = await postAs(server, counter, '/oidc/backchannel-authentication', {
    scope: 'openid profile',
    login_hint: 'anna@example.org',
    binding_message: 'Counter 7 · W4SCT',
  });
  await expect
    .poll(
      async () => {
        await page.goto(`${server.url}/home`);
        return page.locator('a[href^="/approvals/"]').count();
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBe(1);
  await screenshot(page, 'approval-home');
  await page.locator('a[href^="/approvals/"]').click();
  await page.locator('[data-passkey=authenticate]').waitFor();
  expect(await textOf(page)).toContain('Counter 7 · W4SCT');
  await screenshot(page, 'approval');
  await page.goto(`${page.url()}?lang=th`);
  await screenshot(page, 'approval-th');
  await page.locator('[data-passkey=authenticate] button').click();
  await page.waitForURL(/answered=approved/);
  await screenshot(page, 'approval-done-th');
  const given = await postAs(server, counter, '/oidc/token', {
    grant_type: COUNTER.grant_types[2]!,
    auth_req_id: String(asked.body.auth_req_id),
  });
  expect(decodeJwt(String(given.body.id_token))).toMatchObject({ ial: 2, aal: 2 });
  expectNoFaults(page);

  // Up to the sign-in no script is needed.
  const plain = await openPage(browser, { scripts: false, lang: 'th', device: 360 });
  const next = await beginDevice(server, tv);
  await plain.goto(next.verification_uri);
  await plain.locator('input[name=user_code]').fill('zzzz');
  await plain.locator('main form button').click();
  await screenshot(plain, 'device-unusable-th');
  await plain.locator('input[name=user_code]').fill(next.user_code.toLowerCase());
  await plain.locator('main form button').click();
  await screenshot(plain, 'device-confirm-th');
  await plain.locator('button[name=abort]').click();
  await plain.locator('h1').waitFor();
  await screenshot(plain, 'device-refused-th');
  const refused = await pollDevice(server, tv, next.device_code);
  expect(refused.body.error).toBe('access_denied');
}, 60_000);
