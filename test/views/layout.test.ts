import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/lib/fault.ts';
import type { FaultCode } from '../../src/lib/fault.ts';
import { LANGUAGES } from '../../src/web/languages.ts';
import { errorPage } from '../../views/error.ts';
import { html, render } from '../../views/html.ts';
import { languageHref, layout } from '../../views/layout.ts';
import { welcomePage } from '../../views/portal/welcome.ts';
import { gallery } from './gallery.ts';
import { testUi } from './test-ui.ts';

const page = (changes: Parameters<typeof testUi>[0] = {}) =>
  render(layout({ title: 'Title', body: html`<h1>x</h1>`, ui: testUi(changes), area: 'portal' }));

describe('layout', () => {
  it('is a document of one language with a skip link to its main part', () => {
    const made = page({ lang: 'th' });
    expect(made).toMatch(/^<!doctype html>\n<html lang="th" dir="ltr"/);
    expect(made).toContain('href="#main"');
    expect(made).toContain('<main id="main"');
    expect(made).toContain('<title>Title · Tangchat ID</title>');
  });

  it('holds no inline style or script, and gives its one script the nonce', async () => {
    const ui = testUi();
    const made = render(layout({ title: 'T', body: await gallery(ui), ui, area: 'portal' }));
    expect(made).not.toMatch(/ style=|<style| on\w+=|javascript:/i);
    expect(made.match(/<script[^>]*>/g)).toEqual([
      '<script type="module" src="/assets/page.js" nonce="nonce-of-this-page">',
    ]);
  });

  it('says that the sandbox is one, and production nothing of the kind', () => {
    expect(page()).toContain('tc-sandbox');
    expect(page({ environment: 'production' })).not.toContain('tc-sandbox');
  });

  it('lets a signed-in person sign out by a form, but shows none inside a single task', () => {
    const account = { displayName: '<Anna>' };
    expect(page({ account })).toContain('&lt;Anna&gt;');
    expect(page({ account })).toMatch(/<form method="post" action="\/sign-out">/);
    const plain = layout({ title: 'T', body: null, ui: testUi({ account }), area: 'plain' });
    expect(render(plain)).not.toContain('sign-out');
  });

  it('gives every id once, also when all components stand on one page', async () => {
    const made = render(await gallery(testUi()));
    const ids = [...made.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    expect(ids.length).toBeGreaterThan(12);
    expect(ids).toEqual([...new Set(ids)]);
    for (const [, target] of made.matchAll(/ (?:for|aria-labelledby)="([^"]+)"/g))
      expect(ids).toContain(target);
    for (const [, list] of made.matchAll(/ aria-describedby="([^"]+)"/g))
      for (const target of list!.split(' ')) expect(ids).toContain(target);
  });
});

describe('the language switch', () => {
  it('stays on the page and keeps its query', () => {
    expect(languageHref('/cases?step=2&lang=en', 'th')).toBe('/cases?step=2&lang=th');
  });

  it('never leads to another host', () => {
    expect(languageHref('//evil.example/x', 'en')).toBe('/evil.example/x?lang=en');
  });

  it('offers every language in its own words', () => {
    for (const { lang, name } of LANGUAGES)
      expect(page()).toMatch(new RegExp(`lang="${lang}"[^>]*>${name}<`));
  });
});

describe('errorPage', () => {
  const codes = Object.keys(FAULTS) as FaultCode[];
  it.each(codes)('has words for %s in every language', (code) => {
    for (const { lang } of LANGUAGES) {
      const made = render(
        errorPage({ status: FAULTS[code], code, reference: '<ref>' }, testUi({ lang })),
      );
      expect(made).toContain('&lt;ref&gt;');
      expect(made).toContain(String(FAULTS[code]));
    }
  });
});

describe('welcomePage', () => {
  it.each(LANGUAGES)('leads to creating an ID and to signing in, in $name', ({ lang }) => {
    const made = render(welcomePage({ createHref: '/new', signInHref: '/in' }, testUi({ lang })));
    expect(made).toContain('href="/new"');
    expect(made).toContain('href="/in"');
    expect(made.match(/<h1/g)).toHaveLength(1);
  });
});
