import Koa from 'koa';
import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildAssets } from '../../src/web/assets.ts';
import type { Assets } from '../../src/web/assets.ts';

describe('assets', () => {
  let assets: Assets;
  let agent: ReturnType<typeof supertest>;
  beforeAll(async () => {
    assets = await buildAssets();
    const koa = new Koa();
    koa.use(assets.serve);
    koa.use((ctx) => {
      ctx.body = 'next';
    });
    agent = supertest(koa.callback());
  });

  it('are served for a year under a name that changes with the content', async () => {
    const url = assets.url('main.css');
    expect(url).toMatch(/^\/assets\/main-[A-Z0-9]{8}\.css$/);
    const answer = await agent
      .get(url)
      .expect(200)
      .expect('content-type', /text\/css/);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.text).toContain('.ds-button');
  });

  it('have the same names when built again', async () => {
    const again = await buildAssets();
    for (const name of ['main.css', 'page.js', 'favicon.svg'])
      expect(again.url(name)).toBe(assets.url(name));
  });

  it('hold every font that the style sheet names, and nothing of other hosts', async () => {
    const { text } = await agent.get(assets.url('main.css'));
    const urls = [...text.matchAll(/url\("?([^)"]+)"?\)/g)].map((match) => match[1]!);
    expect(urls.filter((url) => !url.startsWith('/assets/') && !url.startsWith('data:'))).toEqual(
      [],
    );
    const fonts = urls.filter((url) => url.endsWith('.woff2'));
    expect(fonts.length).toBeGreaterThan(3);
    await agent.get(fonts[0]!).expect(200).expect('content-type', 'font/woff2');
  });

  it('answer 404 for what is not there, and leave other paths alone', async () => {
    await agent.get('/assets/main-00000000.css').expect(404);
    await agent.get('/assets/../package.json').expect(404);
    await agent.get('/assets/..%2Fpackage.json').expect(404);
    await agent.get('/').expect(200, 'next');
    await agent.get('/favicon.ico').expect(200).expect('content-type', /svg/);
    expect(() => assets.url('nothing.js')).toThrow('No asset');
  });
});
