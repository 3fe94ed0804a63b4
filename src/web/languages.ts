import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import i18next from 'i18next';
import type { DateStyle, Lang, Translate } from '../../views/ui.ts';

/** Every language of the pages, in the order that the switch shows them, each named in itself. */
export const LANGUAGES: readonly { lang: Lang; name: string; dir: 'ltr' | 'rtl' }[] = [
  { lang: 'en', name: 'English', dir: 'ltr' },
  { lang: 'th', name: 'ไทย', dir: 'ltr' },
];
export const DEFAULT_LANGUAGE: Lang = 'en';
export const LOCALES_FOLDER = join(import.meta.dirname, '../../views/locales');
/** Where instants are told: the country's own time. */
const TIME_ZONE = 'Asia/Bangkok';

export interface Languages {
  readonly translator: (lang: Lang) => Translate;
}

/**
 * Reads views/locales/<lang>/<domain>.json of every language; the file's name is the first part of its keys.
 * A key that is missing throws when `strict`; else it falls back to English, at last to the key itself.
 */
export function loadLanguages(options: { strict: boolean; folder?: string }): Languages {
  const folder = options.folder ?? LOCALES_FOLDER;
  const resources = Object.fromEntries(
    LANGUAGES.map(({ lang }) => [lang, { translation: readLocale(folder, lang) }]),
  );
  const instance = i18next.createInstance();
  void instance.init({
    resources,
    initAsync: false,
    fallbackLng: options.strict ? false : DEFAULT_LANGUAGE,
    // The html tag escapes; escaping here too would show &amp; to people.
    interpolation: { escapeValue: false },
    returnEmptyString: false,
  });
  return {
    translator: (lang) => (key, params) => {
      const values = { ...params, lng: lang };
      if (options.strict && !instance.exists(key, values))
        throw new Error(`No text for ${key} in ${lang}`);
      return instance.t(key, values);
    },
  };
}

/** The texts of one language by domain. */
export function readLocale(folder: string, lang: Lang): Record<string, unknown> {
  const files = readdirSync(join(folder, lang)).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [
      basename(file, '.json'),
      JSON.parse(readFileSync(join(folder, lang, file), 'utf8')) as unknown,
    ]),
  );
}

/** The language of `text`, or null where it names none of ours. */
export function parseLang(text: unknown): Lang | null {
  return LANGUAGES.find(({ lang }) => lang === text)?.lang ?? null;
}

/** What the request asks for: `?lang=` (to be kept in the cookie), then the cookie, then Accept-Language (RFC 9110 §12.5.4). */
export function chooseLanguage(request: {
  query?: unknown;
  cookie?: string | null | undefined;
  acceptLanguage?: string | null | undefined;
}): { lang: Lang; keep: boolean } {
  const asked = parseLang(request.query);
  if (asked) return { lang: asked, keep: true };
  const lang = parseLang(request.cookie) ?? fromAcceptLanguage(request.acceptLanguage ?? '');
  return { lang: lang ?? DEFAULT_LANGUAGE, keep: false };
}

export function direction(lang: Lang): 'ltr' | 'rtl' {
  return LANGUAGES.find((language) => language.lang === lang)?.dir ?? 'ltr';
}

/** A plain date (`YYYY-MM-DD`) or an instant in words; Thai tells years of the Buddhist era, as Thai offices do. */
export function formatDate(lang: Lang, value: string | Date, style: DateStyle = 'long'): string {
  const time = typeof value === 'string' ? Date.parse(value) : value.getTime();
  if (Number.isNaN(time)) return String(value);
  const isPlain = typeof value === 'string' && PLAIN_DATE.test(value);
  return formatter(lang, style, isPlain ? 'UTC' : TIME_ZONE).format(time);
}

const PLAIN_DATE = /^\d{4}-\d{2}-\d{2}$/;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs a thousand times its use. */
function formatter(lang: Lang, style: DateStyle, timeZone: string): Intl.DateTimeFormat {
  const key = `${lang} ${style} ${timeZone}`;
  let found = formatters.get(key);
  if (!found) {
    const length: Intl.DateTimeFormatOptions =
      style === 'dateTime' ? { dateStyle: 'medium', timeStyle: 'short' } : { dateStyle: style };
    found = new Intl.DateTimeFormat(LOCALE_OF[lang], { ...length, timeZone });
    formatters.set(key, found);
  }
  return found;
}

const LOCALE_OF: Record<Lang, string> = { en: 'en-GB', th: 'th-TH' };

function fromAcceptLanguage(header: string): Lang | null {
  const ranges = header.split(',').map((part, order) => {
    const [range = '', ...params] = part.trim().split(';');
    const quality = params.map((param) => /^\s*q=([\d.]+)\s*$/.exec(param)?.[1]).find(Boolean);
    return {
      lang: parseLang(range.split('-')[0]?.toLowerCase()),
      quality: Number(quality ?? 1),
      order,
    };
  });
  const wanted = ranges.filter(({ lang, quality }) => lang !== null && quality > 0);
  wanted.sort((a, b) => b.quality - a.quality || a.order - b.order);
  return wanted[0]?.lang ?? null;
}
