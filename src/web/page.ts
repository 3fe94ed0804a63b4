import { layout } from '../../views/layout.ts';
import type { NavItem } from '../../views/layout.ts';
import { html, render } from '../../views/html.ts';
import { CSRF_FIELD } from '../../views/ui.ts';
import type { Ui, View } from '../../views/ui.ts';
import type { Context, WebApp } from './context.ts';
import { csrfToken } from './csrf.ts';
import { direction, formatDate } from './languages.ts';
import type { SessionKind } from './session-store.ts';

/** One page: its view, the model of the view, and where it belongs. */
export interface Page<Model> {
  view: View<Model>;
  model: Model;
  /** Locale key of the title. */
  title: string;
  titleParams?: Record<string, string>;
  area?: 'portal' | 'console' | 'plain';
  status?: number;
  /** The menu of the area, where the page has one. */
  nav?: (ui: Ui) => readonly NavItem[];
}

/** What the views may know of this request. */
export async function uiOf(ctx: Context, app: WebApp): Promise<Ui> {
  const { lang, nonce, sessions } = ctx.state;
  const token = csrfToken(ctx, app);
  const [account, officer] = await Promise.all(
    (['subscriber', 'officer'] as SessionKind[]).map((kind) => {
      const session = sessions[kind];
      return session ? app.describeSession(session) : Promise.resolve(null);
    }),
  );
  return {
    lang,
    nonce,
    dir: direction(lang),
    t: app.languages.translator(lang),
    csrfToken: token,
    csrfField: () => html`<input type="hidden" name="${CSRF_FIELD}" value="${token}" />`,
    path: ctx.url,
    account: account ?? null,
    officer: officer ?? null,
    formatDate: (value, style) => formatDate(lang, value, style),
    assets: (name) => app.assets.url(name),
    environment: app.config.sandbox ? 'sandbox' : 'production',
  };
}

/** Answers with a page. Pages hold personal data: never cached. */
export async function page<Model>(ctx: Context, app: WebApp, wanted: Page<Model>): Promise<void> {
  const ui = await uiOf(ctx, app);
  const document = layout({
    title: ui.t(wanted.title, wanted.titleParams),
    body: wanted.view(wanted.model, ui),
    ui,
    area: wanted.area ?? 'portal',
    ...(wanted.nav ? { nav: wanted.nav(ui) } : {}),
  });
  ctx.status = wanted.status ?? 200;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set('cache-control', 'no-store');
  ctx.body = render(document);
}
