import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, expect, it, vi } from 'vitest';
import { addPasskeyDevice, openPage, screenshot, startBrowser } from '../browser.ts';
import { filmOf } from './camera-file.ts';
import {
  approveOldestCase,
  claimsShown,
  createAccount,
  enrolOfficer,
  mailsTo,
  readPassport,
  signInAtAgency,
  startProduct,
  startProofing,
  takePortrait,
  textOf,
  waitForMail,
} from './product.ts';
import type { RunningProduct } from './product.ts';

const ANNA = 'anna@example.org';
const HOUR_MS = 3_600_000;

afterEach(() => vi.useRealTimers());

async function officerPage(browser: Browser, product: RunningProduct): Promise<Page> {
  const officer = await openPage(browser, { device: 'desktop' });
  await addPasskeyDevice(officer);
  await enrolOfficer(officer, /http\S+invitations\S+/.exec(product.guide.join('\n'))![0]);
  return officer;
}

/** From the agency's button to the page that waits for the officer. */
async function comeToTheDecision(page: Page, product: RunningProduct): Promise<void> {
  await signInAtAgency(page, product.agencyUrl, 'agency');
  await screenshot(page, 'agency-sign-in');
  await page.getByRole('link', { name: /create your id/i }).click();
  await createAccount(page, product.url, ANNA);
  await page.waitForURL(/\/interaction\//);
  await screenshot(page, 'level-needed');
  await page.getByRole('link', { name: /prove who you are/i }).click();
  const link = await startProofing(page);
  await readPassport(join(product.dataDir, 'passports/anna'), link);
  await takePortrait(page);
}

async function share(page: Page, agencyUrl: string, name: string): Promise<void> {
  await page.waitForURL(/\/interaction\//);
  await page.locator('form[action$="/consent"]').waitFor();
  await screenshot(page, name);
  await page.locator('form[action$="/consent"] button').first().click();
  await page.waitForURL((url) => url.origin === agencyUrl);
}

it('leads a stranger from an agency to an ID and back, and to a second agency without a touch', async () => {
  const product = await startProduct();
  const browser = await startBrowser({ cameraFile: await filmOf('anna') });
  const page = await openPage(browser);
  const device = await addPasskeyDevice(page);
  await comeToTheDecision(page, product);
  const officer = await officerPage(browser, product);
  await approveOldestCase(officer, product.url);

  // The sign-in goes on by itself, and the consent names each value.
  await page.waitForURL(/\/interaction\//);
  const consent = await textOf(page);
  for (const value of ['ERIKSSON', '12 August 1990', 'UTO', 'Foreign-national ID'])
    expect(consent).toContain(value);
  await share(page, product.agencyUrl, 'consent');
  const first = await claimsShown(page);
  expect(first).toMatchObject({
    acr: 'urn:tangchat:acr:ial2:aal2',
    ial: 2,
    aal: 2,
    birthdate: '1990-08-12',
    nationality: 'UTO',
  });
  expect(first.foreign_national_id).toMatch(/^F\d{12}$/);
  await screenshot(page, 'agency-signed-in');

  // Every contact address is told, and told how to stop it.
  await waitForMail(product.url, ANNA, /\/freeze\//);
  await page.goto(`${product.url}/dev/mail`);
  await screenshot(page, 'mailbox');

  // The second agency: no passkey asked, one consent, another sub.
  const touches = (await device.list())[0]!.signCount;
  await signInAtAgency(page, product.secondAgencyUrl, 'second-agency');
  await share(page, product.secondAgencyUrl, 'second-consent');
  const second = await claimsShown(page);
  expect((await device.list())[0]!.signCount).toBe(touches);
  expect(second.foreign_national_id).toBe(first.foreign_national_id);
  expect(second.sub).not.toBe(first.sub);
  await screenshot(page, 'second-agency-signed-in');

  // Once more at the second: the consent is remembered.
  await page
    .getByRole('button', { name: /sign out/i })
    .first()
    .click();
  await page.goto(`${product.url}/home`);
  await page.waitForLoadState('networkidle');
  await screenshot(page, 'home');
  await page.goto(`${product.url}/services`);
  await screenshot(page, 'services');
  expect(page.faults).toEqual([]);
  expect((officer as Page & { faults: string[] }).faults).toEqual([]);
}, 120_000);

it('tells a decision that comes hours later by a notice whose link starts the sign-in afresh', async () => {
  const product = await startProduct();
  const browser = await startBrowser({ cameraFile: await filmOf('anna') });
  const page = await openPage(browser);
  const device = await addPasskeyDevice(page);
  await comeToTheDecision(page, product);
  await page.goto('about:blank');

  const before = (await mailsTo(product.url, ANNA)).length;
  const officer = await officerPage(browser, product);
  await approveOldestCase(officer, product.url);
  const [link] = await waitForMail(
    product.url,
    ANNA,
    /http:\/\/localhost:\d+\/interaction\/[\w-]+/,
  );
  expect((await mailsTo(product.url, ANNA)).length).toBeGreaterThan(before);

  // Not before the decision: registers are asked right before it, and keep their own time.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * HOUR_MS });
  // The interaction and the session are long gone: the agency's own start, one touch, consent, signed in.
  const touches = (await device.list())[0]!.signCount;
  await page.goto(link);
  await page.waitForURL(/\/interaction\//);
  await page.locator('[data-passkey=authenticate] button').first().click();
  await share(page, product.agencyUrl, 'later-consent');
  expect(await claimsShown(page)).toMatchObject({ acr: 'urn:tangchat:acr:ial2:aal2' });
  expect((await device.list())[0]!.signCount).toBeGreaterThan(touches);
}, 120_000);
