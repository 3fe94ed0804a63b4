import { button, buttonGroup } from '../components/button.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { cancelForm } from './cancel.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** Go on as the person who is signed in, or as another; `name` is null where nobody was proven yet. */
export function selectAccountPage(
  model: { uid: string; service: BothLanguages; agency: BothLanguages; name: string | null },
  ui: Ui,
): Html {
  const { t } = ui;
  const { uid, name } = model;
  const service = inLanguage(model.service, ui);
  const choices = buttonGroup(
    button({
      label: name === null ? t('oidc.account.same_unknown') : t('oidc.account.same', { name }),
      name: 'account',
      value: 'same',
    }),
    button({
      label: t('oidc.account.other'),
      name: 'account',
      value: 'other',
      variant: 'secondary',
    }),
  );
  return html`${pageHeading({
    eyebrow: inLanguage(model.agency, ui),
    title: t('oidc.account.title'),
    lead: t('oidc.account.lead', { service }),
  })}<p>${name === null ? t('oidc.account.unknown') : t('oidc.account.known', { name })}</p>
${form({ action: `/interaction/${uid}/account`, body: choices }, ui)}
<p class="tc-oidc-note">${t('oidc.account.other_body')}</p>
${cancelForm({ uid, label: t('oidc.cancel', { service }) }, ui)}`;
}
