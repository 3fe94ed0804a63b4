import { alert } from '../components/alert.ts';
import { button, buttonGroup, link, linkButton } from '../components/button.ts';
import { fileField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `dataPagePage`. */
export interface DataPageModel {
  caseId: string;
  forChild: boolean;
  /** Why an officer asked for the page again. */
  asked: string | null;
  /** Why the photo that was just sent is of no use, and what to do, the likeliest first. */
  problem: { refusal: string; advice: readonly string[] } | null;
  attemptsLeft: number;
  nextAttemptAt: Date | null;
}

/** A photo of the data page: by the camera of the phone, or a file. */
export function dataPagePage(model: DataPageModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    eyebrow: t('proofing.page.eyebrow'),
    title: t('proofing.page.title'),
    lead: t(model.forChild ? 'proofing.page.lead_child' : 'proofing.page.lead'),
  })}${notices(model, ui)}${model.nextAttemptAt ? wait(model.nextAttemptAt, ui) : capture(model, ui)}<p>${link({ label: t('proofing.chip.overview'), href: `/cases/${model.caseId}` })}</p>`;
}

function notices({ asked, problem, attemptsLeft }: DataPageModel, { t }: Ui): Html {
  const refused = problem
    ? alert({
        tone: 'warning',
        title: t(`proofing.page.refusal_${problem.refusal}_title`),
        body: html`<p>${t(`proofing.page.refusal_${problem.refusal}`)}</p>${
          problem.advice.length > 0
            ? html`<ul class="ds-list">${problem.advice.map((code) => html`<li>${t(`proofing.page.advice_${code}`)}</li>`)}</ul>`
            : null
        }<p>${t('proofing.page.attempts_left', { count: attemptsLeft })}</p>`,
        live: true,
      })
    : null;
  const again =
    asked && !problem
      ? alert({
          tone: 'warning',
          title: t('proofing.asked.title'),
          body: t('proofing.page.asked'),
        })
      : null;
  return html`${again}${refused}`;
}

function capture(model: DataPageModel, ui: Ui): Html {
  const { t } = ui;
  const rules = ['rule_whole', 'rule_flat', 'rule_light', 'rule_sharp'];
  return html`<ul class="ds-list">${rules.map((rule) => html`<li>${t(`proofing.page.${rule}`)}</li>`)}</ul>${form(
    {
      action: `/cases/${model.caseId}/pages`,
      multipart: true,
      body: html`${fileField({
        name: 'page',
        label: t('proofing.page.photo'),
        hint: t('proofing.page.photo_hint'),
        accept: 'image/jpeg,image/png,image/webp',
        capture: 'environment',
        required: true,
      })}${button({ label: t('proofing.page.send') })}`,
    },
    ui,
  )}<p class="tc-fine-print">${t('proofing.page.kept')}</p>`;
}

function wait(at: Date, ui: Ui): Html {
  const { t } = ui;
  const time = ui.formatDate(at, 'dateTime');
  return html`${alert({ tone: 'warning', title: t('proofing.page.wait'), body: t('proofing.page.wait_body', { time }) })}${buttonGroup(linkButton({ label: t('proofing.start.to_counter'), href: '/proofing/counter', variant: 'secondary' }))}`;
}
