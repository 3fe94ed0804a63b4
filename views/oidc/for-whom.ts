import { button } from '../components/button.ts';
import { radioGroup } from '../components/choices.ts';
import { errorSummary } from '../components/error-summary.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { cancelForm } from './cancel.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

export interface ForWhomModel {
  uid: string;
  service: BothLanguages;
  agency: BothLanguages;
  /** Of the person who signed in; null where nobody was proven yet. */
  name: string | null;
  wards: readonly { accountId: string; name: string; birthYear: string }[];
  /** Locale key. */
  error: string | null;
}

/** For whom somebody signs in who may act for others: themselves, or one of them. */
export function forWhomPage(model: ForWhomModel, ui: Ui): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
  const error = model.error === null ? null : t(model.error);
  const self = {
    value: 'self',
    label:
      model.name === null
        ? t('oidc.for_whom.self_unknown')
        : t('oidc.for_whom.self', { name: model.name }),
  };
  const wards = model.wards.map(({ accountId, name, birthYear }) => ({
    value: accountId,
    label: t('oidc.for_whom.ward', { name }),
    hint: t('oidc.for_whom.born', { year: yearIn(birthYear, ui) }),
  }));
  const body = html`${radioGroup({
    name: 'for',
    legend: t('oidc.for_whom.legend'),
    options: [self, ...wards],
    error,
  })}${button({ label: t('oidc.for_whom.go_on') })}`;
  return html`${errorSummary(error === null ? [] : [{ field: 'for', message: error }], ui)}${pageHeading(
    {
      eyebrow: inLanguage(model.agency, ui),
      title: t('oidc.for_whom.title'),
      lead: t('oidc.for_whom.lead', { service }),
    },
  )}${form({ action: `/interaction/${model.uid}/subject`, body }, ui)}
${cancelForm({ uid: model.uid, label: t('oidc.cancel', { service }) }, ui)}`;
}

/** A year as the language counts them: Thai pages by the Buddhist era. */
function yearIn(year: string, ui: Ui): string {
  return ui.lang === 'th' && /^\d+$/.test(year) ? String(Number(year) + 543) : year;
}
