import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { buildAssets } from '../../src/web/assets.ts';
import { parseLang } from '../../src/web/languages.ts';
import { errorPage } from '../../views/error.ts';
import { layout } from '../../views/layout.ts';
import { render } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';
import { welcomePage } from '../../views/portal/welcome.ts';
import type { Ui } from '../../views/ui.ts';
import { gallery } from './gallery.ts';
import { testUi } from './test-ui.ts';

export interface GalleryServer {
  url: string;
  /** What forms and scripts sent, by path. */
  received: { method: string; path: string; headers: Record<string, unknown>; body: Buffer }[];
  /** What `/gallery/status` and `/gallery/options` answer. */
  answers: { status: unknown; options: unknown };
  close(): Promise<void>;
}

/** Serves the gallery, the welcome page and an error page with the product's own assets, under the CSP of the product. */
export async function serveGallery(): Promise<GalleryServer> {
  const assets = await buildAssets();
  const received: GalleryServer['received'] = [];
  const answers: GalleryServer['answers'] = { status: { state: 'pending' }, options: {} };
  const koa = new Koa();
  koa.use(assets.serve);
  koa.use(async (ctx) => {
    const lang = parseLang(ctx.query.lang) ?? 'en';
    ctx.set('Content-Security-Policy', POLICY);
    if (ctx.method === 'POST' || ctx.path === '/gallery/status') {
      const chunks: Buffer[] = [];
      for await (const chunk of ctx.req) chunks.push(chunk as Buffer);
      const { method, path, headers } = ctx;
      received.push({ method, path, headers: { ...headers }, body: Buffer.concat(chunks) });
    }
    if (ctx.path === '/gallery/status') ctx.body = answers.status;
    else if (ctx.path === '/gallery/options') ctx.body = answers.options;
    else {
      const ui = testUi({ lang, nonce: 'gallery', path: ctx.url, assets: assets.url });
      ctx.type = 'html';
      ctx.body = render(await pageAt(ctx.path, ui));
    }
  });
  const server = await new Promise<Server>((resolve) => {
    const listening = koa.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = server.address() as AddressInfo;
  return {
    // WebAuthn takes no addresses, only names.
    url: `http://localhost:${port}`,
    received,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const POLICY =
  "default-src 'none'; script-src 'self' 'nonce-gallery'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'";

async function pageAt(path: string, ui: Ui): Promise<Html> {
  if (path === '/') return document('Tangchat ID', welcomePage({}, ui), ui, 'portal');
  if (path === '/error') {
    const body = errorPage({ status: 404, code: 'not_found', reference: '7f3kQ2mLx01a' }, ui);
    return document(ui.t('errors.not_found.title'), body, ui, 'plain');
  }
  if (path === '/console') {
    const officer = { displayName: 'Somchai Jaidee', roles: ['officer'] };
    const nav = [
      { href: '/console', label: 'Cases', current: true },
      { href: '/console/audit', label: 'Audit' },
    ];
    return layout({
      title: 'Gallery',
      body: await gallery(ui),
      ui: { ...ui, officer },
      area: 'console',
      nav,
    });
  }
  return document(
    'Gallery',
    await gallery(ui),
    { ...ui, account: { displayName: 'Anna Maria' } },
    'portal',
  );
}

function document(title: string, body: Html, ui: Ui, area: 'portal' | 'plain'): Html {
  return layout({ title, body, ui, area });
}
