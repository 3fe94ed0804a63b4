import { button, linkButton } from '../components/button.ts';
import { card } from '../components/card.ts';
import { form } from '../components/form.ts';
import { sandboxLink } from '../components/sandbox-link.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { cancelForm } from './cancel.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** The service needs to be surer: only the part that is missing is asked for. */
export function levelPage(
  model: {
    uid: string;
    service: BothLanguages;
    part: 'aal' | 'ial';
    target: { ial: number; aal: number };
    mayContinue: boolean;
    sandbox: boolean;
  },
  ui: Ui,
): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
  const returnTo = encodeURIComponent(`/interaction/${model.uid}`);
  const href =
    model.part === 'aal'
      ? `/sign-in?again=1&return_to=${returnTo}`
      : `/proofing?return_to=${returnTo}`;
  const key = `oidc.level.${model.part}`;
  const needs =
    model.part === 'ial'
      ? html`<ul class="ds-list"><li>${t('oidc.level.ial_need_passport')}</li><li>${t('oidc.level.ial_need_phone')}</li><li>${t('oidc.level.ial_need_time')}</li></ul>`
      : null;
  const without = model.mayContinue
    ? form(
        {
          action: `/interaction/${model.uid}/level`,
          body: html`<p>${t('oidc.level.without_body', { service })}</p>${button({ label: t('oidc.level.without'), variant: 'secondary' })}`,
        },
        ui,
      )
    : null;
  return html`${pageHeading({
    eyebrow: service,
    title: t(`${key}_title`),
    lead: t(`${key}_lead`, { service }),
  })}${card({
    title: t(`${key}_card`),
    body: needs ?? t(`${key}_body`),
    footer: linkButton({ label: t(`${key}_action`), href, fullWidth: true }),
    tinted: true,
  })}${without}${sandboxLink(
    { sandbox: model.sandbox, returnTo: `/interaction/${model.uid}` },
    ui,
  )}${cancelForm({ uid: model.uid, label: t('oidc.cancel', { service }) }, ui)}`;
}
