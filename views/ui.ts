import type { Html } from './html.ts';

/** The languages the pages speak. A new one: add it here, in src/web/languages.ts, and views/locales/<lang>/. */
export type Lang = 'en' | 'th';

/** `long` 12 August 1990 · `medium` 12 Aug 1990 · `dateTime` 12 Aug 1990, 14:05 (Bangkok time; instants only). */
export type DateStyle = 'long' | 'medium' | 'dateTime';

export type Translate = (key: string, params?: Record<string, string | number>) => string;

/** What every page may know about the request it answers, besides its own model. */
export interface Ui {
  readonly lang: Lang;
  readonly dir: 'ltr' | 'rtl';
  /** Text of a locale key such as `proofing.chip.title`; `{{name}}` takes params; `count` picks the plural. */
  readonly t: Translate;
  /** Nonce of this response's Content-Security-Policy, for script tags. */
  readonly nonce: string;
  readonly csrfToken: string;
  /** The hidden field that every form with method post carries. */
  csrfField(): Html;
  /** Path and query of the page shown; the language switch comes back to it. */
  readonly path: string;
  readonly account: { readonly displayName: string } | null;
  readonly officer: { readonly displayName: string; readonly roles: readonly string[] } | null;
  /** A plain date `YYYY-MM-DD` or an instant, in words of the page's language. */
  formatDate(value: string | Date, style?: DateStyle): string;
  /** URL of a built asset by its plain name: `main.css`, `page.js`, `favicon.svg`. */
  assets(name: string): string;
  readonly environment: 'sandbox' | 'production';
}

/** A page or part of one: pure, decides nothing, every visible string from `ui.t`. */
export type View<Model> = (model: Model, ui: Ui) => Html;

/** Name of the hidden form field that carries the CSRF token, and of the header that scripts send it in. */
export const CSRF_FIELD = 'csrf';
export const CSRF_HEADER = 'x-csrf-token';
