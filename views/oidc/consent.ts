import { button, buttonGroup } from '../components/button.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** One claim: its value as it would be sent, undefined where it is not known. */
interface ClaimModel {
  name: string;
  value: string | { status: string; admitted_until?: string } | undefined;
  isNew: boolean;
}

export interface ConsentModel {
  uid: string;
  service: BothLanguages;
  agency: BothLanguages;
  purpose: BothLanguages;
  /** The service asks for more than what was agreed before. */
  grown: boolean;
  claims: readonly ClaimModel[];
  levels: { ial: number; aal: number };
}

/** What is shared, value by value; with whom, and why. */
export function consentPage(model: ConsentModel, ui: Ui): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
  const agency = inLanguage(model.agency, ui);
  const personal = model.claims.map((claim) => ({
    key: t(`oidc.claim.${claim.name}`),
    value: html`${claimValue(claim, ui)}${claim.isNew ? html` ${statusTag({ tone: 'info', label: t('oidc.consent.new') })}` : null}`,
  }));
  const always = [
    { key: t('oidc.consent.levels'), value: t('oidc.consent.levels_value', model.levels) },
    { key: t('oidc.consent.sub'), value: t('oidc.consent.sub_value') },
  ];
  const actions = buttonGroup(
    button({ label: t('oidc.consent.share'), name: 'decision', value: 'share' }),
    button({
      label: t('oidc.consent.refuse'),
      name: 'decision',
      value: 'refuse',
      variant: 'secondary',
    }),
  );
  return html`${pageHeading({
    eyebrow: agency,
    title: t('oidc.consent.title', { service }),
    lead: inLanguage(model.purpose, ui),
  })}<section aria-labelledby="shared-title"><h2 class="ds-heading" data-size="xs" id="shared-title">${t(
    model.claims.length > 0 ? 'oidc.consent.shares' : 'oidc.consent.shares_nothing',
    { agency },
  )}</h2>
${model.grown ? html`<p>${t('oidc.consent.grown', { service })}</p>` : null}
${summaryList([...personal, ...always])}</section>
<p class="tc-oidc-note">${t('oidc.consent.remembered', { service })}</p>
${form({ action: `/interaction/${model.uid}/consent`, body: actions }, ui)}`;
}

function claimValue({ name, value }: ClaimModel, ui: Ui): HtmlValue {
  if (value === undefined) return html`<em>${ui.t('oidc.consent.unknown')}</em>`;
  if (typeof value !== 'string') return stayValue(value, ui);
  if (name === 'birthdate') return ui.formatDate(value);
  if (name === 'foreign_national_id') return numberValue(value);
  return html`<span translate="no">${value}</span>`;
}

function stayValue(stay: { status: string; admitted_until?: string }, ui: Ui): string {
  const status = ui.t(`oidc.stay.${stay.status}`);
  return stay.admitted_until === undefined
    ? status
    : ui.t('oidc.stay.until', { status, date: ui.formatDate(stay.admitted_until) });
}

/** In the groups that people read it in. */
function numberValue(number: string): Html {
  const groups = /^(.)(.{4})(.{4})(.{2})(.{2})$/.exec(number);
  const shown = groups ? groups.slice(1).join(' ') : number;
  return html`<span class="tc-oidc-number" translate="no">${shown}</span>`;
}
