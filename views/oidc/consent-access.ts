import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** A value of a field, as its kind is read. */
type FieldValue =
  | { kind: 'text'; text: string }
  | { kind: 'date'; date: string }
  | { kind: 'amount'; amount: string; currency: string }
  | { kind: 'yes_no'; yes: boolean }
  | { kind: 'labels'; labels: BothLanguages[] };

interface DetailModel {
  name: BothLanguages;
  resource: BothLanguages;
  agency: BothLanguages;
  lines: readonly { label: BothLanguages; value: FieldValue }[];
}

/** What the service may do elsewhere in the person's name. */
export interface AccessModel {
  resources: readonly {
    name: BothLanguages;
    agency: BothLanguages;
    scopes: readonly { text: BothLanguages; isNew: boolean }[];
  }[];
  /** One act each, agreed to this once; null where it can't be shown any more. */
  details: readonly DetailModel[] | null;
}

/** Nothing where the service asks for none of it. */
export function accessSection(model: AccessModel, ui: Ui): Html {
  const details = model.details ?? [];
  return html`${details.map((detail, index) => detailSection(detail, index, ui))}${model.resources.map(
    (resource, index) => resourceSection(resource, index, ui),
  )}`;
}

function resourceSection(resource: AccessModel['resources'][number], index: number, ui: Ui): Html {
  const id = `access-${index}`;
  const scopes = resource.scopes.map(
    ({ text, isNew }) =>
      html`<li>${inLanguage(text, ui)}${
        isNew ? html` ${statusTag({ tone: 'info', label: ui.t('oidc.consent.new') })}` : null
      }</li>`,
  );
  return html`<section aria-labelledby="${id}"><h2 class="ds-heading" data-size="xs" id="${id}">${ui.t(
    'oidc.access.title',
    { resource: inLanguage(resource.name, ui), agency: inLanguage(resource.agency, ui) },
  )}</h2>
<ul class="ds-list">${scopes}</ul></section>`;
}

function detailSection(detail: DetailModel, index: number, ui: Ui): Html {
  const id = `detail-${index}`;
  const rows = detail.lines.map(({ label, value }) => ({
    key: inLanguage(label, ui),
    value: fieldValue(value, ui),
  }));
  return html`<section aria-labelledby="${id}"><h2 class="ds-heading" data-size="xs" id="${id}">${inLanguage(
    detail.name,
    ui,
  )}</h2>
<p>${ui.t('oidc.access.once', {
    resource: inLanguage(detail.resource, ui),
    agency: inLanguage(detail.agency, ui),
  })}</p>
${summaryList(rows)}</section>`;
}

function fieldValue(value: FieldValue, ui: Ui): HtmlValue {
  switch (value.kind) {
    case 'text':
      return html`<span translate="no">${value.text}</span>`;
    case 'date':
      return ui.formatDate(value.date);
    case 'amount':
      return html`<span translate="no">${grouped(value.amount)} ${value.currency}</span>`;
    case 'yes_no':
      return ui.t(value.yes ? 'oidc.access.yes' : 'oidc.access.no');
    case 'labels':
      return value.labels.map((label) => inLanguage(label, ui)).join(', ');
  }
}

/** Thousands apart: a nought too many must be seen. As text, since no number holds every amount. */
function grouped(amount: string): string {
  const [whole = '', ...rest] = amount.split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...rest].join('.');
}
