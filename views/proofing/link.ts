import { alert } from '../components/alert.ts';
import { buttonGroup, linkButton } from '../components/button.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `linkPage`: `void` is used, replaced or run out. */
export type LinkModel =
  | { state: 'unknown' }
  | { state: 'void' }
  | {
      state: 'live';
      matchNumber: number;
      /** Masked contact address of the account. */
      accountHint: string | null;
      /** Opens the reader app where there is one. */
      appLink: string;
      expiresAt: Date;
    };

/** Where the code leads a phone whose camera opened it in a browser: whose it is, and what reads a chip. */
export function linkPage(model: LinkModel, ui: Ui): Html {
  const { t } = ui;
  if (model.state !== 'live')
    return html`${pageHeading({ title: t('proofing.link.title') })}${alert({ tone: 'warning', title: t(`proofing.link.${model.state}_title`), body: t(`proofing.link.${model.state}`) })}`;
  const whose = model.accountHint
    ? html`<p>${t('proofing.link.whose', { hint: model.accountHint })}</p>`
    : null;
  return html`${pageHeading({ title: t('proofing.link.title'), lead: t('proofing.link.lead') })}<p class="tc-match"><span>${t('proofing.link.match')}</span> <strong translate="no">${model.matchNumber}</strong></p>${whose}${alert({ tone: 'warning', title: t('proofing.link.warn_title'), body: t('proofing.link.warn') })}${buttonGroup(linkButton({ label: t('proofing.link.open_app'), href: model.appLink }))}<p>${t('proofing.link.no_app')}</p><p class="tc-fine-print">${t('proofing.chip.valid_until', { time: ui.formatDate(model.expiresAt, 'dateTime') })}</p>`;
}
