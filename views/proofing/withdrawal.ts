import { button, linkButton } from '../components/button.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `withdrawalPage`. */
export interface WithdrawalModel {
  caseId: string;
  reference: string;
}

/** What ending a case means, before it is ended. */
export function withdrawalPage(model: WithdrawalModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t('proofing.withdrawal.title'),
    lead: t('proofing.withdrawal.lead'),
  })}${form(
    {
      action: `/cases/${model.caseId}/withdrawal`,
      body: html`<div class="tc-buttons">${button({ label: t('proofing.withdrawal.confirm'), danger: true })}${linkButton({ label: t('proofing.withdrawal.keep'), href: `/cases/${model.caseId}`, variant: 'secondary' })}</div>`,
    },
    ui,
  )}`;
}
