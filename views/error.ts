import { buttonGroup, linkButton } from './components/button.ts';
import { pageHeading } from './components/page-heading.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Ui } from './ui.ts';

/** Model of `errorPage`: `code` has its words in `errors.<code>`: title, what is wrong, what to do. */
export interface ErrorModel {
  status: number;
  code: string;
  /** Id of the request, to tell to the help desk. */
  reference: string;
}

/** What went wrong, in plain words, and what to do now. */
export function errorPage(model: ErrorModel, ui: Ui): Html {
  const { code, status, reference } = model;
  return html`<div class="tc-error">${pageHeading({
    title: ui.t(`errors.${code}.title`),
    eyebrow: ui.t('errors.page.status', { status }),
    lead: ui.t(`errors.${code}.what`),
  })}<p>${ui.t(`errors.${code}.action`)}</p>${buttonGroup(
    linkButton({ label: ui.t('errors.page.home'), href: '/' }),
    linkButton({ label: ui.t('errors.page.help'), href: '/help', variant: 'secondary' }),
  )}<p class="tc-error-reference">${ui.t('errors.page.reference')} <code>${reference}</code></p></div>`;
}
