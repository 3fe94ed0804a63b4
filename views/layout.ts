import { safeHref } from './components/button.ts';
import { attribute, html, raw } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import type { Lang, Ui } from './ui.ts';
import { wordmark } from './wordmark.ts';

/** `portal` the foreigner's pages · `console` the officers' · `plain` one task and no way aside: sign-in, consent, errors. */
export type Area = 'portal' | 'console' | 'plain';

export interface NavItem {
  href: string;
  label: string;
  current?: boolean;
}

/** The languages as the switch names them, each in itself. */
const LANGUAGE_NAMES: readonly (readonly [Lang, string])[] = [
  ['en', 'English'],
  ['th', 'ไทย'],
];

/** Where each area starts, and where signing out posts to. */
const START: Record<Area, string> = { portal: '/', console: '/console', plain: '/' };
const SIGN_OUT: Record<Area, string> = {
  portal: '/sign-out',
  console: '/console/sign-out',
  plain: '/sign-out',
};

/** A whole HTML document around the body of a page. */
export function layout(model: {
  /** Without the product's name: it is added. */
  title: string;
  body: HtmlValue;
  ui: Ui;
  area: Area;
  nav?: readonly NavItem[];
  /** Uses the whole width: queues and comparisons. Console pages are wide unless told otherwise. */
  wide?: boolean;
}): Html {
  const { title, body, ui, area } = model;
  const wide = model.wide ?? area === 'console';
  return html`${raw('<!doctype html>')}
<html lang="${ui.lang}" dir="${ui.dir}" data-color-scheme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#143a73">
<meta name="robots" content="noindex">
<title>${title} · ${ui.t('common.product.name')}</title>
<link rel="stylesheet" href="${ui.assets('main.css')}">
<link rel="icon" type="image/svg+xml" href="${ui.assets('favicon.svg')}">
<script type="module" src="${ui.assets('page.js')}" nonce="${ui.nonce}"></script>
</head>
<body data-area="${area}">
<a class="ds-skip-link" href="#main">${ui.t('common.layout.skip')}</a>
${ui.environment === 'production' ? null : html`<p class="tc-sandbox">${ui.t('common.layout.sandbox')}</p>`}
${header(ui, area, model.nav)}
<main id="main" class="tc-main"${attribute('data-wide', wide)} tabindex="-1">
${body}
</main>
${footer(ui, area)}
</body>
</html>`;
}

function header(ui: Ui, area: Area, nav: readonly NavItem[] | undefined): Html {
  const label =
    area === 'console' ? html`<span class="tc-area">${ui.t('common.layout.console')}</span>` : null;
  const home = ui.t('common.layout.home');
  return html`<header class="tc-header">
<div class="tc-header-row">
<a class="tc-brand" href="${START[area]}" aria-label="${home}">${wordmark()}</a>${label}
<div class="tc-header-tools">${languageSwitch(ui)}${who(ui, area)}</div>
</div>
${nav && nav.length > 0 ? navigation(nav, ui) : null}
</header>`;
}

function navigation(nav: readonly NavItem[], ui: Ui): Html {
  const items = nav.map(
    ({ href, label, current }) =>
      html`<li><a href="${safeHref(href)}"${attribute('aria-current', current ? 'page' : null)}>${label}</a></li>`,
  );
  return html`<nav class="tc-nav" aria-label="${ui.t('common.layout.menu')}"><ul>${items}</ul></nav>`;
}

function who(ui: Ui, area: Area): Html | null {
  const person = area === 'console' ? ui.officer : ui.account;
  if (!person || area === 'plain') return null;
  return html`<div class="tc-who">
<span class="ds-sr-only">${ui.t('common.layout.signed_in_as', { name: person.displayName })}</span>
<span class="tc-who-name" aria-hidden="true">${person.displayName}</span>
<form method="post" action="${SIGN_OUT[area]}">${ui.csrfField()}
<button class="tc-plain-button" type="submit">${ui.t('common.layout.sign_out')}</button>
</form>
</div>`;
}

function languageSwitch(ui: Ui): Html {
  const items = LANGUAGE_NAMES.map(([lang, name]) => {
    const current = lang === ui.lang;
    return html`<li><a href="${languageHref(ui.path, lang)}" lang="${lang}" hreflang="${lang}"${attribute('aria-current', current ? 'true' : null)}>${name}</a></li>`;
  });
  return html`<nav class="tc-languages" aria-label="${ui.t('common.layout.language')}"><ul>${items}</ul></nav>`;
}

/** The page's own path and query with `lang` set. */
export function languageHref(path: string, lang: Lang): string {
  const [pathname = '/', query = ''] = path.split('?', 2);
  const params = new URLSearchParams(query);
  params.set('lang', lang);
  // A path of two slashes would lead to another host.
  return `${pathname.replace(/^\/*/, '/')}?${params.toString()}`;
}

function footer(ui: Ui, area: Area): Html {
  const help =
    area === 'console'
      ? null
      : html`<p><a href="/help">${ui.t('common.layout.footer_help')}</a></p>`;
  const privacy =
    area === 'console'
      ? null
      : html`<p>${ui.t('common.layout.footer_privacy')}</p><p>${ui.t('common.layout.footer_security')}</p>`;
  return html`<footer class="tc-footer" aria-label="${ui.t('common.layout.footer_label')}">
<div class="tc-footer-row">${wordmark()}<div class="tc-footer-text">${privacy}${help}</div></div>
</footer>`;
}
