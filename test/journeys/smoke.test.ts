import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { addPasskeyDevice, openPage, startBrowser } from '../browser.ts';
import { serveGallery } from '../views/serve-gallery.ts';
import type { GalleryServer } from '../views/serve-gallery.ts';

/** Our components, styles and scripts in a real browser, under the product's own Content-Security-Policy. */
describe('the pages in a browser', () => {
  let browser: Browser;
  let gallery: GalleryServer;
  beforeAll(async () => {
    [browser, gallery] = await Promise.all([startBrowser(), serveGallery()]);
  });
  afterAll(() => gallery.close());
  const open = async (path: string, options: Parameters<typeof openPage>[1] = {}) => {
    const page = await openPage(browser, options);
    await page.goto(`${gallery.url}${path}`);
    return page;
  };

  it.each(['/', '/gallery', '/error', '/console'])(
    'fit %s on a phone of 360 px, without faults',
    async (path) => {
      for (const lang of ['en', 'th']) {
        const page = await open(`${path}?lang=${lang}`, { device: 360 });
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow).toBe(0);
        expect(page.faults).toEqual([]);
        await page.context().close();
      }
    },
  );

  it('show Thai in our own font', async () => {
    const page = await open('/?lang=th');
    const loaded = await page.evaluate(
      `document.fonts.ready.then(() => [...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family.replaceAll('"', '')))`,
    );
    expect(loaded).toContain('Noto Sans Thai');
    await page.context().close();
  });

  it('have targets that a finger can hit (WCAG 2.2 §2.5.8, ours: 44 px)', async () => {
    const page = await open('/gallery', { device: 'phone' });
    const small = await page.$$eval('button, .ds-button, input, select, nav a', (elements) =>
      elements
        .filter((element) => element.checkVisibility())
        .map((element) => ({
          box: (element.closest('.ds-field') ?? element).getBoundingClientRect(),
          html: element.outerHTML,
        }))
        .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
        .map(({ html }) => html),
    );
    expect(small).toEqual([]);
    await page.context().close();
  });

  it('bring the focus to the summary of errors, and from there to the field', async () => {
    const page = await open('/gallery');
    await page.waitForFunction('document.activeElement?.matches(".ds-error-summary")');
    await page.click('.ds-error-summary a');
    expect(await page.evaluate('document.activeElement?.id')).toBe('field-email');
    await page.context().close();
  });

  it('begin with the skip link for the keyboard', async () => {
    const page = await open('/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#main');
    await page.context().close();
  });

  it('make a passkey: options with the CSRF header, the answer by an ordinary post', async () => {
    gallery.answers.options = {
      rp: { id: 'localhost', name: 'Tangchat ID' },
      user: { id: 'YW5uYQ', name: 'anna', displayName: 'Anna' },
      challenge: 'Y2hhbGxlbmdl',
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    };
    const page = await open('/gallery');
    const device = await addPasskeyDevice(page);
    await page.click('#register button');
    await page.waitForURL('**/gallery/passkey');
    const asked = gallery.received.find(({ path }) => path === '/gallery/options');
    expect(asked?.headers['x-csrf-token']).toBe('token-of-this-form');
    const posted = gallery.received.find(({ path }) => path === '/gallery/passkey');
    const fields = new URLSearchParams(posted?.body.toString());
    expect(fields.get('csrf')).toBe('token-of-this-form');
    const held = await device.list();
    expect(held).toHaveLength(1);
    const credential = JSON.parse(fields.get('credential') ?? '{}') as { id?: string };
    expect(Buffer.from(credential.id ?? '', 'base64url')).toEqual(
      Buffer.from(held[0]!.credentialId, 'base64'),
    );
    await page.context().close();
  });

  it('say what happened when the device refuses, and let it be tried again', async () => {
    const page = await open('/gallery');
    const device = await addPasskeyDevice(page);
    await device.setUserVerified(false);
    await page.click('#register button');
    const message = page.locator('#register [data-passkey-message]');
    await message.waitFor({ state: 'visible' });
    expect(await message.textContent()).toMatch(/try again/);
    await device.setUserVerified(true);
    await page.click('#register button');
    await page.waitForURL('**/gallery/passkey');
    await page.context().close();
  });

  it('take a live picture and send it as a JPEG', async () => {
    const page = await open('/gallery');
    await page.click('[data-camera-open]');
    await page.click('[data-camera-take]');
    await page.click('[data-camera-retake]');
    await page.click('[data-camera-take]');
    await page.click('[data-camera-use]');
    await page.waitForURL('**/gallery/portrait');
    const posted = gallery.received.find(({ path }) => path === '/gallery/portrait')!;
    expect(posted.headers['content-type']).toMatch(/^multipart\/form-data/);
    const text = posted.body.toString('latin1');
    expect(text.indexOf('name="csrf"')).toBeGreaterThan(0);
    expect(text.indexOf('name="csrf"')).toBeLessThan(text.indexOf('name="portrait"'));
    expect(posted.body.indexOf(Buffer.from([0xff, 0xd8, 0xff]))).toBeGreaterThan(0);
    expect(page.faults).toEqual([]);
    await page.context().close();
  });

  it('say what to do when the camera is blocked', async () => {
    const page = await open('/gallery', { camera: false });
    await page.click('[data-camera-open]');
    const message = page.locator('[data-camera-message]');
    await message.waitFor({ state: 'visible' });
    expect(await message.textContent()).toMatch(/Allow the camera/);
    await page.context().close();
  });

  it('load again by themselves when the state moves', async () => {
    const page = await open('/gallery');
    gallery.answers.status = { state: 'approved', location: '/error' };
    await page.waitForURL('**/error', { timeout: 8000 });
    gallery.answers.status = { state: 'pending' };
    await page.context().close();
  });

  it('tell what needs scripts where there are none, and still show the page', async () => {
    const page = await open('/gallery', { scripts: false });
    expect(await page.locator('noscript .ds-alert').count()).toBe(2);
    expect(await page.locator('h1').first().isVisible()).toBe(true);
    await page.context().close();
  });
});
