import { alert } from '../components/alert.ts';
import { button, buttonGroup } from '../components/button.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { accessSection } from './consent-access.ts';
import type { AccessModel } from './consent-access.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';
import { sharedValue } from './shared-value.ts';
import type { SharedValue } from './shared-value.ts';

/** One thing that is shared: its value as it would be sent, null where it is not known. */
interface LineModel {
  name: string;
  value: SharedValue | null;
  isNew: boolean;
  /** Why, in the service's own words; null where it says nothing of this one. */
  purpose: string | null;
}

export interface ConsentModel extends SharedModel {
  uid: string;
  /** Name of the person for whom a guardian agrees; null for oneself. */
  forWhom: string | null;
  purpose: BothLanguages;
  access: AccessModel;
}

/** What will be shared with whom: of a sign-in, or of an approval. */
export interface SharedModel {
  service: BothLanguages;
  agency: BothLanguages;
  /** The service asks for more than what was agreed before. */
  grown: boolean;
  lines: readonly LineModel[];
  levels: { ial: number; aal: number };
}

/** What is shared, value by value; with whom, and why. */
export function consentPage(model: ConsentModel, ui: Ui): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
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
    eyebrow: inLanguage(model.agency, ui),
    title: t('oidc.consent.title', { service }),
    lead: inLanguage(model.purpose, ui),
  })}${
    model.forWhom === null
      ? null
      : alert({
          tone: 'info',
          title: t('oidc.consent.for_ward', { name: model.forWhom }),
          body: t('oidc.consent.for_ward_body', { service }),
        })
  }${accessSection(model.access, ui)}${sharedSection(model, ui)}
<p class="tc-oidc-note">${t('oidc.consent.remembered', { service })}</p>
${form({ action: `/interaction/${model.uid}/consent`, body: actions }, ui)}`;
}

/** Value by value, and what every service gets. */
export function sharedSection(model: SharedModel, ui: Ui): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
  const agency = inLanguage(model.agency, ui);
  const personal = model.lines.map((line) => ({
    key: t(`oidc.claim.${line.name}`),
    value: html`${lineValue(line, ui)}${line.isNew ? html` ${statusTag({ tone: 'info', label: t('oidc.consent.new') })}` : null}${
      line.purpose === null
        ? null
        : html`<div><small>${t('oidc.consent.because', { service, purpose: line.purpose })}</small></div>`
    }`,
  }));
  const always = [
    { key: t('oidc.consent.levels'), value: t('oidc.consent.levels_value', model.levels) },
    { key: t('oidc.consent.sub'), value: t('oidc.consent.sub_value') },
  ];
  return html`<section aria-labelledby="shared-title"><h2 class="ds-heading" data-size="xs" id="shared-title">${t(
    model.lines.length > 0 ? 'oidc.consent.shares' : 'oidc.consent.shares_nothing',
    { agency },
  )}</h2>
${model.grown ? html`<p>${t('oidc.consent.grown', { service })}</p>` : null}
${summaryList([...personal, ...always])}</section>`;
}

function lineValue({ value }: LineModel, ui: Ui): HtmlValue {
  return value === null ? html`<em>${ui.t('oidc.consent.unknown')}</em>` : sharedValue(value, ui);
}
