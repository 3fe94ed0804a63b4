import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addPasskeyDevice, openPage, screenshot, startBrowser } from '../browser.ts';
import { filmOf } from './camera-file.ts';
import {
  approveOldestCase,
  createAccount,
  enrolOfficer,
  readPassport,
  startProduct,
  startProofing,
  takePortrait,
  textOf,
} from './product.ts';

it('leads a foreigner from an address to an ID in one sitting', async () => {
  const product = await startProduct();
  const browser = await startBrowser({ cameraFile: await filmOf('anna') });
  const page = await openPage(browser);
  await addPasskeyDevice(page);
  await page.goto(`${product.url}/create?return_to=/proofing`);
  await createAccount(page, product.url, 'anna@example.org');
  const link = await startProofing(page);
  console.log(await readPassport(join(product.dataDir, 'passports/anna'), link));
  await takePortrait(page);
  const officer = await openPage(browser, { device: 'desktop' });
  await addPasskeyDevice(officer);
  await enrolOfficer(officer, /http\S+invitations\S+/.exec(product.guide.join('\n'))![0]);
  await approveOldestCase(officer, product.url);
  console.log(await textOf(officer));
  await page
    .getByRole('link', { name: /home|start page|your ID/i })
    .first()
    .waitFor({ timeout: 15_000 });
  await page.goto(`${product.url}/home`);
  console.log(await textOf(page));
  await screenshot(page, 'home');
  expect(page.faults).toEqual([]);
}, 60_000);
