import { button, buttonGroup, linkButton } from '../components/button.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { confirmPanel } from '../components/confirm-panel.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** A service signed the person out: here too, and with it everywhere, or only there? */
export function signOutPage(
  model: { action: string; xsrf: string; service: BothLanguages | null },
  ui: Ui,
): Html {
  const { t } = ui;
  const lead = model.service
    ? t('oidc.sign_out.lead', { service: inLanguage(model.service, ui) })
    : t('oidc.sign_out.lead_unknown');
  return html`${pageHeading({ title: t('oidc.sign_out.title'), lead })}${form(
    {
      action: model.action,
      body: html`${hiddenField('xsrf', model.xsrf)}${buttonGroup(
        button({ label: t('oidc.sign_out.everywhere'), name: 'logout', value: 'yes' }),
        button({ label: t('oidc.sign_out.stay'), variant: 'secondary' }),
      )}`,
    },
    ui,
  )}`;
}

/** Signed out, and nowhere to go back to. */
export function signedOutPage(model: { service: BothLanguages | null }, ui: Ui): Html {
  const { t } = ui;
  const body = model.service
    ? t('oidc.signed_out.still', { service: inLanguage(model.service, ui) })
    : t('oidc.signed_out.body');
  return html`${confirmPanel({ title: t('oidc.signed_out.title'), body })}${linkButton({
    label: t('oidc.signed_out.home'),
    href: '/',
    variant: 'secondary',
  })}`;
}
