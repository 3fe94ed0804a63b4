import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { checkbox, radioGroup } from '../components/choices.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface AppealsModel {
  rows: readonly {
    href: string;
    reference: string;
    filedAt: Date;
    dueAt: Date;
    late: boolean;
  }[];
}

/** The appeals that wait, the most urgent first. */
export function appealsPage(model: AppealsModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('admin.appeals.title'), lead: t('admin.appeals.lead') })}${table(
    {
      caption: t('admin.appeals.title'),
      captionHidden: true,
      columns: ['case', 'filed', 'due'].map((name) => ({
        label: t(`admin.appeals.column_${name}`),
      })),
      rows: model.rows.map((row) => [
        link({ label: row.reference, href: row.href }),
        ui.formatDate(row.filedAt, 'dateTime'),
        html`${ui.formatDate(row.dueAt, 'dateTime')} ${row.late ? statusTag({ label: t('admin.appeals.late'), tone: 'danger' }) : null}`,
      ]),
      empty: { title: t('admin.appeals.empty'), body: t('admin.appeals.empty_body') },
    },
  )}`;
}

export interface AppealDecisionModel {
  id: string;
  caseHref: string;
  reference: string;
  filedAt: Date;
  dueAt: Date;
  statement: string;
  decided: { outcome: string; at: Date; reasons: string } | null;
  outcome: string | null;
  reasons: string;
  errors: readonly FieldError[];
}

/** One appeal: what the holder says, the clock, and the decision with its reasons. */
export function appealDecisionPage(model: AppealDecisionModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}${pageHeading({
    title: t('admin.appeals.one', { reference: model.reference }),
    lead: t('admin.appeals.due', { date: ui.formatDate(model.dueAt, 'dateTime') }),
  })}${card({
    title: t('admin.appeals.statement'),
    body: html`<p class="tc-words">${model.statement}</p>`,
    footer: link({ label: t('admin.appeals.to_case'), href: model.caseHref }),
  })}${model.decided ? decided(model.decided, ui) : decide(model, ui)}`;
}

function decided(found: NonNullable<AppealDecisionModel['decided']>, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.appeals.decided'),
    body: summaryList([
      { key: t('admin.appeals.outcome'), value: t(`admin.appeals.${found.outcome}`) },
      { key: t('admin.appeals.decided'), value: ui.formatDate(found.at, 'dateTime') },
      { key: t('admin.appeals.reasons'), value: found.reasons },
    ]),
  });
}

function decide(model: AppealDecisionModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.appeals.decide'),
    body: form(
      {
        action: `/console/appeals/${model.id}/decision`,
        body: html`${radioGroup({
          name: 'outcome',
          legend: t('admin.appeals.outcome'),
          options: ['upheld', 'dismissed'].map((value) => ({
            value,
            label: t(`admin.appeals.${value}`),
            hint: t(`admin.appeals.${value}_hint`),
          })),
          value: model.outcome,
          error: errorFor(model.errors, 'outcome'),
        })}${textArea({
          name: 'reasons',
          label: t('admin.appeals.reasons'),
          hint: t('admin.appeals.reasons_hint'),
          value: model.reasons,
          rows: 6,
          maxLength: 5000,
          error: errorFor(model.errors, 'reasons'),
        })}${checkbox({
          name: 'holder_verified',
          label: t('admin.appeals.holder_verified'),
          hint: t('admin.appeals.holder_verified_hint'),
        })}${button({ label: t('admin.appeals.record') })}`,
      },
      ui,
    ),
  });
}
