import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { fileField, textArea, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `visaPage`. */
export interface VisaModel {
  caseId: string;
  reference: string;
  /** The lines as typed. */
  lines: string;
  problem: 'nothing_given' | 'picture' | 'seal' | null;
  /** What was given just now, and whether it could be read. */
  given: 'yes' | 'no' | null;
}

/** Where an applicant may show the visa sticker: its lines, its barcode, or both. */
export function visaPage(model: VisaModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t('registers.visa.title'),
    lead: t('registers.visa.lead'),
  })}${model.problem ? alert({ tone: 'danger', title: t('registers.visa.problem'), body: t(`registers.visa.problem_${model.problem}`) }) : null}${model.given ? alert({ tone: model.given === 'yes' ? 'success' : 'warning', title: t(`registers.visa.given_${model.given}`) }) : null}${form(
    {
      action: `/cases/${model.caseId}/visa`,
      multipart: true,
      body: html`${textArea({
        name: 'lines',
        label: t('registers.visa.lines'),
        hint: t('registers.visa.lines_hint'),
        value: model.lines,
        rows: 2,
        maxLength: 200,
      })}${fileField({
        name: 'picture',
        label: t('registers.visa.picture'),
        hint: t('registers.visa.picture_hint'),
        accept: 'image/jpeg,image/png,image/webp',
        capture: 'environment',
      })}<details class="ds-details"><summary>${t('registers.visa.octets')}</summary><div>${textField(
        {
          name: 'seal',
          label: t('registers.visa.seal'),
          spellcheck: false,
        },
      )}</div></details>${button({ label: t('registers.visa.send') })}`,
    },
    ui,
  )}<p>${link({ label: t('registers.contest.back'), href: `/cases/${model.caseId}` })}</p>`;
}
