import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseLanguage, formatDate, loadLanguages } from '../../src/web/languages.ts';

describe('chooseLanguage', () => {
  it.each([
    ['the query first, and it is kept', { query: 'th', cookie: 'en' }, 'th', true],
    ['the cookie before the browser', { cookie: 'th', acceptLanguage: 'en' }, 'th', false],
    ['what the browser likes best', { acceptLanguage: 'fr, en;q=0.5, th-TH;q=0.8' }, 'th', false],
    ['the earlier of equals', { acceptLanguage: 'en-US,th' }, 'en', false],
    ['nothing that is refused', { acceptLanguage: 'th;q=0, en;q=0.1' }, 'en', false],
    ['English otherwise', { acceptLanguage: 'fr-FR,de' }, 'en', false],
    ['nothing unknown', { query: '../../x', cookie: 'xx', acceptLanguage: '' }, 'en', false],
    ['no list as a query', { query: ['th', 'en'] }, 'en', false],
  ])('takes %s', (_, request, lang, keep) => {
    expect(chooseLanguage(request)).toEqual({ lang, keep });
  });
});

describe('formatDate', () => {
  it('tells a plain date without moving it, and an instant in Bangkok time', () => {
    expect(formatDate('en', '1990-08-12')).toBe('12 August 1990');
    expect(formatDate('en', new Date('2026-11-22T18:30:00Z'), 'dateTime')).toBe(
      '23 Nov 2026, 01:30',
    );
  });

  it('tells Thai years of the Buddhist era', () => {
    expect(formatDate('th', '2026-11-22')).toBe('22 พฤศจิกายน 2569');
  });

  it('gives back what is no date', () => {
    expect(formatDate('en', 'unknown')).toBe('unknown');
  });
});

describe('a translator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-locales-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (lang: string, texts: unknown) => {
    mkdirSync(join(folder, lang));
    writeFileSync(join(folder, lang, 'demo.json'), JSON.stringify(texts));
  };
  write('en', {
    hi: 'Hi {{name}}',
    only: 'Only English',
    case_one: '{{count}} case',
    case_other: '{{count}} cases',
  });
  write('th', { hi: 'สวัสดี {{name}}', case_other: '{{count}} คำขอ' });

  it('fills in and picks the plural', () => {
    const languages = loadLanguages({ strict: true, folder });
    expect(languages.translator('th')('demo.hi', { name: '<Anna>' })).toBe('สวัสดี <Anna>');
    expect(languages.translator('en')('demo.case', { count: 1 })).toBe('1 case');
    expect(languages.translator('en')('demo.case', { count: 2 })).toBe('2 cases');
    expect(languages.translator('th')('demo.case', { count: 1 })).toBe('1 คำขอ');
  });

  it('does not fill in what a filled-in text asks for', () => {
    const { translator } = loadLanguages({ strict: true, folder });
    expect(translator('en')('demo.hi', { name: '{{count}} $t(demo.only)', count: 7 })).toBe(
      'Hi {{count}} $t(demo.only)',
    );
  });

  it('throws for a missing text when strict, else falls back to English', () => {
    const strict = loadLanguages({ strict: true, folder }).translator('th');
    expect(() => strict('demo.only')).toThrow('No text for demo.only in th');
    const lenient = loadLanguages({ strict: false, folder }).translator('th');
    expect(lenient('demo.only')).toBe('Only English');
    expect(lenient('demo.nowhere')).toBe('demo.nowhere');
  });
});
