import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card, cardGrid } from '../components/card.ts';
import { checkbox } from '../components/choices.ts';
import { errorSummary } from '../components/error-summary.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `startPage`. */
export interface StartModel {
  /** Where to go on to afterwards, a path of ours; empty where nowhere. */
  returnTo: string;
  /** `under_way`: a case is open · `proven`: the last one was approved. */
  situation: 'new' | 'under_way' | 'proven';
  /** How long a case stays open. */
  days: number;
  consented: { proofing: boolean; biometric: boolean };
  /** Which consents are missing. */
  errors: ('consent' | 'biometric_consent')[];
}

/** What proving who you are takes, and what happens with it; the consent, and the way in. */
export function startPage(model: StartModel, ui: Ui): Html {
  const { t } = ui;
  const errors = model.errors.map((field) => ({
    field,
    message: t(`proofing.start.${field}_missing`),
  }));
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: t('proofing.start.title'),
    lead: t('proofing.start.lead'),
  })}${situation(model, ui)}${model.situation === 'under_way' ? null : introduction(model, ui)}`;
}

function situation(model: StartModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.situation === 'new') return null;
  if (model.situation === 'under_way')
    return html`${alert({ tone: 'info', title: t('proofing.start.under_way'), body: t('proofing.start.under_way_body') })}${form({ action: '/cases', body: html`${hiddenField('return_to', model.returnTo)}${button({ label: t('proofing.start.resume') })}` }, ui)}`;
  return alert({
    tone: 'success',
    title: t('proofing.start.proven'),
    body: html`<p>${t('proofing.start.proven_body')}</p><p>${link({ label: t('proofing.start.go_on'), href: model.returnTo || '/home' })}</p>`,
  });
}

function introduction(model: StartModel, ui: Ui): Html {
  const { t } = ui;
  const item = (key: string) => html`<li>${t(`proofing.start.${key}`, { days: model.days })}</li>`;
  const list = (...keys: string[]) => html`<ul class="ds-list">${keys.map(item)}</ul>`;
  return html`${cardGrid(
    card({
      title: t('proofing.start.need'),
      body: list('need_passport', 'need_phone', 'need_camera', 'need_time'),
    }),
    card({
      title: t('proofing.start.happens'),
      body: html`<ol class="ds-list">${['happens_chip', 'happens_register', 'happens_portrait', 'happens_officer'].map(item)}</ol>`,
    }),
  )}<section class="tc-section"><h2 class="ds-heading" data-size="sm">${t('proofing.start.consent_title')}</h2><p>${t('proofing.start.consent_intro')}</p>${form(
    {
      action: '/cases',
      body: html`${hiddenField('return_to', model.returnTo)}${consent('consent', model.consented.proofing, model, ui)}${consent('biometric_consent', model.consented.biometric, model, ui)}${button({ label: t('proofing.start.begin') })}`,
    },
    ui,
  )}<p class="tc-fine-print">${t('proofing.start.other_ways')}</p></section>`;
}

function consent(
  name: StartModel['errors'][number],
  checked: boolean,
  model: StartModel,
  { t }: Ui,
): Html {
  return checkbox({
    name,
    label: t(`proofing.start.${name}`),
    hint: t(`proofing.start.${name}_hint`, { days: model.days }),
    error: model.errors.includes(name) ? t(`proofing.start.${name}_missing`) : null,
    checked,
  });
}
