import { button, link, linkButton } from '../components/button.ts';
import { checkbox } from '../components/choices.ts';
import { card, cardGrid } from '../components/card.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** The two ways to show that one holds the document, on the data page's pathway. */
export function holderPage(
  model: { caseId: string; consented: boolean; error: string | null },
  ui: Ui,
): Html {
  const { t } = ui;
  const base = `/cases/${model.caseId}`;
  return html`${pageHeading({
    eyebrow: t('proofing.holder.eyebrow'),
    title: t('proofing.holder.title'),
    lead: t('proofing.holder.lead'),
  })}${cardGrid(
    card({
      title: t('proofing.holder.code'),
      body: html`<p>${t('proofing.holder.code_body')}</p>`,
      footer: form(
        {
          action: `${base}/register-codes`,
          compact: true,
          body: button({ label: t('proofing.holder.code_send') }),
        },
        ui,
      ),
    }),
    card({
      title: t('proofing.holder.portrait'),
      body: html`<p>${t('proofing.holder.portrait_body')}</p>${
        model.consented
          ? null
          : form(
              {
                action: `${base}/face-consent`,
                body: html`${checkbox({
                  name: 'biometric_consent',
                  label: t('proofing.start.biometric_consent'),
                  error: model.error ? t(model.error) : null,
                })}${button({ label: t('proofing.holder.portrait_take'), variant: 'secondary' })}`,
              },
              ui,
            )
      }`,
      footer: model.consented
        ? linkButton({
            label: t('proofing.holder.portrait_take'),
            href: `${base}/portrait`,
            variant: 'secondary',
          })
        : null,
    }),
  )}<p>${link({ label: t('proofing.chip.overview'), href: base })}</p>`;
}
