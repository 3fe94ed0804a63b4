import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { radioGroup } from '../components/choices.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `correctionsPage`. */
export interface CorrectionsModel {
  caseId: string;
  reference: string;
  mayContest: boolean;
  entries: readonly string[];
  entry: string | null;
  statement: string;
  maxLength: number;
  errors: readonly FieldError[];
  /** What was contested before, oldest first. */
  known: readonly { entry: string; state: string; at: Date }[];
}

/** Where an applicant says that a register has them wrong. It shows nothing of what a register holds. */
export function correctionsPage(model: CorrectionsModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t('registers.contest.title'),
    lead: t('registers.contest.lead'),
  })}${known(model, ui)}${model.mayContest ? contest(model, ui) : null}<p>${link({
    label: t('registers.contest.back'),
    href: `/cases/${model.caseId}`,
  })}</p>`;
}

function known(model: CorrectionsModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.known.length === 0) return null;
  const rows = summaryList(
    model.known.map(({ entry, state, at }) => ({
      key: t(`registers.entry.${entry}`),
      value: t(`registers.contest.state_${state}`, { date: ui.formatDate(at, 'medium') }),
    })),
  );
  return alert({ tone: 'info', title: t('registers.contest.known'), body: rows });
}

function contest(model: CorrectionsModel, ui: Ui): Html {
  const { t } = ui;
  return form(
    {
      action: `/cases/${model.caseId}/corrections`,
      body: html`${radioGroup({
        name: 'entry',
        legend: t('registers.contest.entry'),
        options: model.entries.map((value) => ({ value, label: t(`registers.entry.${value}`) })),
        value: model.entry,
        error: errorFor(model.errors, 'entry'),
      })}${textArea({
        name: 'statement',
        label: t('registers.contest.statement'),
        hint: t('registers.contest.statement_hint'),
        value: model.statement,
        maxLength: model.maxLength,
        error: errorFor(model.errors, 'statement'),
      })}${button({ label: t('registers.contest.send') })}`,
    },
    ui,
  );
}
