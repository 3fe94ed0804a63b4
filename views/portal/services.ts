import { alert } from '../components/alert.ts';
import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface ServicesModel {
  services: readonly {
    id: string;
    name: string;
    agency: string;
    purpose: string;
    /** Names of the claims that it gets. */
    claims: readonly string[];
    since: Date;
  }[];
  /** Name of the service from which everything was just withdrawn. */
  withdrawn: string | null;
}

/** Every service that the person agreed to share with: what it gets, since when, and how to end it. */
export function servicesPage(model: ServicesModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('services.page.title'), lead: t('services.page.lead') })}${
    model.withdrawn === null
      ? null
      : alert({
          tone: 'success',
          title: t('services.page.withdrawn', { service: model.withdrawn }),
          live: true,
        })
  }<div class="tc-stack">${
    model.services.length === 0
      ? emptyState({ title: t('services.page.empty'), body: t('services.page.empty_body') })
      : model.services.map((service) => serviceCard(service, ui))
  }</div>`;
}

function serviceCard(service: ServicesModel['services'][number], ui: Ui): Html {
  const { t } = ui;
  return card({
    title: service.name,
    body: html`<p><strong>${service.agency}</strong></p><p>${service.purpose}</p><p>${t('services.page.since', { date: ui.formatDate(service.since, 'medium') })}</p><h3 class="ds-heading" data-size="2xs">${t('services.page.gets')}</h3><ul class="ds-list">${service.claims.map((claim) => html`<li>${t(`oidc.claim.${claim}`)}</li>`)}</ul>`,
    footer: form(
      {
        action: `/services/${encodeURIComponent(service.id)}/withdrawal`,
        body: button({ label: t('services.page.withdraw'), variant: 'secondary', danger: true }),
        compact: true,
      },
      ui,
    ),
  });
}
