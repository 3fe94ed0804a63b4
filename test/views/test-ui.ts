import { html } from '../../views/html.ts';
import { CSRF_FIELD } from '../../views/ui.ts';
import type { Lang, Ui } from '../../views/ui.ts';
import { direction, formatDate, loadLanguages } from '../../src/web/languages.ts';

const languages = loadLanguages({ strict: true });

/** A `Ui` for views under test: real texts, fixed tokens, plain asset names. */
export function testUi(changes: Partial<Ui> = {}): Ui {
  const lang: Lang = changes.lang ?? 'en';
  return {
    lang,
    dir: direction(lang),
    t: languages.translator(lang),
    nonce: 'nonce-of-this-page',
    csrfToken: 'token-of-this-form',
    csrfField: () => html`<input type="hidden" name="${CSRF_FIELD}" value="token-of-this-form" />`,
    path: '/here?step=2',
    account: null,
    officer: null,
    formatDate: (value, style) => formatDate(lang, value, style),
    assets: (name) => `/assets/${name}`,
    environment: 'sandbox',
    ...changes,
  };
}
