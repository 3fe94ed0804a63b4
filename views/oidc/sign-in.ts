import { linkButton } from '../components/button.ts';
import { hiddenField } from '../components/field.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { sandboxLink } from '../components/sandbox-link.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { cancelForm } from './cancel.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** Sign in on the way to a service; `again`: the service asks for a fresh touch. */
export function signInPage(
  model: {
    uid: string;
    service: BothLanguages;
    agency: BothLanguages;
    again: boolean;
    sandbox: boolean;
  },
  ui: Ui,
): Html {
  const { t } = ui;
  const returnTo = `/interaction/${model.uid}`;
  const service = inLanguage(model.service, ui);
  const create = model.again
    ? null
    : html`<section class="tc-oidc-aside"><h2 class="ds-heading" data-size="2xs">${t('oidc.sign_in.new_here')}</h2>
<p>${t('oidc.sign_in.new_here_body')}</p>
${linkButton({
  label: t('oidc.sign_in.create'),
  href: `/create?return_to=${encodeURIComponent(returnTo)}`,
  variant: 'secondary',
  fullWidth: true,
})}</section>`;
  return html`${pageHeading({
    eyebrow: inLanguage(model.agency, ui),
    title: t('oidc.sign_in.title', { service }),
    lead: t(model.again ? 'oidc.sign_in.again_lead' : 'oidc.sign_in.lead'),
  })}${passkeyForm(
    {
      kind: 'authenticate',
      action: '/sign-in',
      optionsUrl: '/sign-in/options',
      label: t('oidc.sign_in.action'),
      fields: [hiddenField('return_to', returnTo), model.again ? hiddenField('again', '1') : null],
      fullWidth: true,
    },
    ui,
  )}${create}${sandboxLink({ sandbox: model.sandbox, returnTo }, ui)}${cancelForm({ uid: model.uid, label: t('oidc.cancel', { service }) }, ui)}`;
}
