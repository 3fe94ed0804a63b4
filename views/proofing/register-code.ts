import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { errorSummary } from '../components/error-summary.ts';
import { codeField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `registerCodePage`. */
export interface RegisterCodeModel {
  caseId: string;
  /** One was asked for and may still be typed. Whether it was sent anywhere, nobody is told. */
  asked: boolean;
  minutes: number;
  /** Locale key. */
  error: string | null;
}

/** The code from the address that the visa or arrival card names. */
export function registerCodePage(model: RegisterCodeModel, ui: Ui): Html {
  const { t } = ui;
  const base = `/cases/${model.caseId}`;
  const message = model.error ? t(model.error) : null;
  const errors = message ? [{ field: 'code', message }] : [];
  return html`${errorSummary(errors, ui)}${pageHeading({
    eyebrow: t('proofing.holder.eyebrow'),
    title: t('proofing.register_code.title'),
    lead: t('proofing.register_code.lead'),
  })}${
    model.asked
      ? html`${alert({ tone: 'info', body: t('proofing.register_code.asked', { minutes: model.minutes }) })}${form(
          {
            action: `${base}/register-code`,
            body: html`${codeField({
              name: 'code',
              label: t('proofing.register_code.code'),
              value: '',
              error: message,
            })}${button({ label: t('proofing.register_code.confirm') })}`,
          },
          ui,
        )}`
      : null
  }${form(
    {
      action: `${base}/register-codes`,
      body: button({
        label: t(model.asked ? 'proofing.register_code.again' : 'proofing.holder.code_send'),
        variant: model.asked ? 'tertiary' : 'primary',
      }),
    },
    ui,
  )}<p>${t('proofing.register_code.none')}</p><p>${link({ label: t('proofing.register_code.portrait'), href: `${base}/portrait` })}</p>`;
}
