import { alert } from '../components/alert.ts';
import { button, buttonGroup, link, linkButton } from '../components/button.ts';
import { card } from '../components/card.ts';
import { radioGroup } from '../components/choices.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `correctionsListPage`. */
export interface CorrectionsListModel {
  rows: readonly { id: string; caseReference: string; entry: string; state: string; at: Date }[];
}

/** Entries that applicants contest, oldest first: those that wait for an officer or for a register. */
export function correctionsListPage(model: CorrectionsListModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('registers.correction.list_title'), lead: t('registers.correction.list_lead') })}
    ${table({
      caption: t('registers.correction.list_title'),
      captionHidden: true,
      columns: ['case', 'entry', 'state', 'at'].map((name) => ({
        label: t(`registers.correction.column_${name}`),
      })),
      rows: model.rows.map(({ id, caseReference, entry, state, at }) => [
        link({ label: caseReference, href: `/console/corrections/${id}` }),
        t(`registers.entry.${entry}`),
        t(`registers.correction.state_${state}`),
        ui.formatDate(at, 'dateTime'),
      ]),
      empty: { title: t('registers.correction.empty'), body: t('registers.correction.empty_body') },
    })}`;
}

/** Model of `correctionPage`. */
export interface CorrectionModel {
  id: string;
  caseId: string;
  caseReference: string;
  entry: string;
  state: 'contested' | 'requested' | 'answered' | 'dismissed';
  by: 'port' | 'letter' | null;
  register: string | null;
  outcome: string | null;
  statement: string | null;
  at: Date;
  /** By name; those with a port can be asked over it. */
  registers: readonly { name: string; hasPort: boolean }[];
  problem: string | null;
}

/** One contested entry: what the applicant says, and what an officer may do about it. */
export function correctionPage(model: CorrectionModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    title: t('registers.correction.title', { entry: t(`registers.entry.${model.entry}`) }),
    eyebrow: t('registers.alerts.case', { reference: model.caseReference }),
    status: statusTag({ label: t(`registers.correction.state_${model.state}`), tone: 'info' }),
  })}
    ${model.problem ? alert({ tone: 'danger', title: t(`registers.correction.problem_${model.problem}`) }) : null}
    ${card({
      title: t('registers.correction.words'),
      body: html`<p>${model.statement ?? t('registers.alerts.erased')}</p>
        ${summaryList([
          { key: t('registers.correction.column_at'), value: ui.formatDate(model.at, 'dateTime') },
          ...(model.register
            ? [
                {
                  key: t('registers.correction.asked'),
                  value: `${model.register}, ${t(`registers.correction.by_${model.by ?? 'port'}`)}`,
                },
              ]
            : []),
          ...(model.outcome
            ? [
                {
                  key: t('registers.correction.outcome'),
                  value: t(`registers.correction.outcome_${model.outcome}`),
                },
              ]
            : []),
        ])}
        <p>${link({ label: t('registers.correction.to_case'), href: `/console/cases/${model.caseId}` })}</p>`,
    })}
    ${model.state === 'contested' ? request(model, ui) : null}
    ${model.state === 'requested' && model.by === 'letter' ? letterAnswer(model, ui) : null}`;
}

function request(model: CorrectionModel, ui: Ui): Html {
  const { t } = ui;
  const options = model.registers.flatMap(({ name, hasPort }) => [
    ...(hasPort
      ? [{ value: `${name}:port`, label: t('registers.correction.ask_port', { register: name }) }]
      : []),
    { value: `${name}:letter`, label: t('registers.correction.ask_letter', { register: name }) },
  ]);
  return html`${card({
    title: t('registers.correction.ask_title'),
    body: form(
      {
        action: `/console/corrections/${model.id}/request`,
        body: html`${radioGroup({
          name: 'to',
          legend: t('registers.correction.ask_whom'),
          options,
          value: options[0]?.value ?? null,
        })}${button({ label: t('registers.correction.ask') })}`,
      },
      ui,
    ),
  })}
  ${card({
    title: t('registers.correction.dismiss_title'),
    body: form(
      {
        action: `/console/corrections/${model.id}/dismissal`,
        body: html`<p>${t('registers.correction.dismiss_body')}</p>${button({ label: t('registers.correction.dismiss'), variant: 'secondary' })}`,
      },
      ui,
    ),
  })}`;
}

function letterAnswer(model: CorrectionModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('registers.correction.letter_title'),
    body: html`<p>${linkButton({ label: t('registers.correction.print'), href: `/console/corrections/${model.id}/letter`, variant: 'secondary' })}</p>
      ${form(
        {
          action: `/console/corrections/${model.id}/answer`,
          body: html`<p>${t('registers.correction.answer_body')}</p>${buttonGroup(
            button({
              label: t('registers.correction.answer_corrected'),
              name: 'outcome',
              value: 'corrected',
            }),
            button({
              label: t('registers.correction.answer_rejected'),
              name: 'outcome',
              value: 'rejected',
              variant: 'secondary',
            }),
          )}`,
        },
        ui,
      )}`,
  });
}

/** Model of `correctionLetterPage`. */
export interface CorrectionLetterModel {
  reference: string;
  register: string;
  entry: string;
  statement: string | null;
  issuingState: string;
  documentNumber: string;
  name: string;
  dateOfBirth: string;
  on: Date;
}

/** The letter to a register that takes no requests by machine: to be printed, signed and sent. */
export function correctionLetterPage(model: CorrectionLetterModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('registers.letter.title', { register: model.register }) })}
    <p>${t('registers.letter.date', { date: ui.formatDate(model.on, 'long') })}</p>
    <p>${t('registers.letter.reference', { reference: model.reference })}</p>
    <p>${t('registers.letter.body', { entry: t(`registers.entry.${model.entry}`) })}</p>
    ${summaryList([
      { key: t('admin.fact.name_printed'), value: model.name },
      { key: t('admin.fact.date_of_birth'), value: model.dateOfBirth },
      {
        key: t('admin.fact.document_number'),
        value: `${model.issuingState} ${model.documentNumber}`,
      },
    ])}
    <p>${t('registers.letter.holder_says')}</p>
    <blockquote>${model.statement ?? t('registers.alerts.erased')}</blockquote>
    <p>${t('registers.letter.ask')}</p>
    <p>${t('registers.letter.signature')}</p>`;
}
