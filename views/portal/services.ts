import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** The other person of what a guardian agreed to for a ward; the name is null where it is not known any more. */
export interface PartyModel {
  kind: 'for_ward' | 'by_guardian';
  name: string | null;
}

export interface ServicesModel {
  services: readonly {
    id: string;
    receiptId: string;
    party: PartyModel | null;
    name: string;
    agency: string;
    purpose: string;
    /** Names of the claims that it gets. */
    claims: readonly string[];
    /** What it may do at resources, in words. */
    access: readonly string[];
    since: Date;
  }[];
  /** Everything that was ever agreed to, the latest first. */
  receipts: readonly {
    service: string;
    party: PartyModel | null;
    /** As it was shown then; null where it was not kept. */
    purpose: string | null;
    claims: readonly string[];
    access: readonly string[];
    givenAt: Date;
    ended: { at: Date; reason: 'withdrawn' | 'replaced' } | null;
  }[];
  /** Name of the service from which everything was just withdrawn. */
  withdrawn: string | null;
}

/** Every service that the person agreed to share with: what it gets, since when, and how to end it. */
export function servicesPage(model: ServicesModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('services.page.title'), lead: t('services.page.lead') })}<p>${link({ label: t('services.look_ups.link'), href: '/look-ups' })}</p>${
    model.withdrawn === null
      ? null
      : alert({
          tone: 'success',
          title: t('services.page.withdrawn', { service: model.withdrawn }),
          live: true,
        })
  }<div class="tc-stack">${
    model.services.length === 0
      ? emptyState({
          title: t(model.receipts.length === 0 ? 'services.page.empty' : 'services.page.empty_now'),
          body: t('services.page.empty_body'),
        })
      : model.services.map((service) => serviceCard(service, ui))
  }</div>${model.receipts.length === 0 ? null : receiptsSection(model.receipts, ui)}`;
}

/** What was agreed when, and how it ended: kept for good, so that nobody need remember. */
function receiptsSection(receipts: ServicesModel['receipts'], ui: Ui): Html {
  const { t } = ui;
  return html`<section aria-labelledby="receipts-title"><h2 class="ds-heading" data-size="xs" id="receipts-title">${t('services.receipts.title')}</h2>
<p>${t('services.receipts.lead')}</p>
${table({
  caption: t('services.receipts.title'),
  captionHidden: true,
  columns: [
    { label: t('services.receipts.service') },
    { label: t('services.receipts.shared') },
    { label: t('services.receipts.agreed') },
    { label: t('services.receipts.now') },
  ],
  rows: receipts.map((receipt) => [
    // One element a cell: on a phone the cell is a row of label and value.
    html`<div><strong>${receipt.service}</strong>${receipt.party === null ? null : html`<div>${partyText(receipt.party, ui)}</div>`}${receipt.purpose === null ? null : html`<div><small>${receipt.purpose}</small></div>`}</div>`,
    sharedBy(receipt, ui),
    ui.formatDate(receipt.givenAt, 'dateTime'),
    receipt.ended === null
      ? t('services.receipts.in_force')
      : t(`services.receipts.${endingOf(receipt)}`, {
          date: ui.formatDate(receipt.ended.at, 'dateTime'),
        }),
  ]),
})}</section>`;
}

function serviceCard(service: ServicesModel['services'][number], ui: Ui): Html {
  const { t } = ui;
  return card({
    title: service.name,
    body: html`${service.party === null ? null : html`<p>${statusTag({ tone: 'info', label: partyText(service.party, ui) })}</p>`}<p><strong>${service.agency}</strong></p><p>${service.purpose}</p><p>${t('services.page.since', { date: ui.formatDate(service.since, 'medium') })}</p><h3 class="ds-heading" data-size="2xs">${t('services.page.gets')}</h3><ul class="ds-list">${service.claims.map((claim) => html`<li>${t(`oidc.claim.${claim}`)}</li>`)}${service.access.map((words) => html`<li>${words}</li>`)}</ul>`,
    footer: form(
      {
        action: `/services/${encodeURIComponent(service.id)}/withdrawal`,
        body: html`${
          service.party === null
            ? null
            : html`<input type="hidden" name="receipt" value="${service.receiptId}">`
        }${button({ label: t('services.page.withdraw'), variant: 'secondary', danger: true })}`,
        compact: true,
      },
      ui,
    ),
  });
}

/** Who agreed for whom. */
function partyText({ kind, name }: PartyModel, ui: Ui): string {
  return name === null
    ? ui.t(`services.party.${kind}_unnamed`)
    : ui.t(`services.party.${kind}`, { name });
}

/** How it ended; where two people could end it, not who of them did. */
function endingOf({ party, ended }: ServicesModel['receipts'][number]): string {
  return party !== null && ended?.reason === 'withdrawn' ? 'ended' : String(ended?.reason);
}

function sharedBy(receipt: ServicesModel['receipts'][number], ui: Ui): string {
  const shared = [...receipt.claims.map((claim) => ui.t(`oidc.claim.${claim}`)), ...receipt.access];
  return shared.length === 0 ? ui.t('services.receipts.nothing') : shared.join(', ');
}
