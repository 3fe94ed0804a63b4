import { alert } from '../components/alert.ts';
import { button, buttonGroup, linkButton } from '../components/button.ts';
import { confirmPanel } from '../components/confirm-panel.ts';
import { errorSummary } from '../components/error-summary.ts';
import { hiddenField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** The code that a device shows, typed or brought along by a scanned address. */
export function deviceCodePage(
  model: { xsrf: string; code: string; scanned: boolean; unusable: boolean },
  ui: Ui,
): Html {
  const { t } = ui;
  const error = model.unusable ? t('oidc.device.code.unusable') : null;
  const errors = error ? [{ field: 'user_code', message: error }] : [];
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: t('oidc.device.code.title'),
    lead: t(model.scanned ? 'oidc.device.code.scanned_lead' : 'oidc.device.code.lead'),
  })}${form(
    {
      action: '/device',
      body: html`${hiddenField('xsrf', model.xsrf)}${textField({
        name: 'user_code',
        label: t('oidc.device.code.label'),
        hint: t('oidc.device.code.hint'),
        value: model.code,
        error,
        autocomplete: 'off',
        spellcheck: false,
        size: 12,
        maxLength: 40,
        required: true,
      })}${button({ label: t('oidc.device.code.action') })}`,
    },
    ui,
  )}`;
}

/** What the code belongs to: the last look before anything is signed in. */
export function deviceConfirmPage(
  model: {
    xsrf: string;
    code: string;
    service: BothLanguages;
    agency: BothLanguages;
    purpose: BothLanguages;
  },
  ui: Ui,
): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
  return html`${pageHeading({
    eyebrow: inLanguage(model.agency, ui),
    title: t('oidc.device.confirm.title', { service }),
    lead: t('oidc.device.confirm.lead'),
  })}<p class="tc-device-code" translate="no">${model.code}</p>${summaryList([
    { key: t('oidc.device.confirm.service'), value: service },
    { key: t('oidc.device.confirm.agency'), value: inLanguage(model.agency, ui) },
    { key: t('oidc.device.confirm.purpose'), value: inLanguage(model.purpose, ui) },
  ])}${alert({
    tone: 'warning',
    title: t('oidc.device.confirm.warning_title'),
    body: t('oidc.device.confirm.warning_body'),
  })}${form(
    {
      action: '/device',
      body: html`${hiddenField('xsrf', model.xsrf)}${hiddenField('user_code', model.code)}${buttonGroup(
        button({ label: t('oidc.device.confirm.continue'), name: 'confirm', value: 'yes' }),
        button({
          label: t('oidc.device.confirm.refuse'),
          name: 'abort',
          value: 'yes',
          variant: 'secondary',
        }),
      )}`,
    },
    ui,
  )}`;
}

/** The device is signed in. */
export function deviceDonePage(model: { service: BothLanguages }, ui: Ui): Html {
  const service = inLanguage(model.service, ui);
  return html`${confirmPanel({
    title: ui.t('oidc.device.done.title'),
    body: ui.t('oidc.device.done.body', { service }),
  })}${linkButton({ label: ui.t('oidc.device.home'), href: '/home', variant: 'secondary' })}`;
}

/** Refused by the person, or past its time: the device gets nothing. */
export function deviceOverPage(model: { refused: boolean }, ui: Ui): Html {
  const key = model.refused ? 'refused' : 'over';
  return html`${pageHeading({
    title: ui.t(`oidc.device.${key}.title`),
    lead: ui.t(`oidc.device.${key}.lead`),
  })}<p>${ui.t(`oidc.device.${key}.action`)}</p>
${linkButton({ label: ui.t('oidc.device.home'), href: '/home', variant: 'secondary' })}`;
}
