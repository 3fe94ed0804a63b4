import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { confirmPanel } from '../components/confirm-panel.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Freeze the ID? What follows, and the button. */
export function freezePage(model: { action: string }, ui: Ui): Html {
  const { t } = ui;
  const points = ['services', 'sessions', 'undo'].map(
    (point) => html`<li>${t(`portal.freeze.point_${point}`)}</li>`,
  );
  return html`${pageHeading({
    title: t('portal.freeze.title'),
    lead: t('portal.freeze.lead'),
  })}${alert({ tone: 'warning', body: html`<ul class="ds-list">${points}</ul>` })}${form(
    {
      action: model.action,
      body: button({ label: t('portal.freeze.action'), danger: true, fullWidth: true }),
    },
    ui,
  )}<p>${link({ label: t('common.form.cancel'), href: '/' })}</p>`;
}

/** It is frozen. */
export function frozenPage(_model: Record<string, never>, ui: Ui): Html {
  const { t } = ui;
  return html`${confirmPanel({
    title: t('portal.freeze.done_title'),
    body: html`<p>${t('portal.freeze.done_body')}</p>`,
  })}<p>${t('portal.freeze.done_next')}</p><p>${link({ label: t('common.layout.footer_help'), href: '/help' })}</p>`;
}
