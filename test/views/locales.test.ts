import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, LOCALES_FOLDER, readLocale } from '../../src/web/languages.ts';
import type { Lang } from '../../views/ui.ts';

const texts = new Map<Lang, Map<string, string>>(
  LANGUAGES.map(({ lang }) => [lang, flatten(readLocale(LOCALES_FOLDER, lang))]),
);
const english = texts.get('en')!;
const others = LANGUAGES.filter(({ lang }) => lang !== 'en');

describe.each(others)('the texts in $name', ({ lang }) => {
  const own = texts.get(lang)!;

  it('have the same keys as in English', () => {
    expect(keysOf(own)).toEqual(keysOf(english));
  });

  it('have the same placeholders and marks as in English', () => {
    const differing = [...own].filter(([key, text]) => {
      const twin = english.get(key) ?? english.get(`${baseOf(key)}_other`) ?? '';
      return placeholders(text).join() !== placeholders(twin).join();
    });
    expect(differing).toEqual([]);
  });

  it('are in that language: none repeats a whole English sentence', () => {
    const copied = [...own].filter(
      ([key, text]) => text === english.get(key) && /\w+ \w+ \w+/.test(text),
    );
    expect(copied).toEqual([]);
  });
});

describe.each(LANGUAGES)('each text in $name', ({ lang }) => {
  const own = [...texts.get(lang)!];

  it('says something', () => {
    expect(own.filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('has every plural form that the language needs', () => {
    const forms = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
    // A key may also end in _other without counting anything.
    const plural = own
      .filter(([key, text]) => key.endsWith('_other') && text.includes('{{count}}'))
      .map(([key]) => baseOf(key));
    for (const key of plural)
      for (const form of forms) expect(own.map(([name]) => name)).toContain(`${key}_${form}`);
  });
});

describe('the keys in the sources', () => {
  const sources = ['views', 'src'].flatMap((folder) => {
    const root = join(LOCALES_FOLDER, '../..', folder);
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('browser'))
      .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);
  });

  it('all have a text', () => {
    const known = new Set([...keysOf(english), ...english.keys()]);
    const missing = sources.flatMap(([file, source]) =>
      [...source.matchAll(/(?:\bui\.t|\bt)\(\s*'([a-z_]+(?:\.[a-z0-9_]+)+)'/g)]
        .filter(([, key]) => !known.has(key!))
        .map(([, key]) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });
});

const PLURAL = /_(?:zero|one|two|few|many|other)$/;

function baseOf(key: string): string {
  return key.replace(PLURAL, '');
}

function keysOf(own: Map<string, string>): string[] {
  return [...new Set([...own.keys()].map(baseOf))].toSorted();
}

/** `{{name}}` once each; `count` is told by the plural form alone where a language likes; `<mark>` of rich texts. */
function placeholders(text: string): string[] {
  const found = text.match(/\{\{\s*\w+\s*\}\}|<\/?\w+>/g) ?? [];
  return [...new Set(found.map((name) => name.replaceAll(' ', '')))]
    .filter((name) => name !== '{{count}}')
    .toSorted();
}

function flatten(value: unknown, prefix = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[prefix, value]]);
  return new Map(
    Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => [
      ...flatten(inner, prefix === '' ? key : `${prefix}.${key}`),
    ]),
  );
}
