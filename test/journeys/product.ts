import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { atEnd } from '../at-end.ts';
import { runCommand } from '../../src/cli.ts';
import { serve } from '../../src/main.ts';
import type { Product } from '../../src/main.ts';
import type { DemoMessage } from '../../src/dev/demo-mail.ts';
import { screenshot } from '../browser.ts';
import { freePorts, testDatabase } from '../harness.ts';

/** The whole product as `npm start` runs it, on ports and a database of its own. */
export interface RunningProduct extends Product {
  url: string;
  agencyUrl: string;
  secondAgencyUrl: string;
  registerUrl: string;
  dataDir: string;
}

/** Starts everything: provider, portal, console, jobs, sealer, sandbox register, demo agencies. Ends with the test file. */
export async function startProduct(settings: Record<string, string> = {}): Promise<RunningProduct> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tangchat-journey-'));
  chmodSync(dataDir, 0o755);
  const { url: databaseUrl } = await testDatabase();
  const port = await freePorts(4);
  const product = await serve({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    PORT: String(port),
    DATA_DIR: dataDir,
    KEYS_DIR: inject('keysDir'),
    DATABASE_URL: databaseUrl,
    // Officers compare faces, unless a journey names the matcher.
    MATCHER_URL: 'none',
    ...settings,
  });
  atEnd(async () => {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    ...product,
    url: product.app.config.ISSUER,
    registerUrl: `http://127.0.0.1:${port + 1}`,
    agencyUrl: `http://127.0.0.1:${port + 2}`,
    secondAgencyUrl: `http://127.0.0.1:${port + 3}`,
    dataDir,
  };
}

/** The mails to an address, newest first, as the sandbox mailbox has them. */
export async function mailsTo(url: string, to: string): Promise<DemoMessage[]> {
  const answer = await fetch(`${url}/dev/mail?to=${encodeURIComponent(to)}`, {
    headers: { accept: 'application/json' },
  });
  return ((await answer.json()) as { messages: DemoMessage[] }).messages;
}

/** Waits for a mail whose text matches, and gives the match. */
export async function waitForMail(
  url: string,
  to: string,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    for (const mail of await mailsTo(url, to)) {
      const found = pattern.exec(mail.text);
      if (found) return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No mail to ${to} matches ${pattern}: ${JSON.stringify(await mailsTo(url, to))}`);
}

/** From "Create your ID" to a registered passkey: address, code from the mailbox, passkey. */
export async function createAccount(page: Page, url: string, email: string): Promise<void> {
  await page.getByLabel(/e-?mail/i).fill(email);
  await screenshot(page, 'create-address');
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForURL(/\/create\/code/);
  const [, code] = await waitForMail(url, email, /\b(\d{3} \d{3})\b/);
  await screenshot(page, 'create-code');
  await page.locator('input[autocomplete="one-time-code"]').fill(code!);
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForURL(/\/create\/passkey/);
  await screenshot(page, 'create-passkey');
  await page.locator('[data-passkey=register] button').click();
  await page.waitForURL((to) => !to.pathname.startsWith('/create'));
}

/** An officer opens the invitation and registers a passkey; ends in the console. */
export async function enrolOfficer(page: Page, invitationUrl: string): Promise<void> {
  await page.goto(invitationUrl);
  await screenshot(page, 'console-invitation');
  await page.locator('[data-passkey=register] button').click();
  await page.waitForURL(/\/console(\/cases)?$/);
}

/** What stands on the page, white space folded. */
export async function textOf(page: Page): Promise<string> {
  return (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
}

/** No script failed and nothing was refused by the page's own policy. */
export function expectNoFaults(page: Page & { faults: string[] }): void {
  expect(page.faults).toEqual([]);
}

/** Agrees to be proven and comes to the page with the code for the phone. */
export async function startProofing(page: Page): Promise<string> {
  await page.waitForURL(/\/proofing/);
  await screenshot(page, 'proofing-start');
  for (const box of await page.locator('main input[type=checkbox]').all()) await box.check();
  await page.locator('main form button[type=submit]').last().click();
  await page.waitForURL(/\/cases\/[^/]+\/chip/);
  if ((await page.locator('.tc-qr').count()) === 0) {
    await page.locator('main form button[type=submit]').first().click();
    await page.locator('.tc-qr').waitFor();
  }
  await screenshot(page, 'chip');
  return ((await page.locator('.tc-copy-value').first().textContent()) ?? '').trim();
}

/** Plays the phone with our own command, as the page tells to; gives what it printed. */
export async function readPassport(passportFolder: string, link: string): Promise<string> {
  const lines: string[] = [];
  const io = {
    out: (text: string) => void lines.push(text),
    err: (text: string) => void lines.push(text),
  };
  const code = await runCommand(
    ['reader', 'submit', '--passport', passportFolder, '--link', link],
    io,
  );
  expect(code, lines.join('\n')).toBe(0);
  return lines.join('\n');
}

/** Takes the live portrait with the browser's camera. */
export async function takePortrait(page: Page): Promise<void> {
  await page.waitForURL(/\/cases\/[^/]+\/portrait/);
  await page.locator('[data-camera-open]').click();
  await page.locator('[data-camera-take]').waitFor({ state: 'visible' });
  await page.waitForTimeout(600);
  await screenshot(page, 'portrait');
  await page.locator('[data-camera-take]').click();
  await page.locator('[data-camera-use]').click();
  await page.waitForURL(/\/cases\/[^/]+$/);
  await screenshot(page, 'case-waiting');
}

/** The officer opens the oldest case that waits, and approves it. */
export async function approveOldestCase(officer: Page, url: string): Promise<void> {
  await officer.goto(`${url}/console/cases`);
  await screenshot(officer, 'console-queue');
  await officer.locator('table a').first().click();
  await officer.waitForURL(/\/console\/cases\/[^/]+$/);
  await officer.waitForLoadState('networkidle');
  await screenshot(officer, 'console-case');
  await officer.locator('input[name=reason][value=face_matches]').check();
  await officer.locator('textarea[name=note]').fill('Eyes, nose and ears agree.');
  await officer.locator('form[action$="/decision"] button').click();
  await officer.waitForLoadState();
}

/** Presses the agency's button; ends at our interaction, or back at the agency where nothing had to be asked. */
export async function signInAtAgency(page: Page, agencyUrl: string, name: string): Promise<void> {
  await page.goto(agencyUrl);
  await screenshot(page, name);
  await page.getByRole('link', { name: /sign in with tangchat/i }).click();
  await page.waitForLoadState();
}

/** The claims of the ID token and userinfo, as the agency shows them in full. */
export async function claimsShown(page: Page): Promise<Record<string, unknown>> {
  const blocks = await page.locator('pre').allTextContents();
  return Object.assign({}, ...blocks.map((text) => JSON.parse(text) as object)) as Record<
    string,
    unknown
  >;
}
