import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { radioGroup } from '../components/choices.ts';
import { emptyState } from '../components/empty-state.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { hiddenField, selectField, textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';

/** One column of the comparison: the applicant, or a person on record. */
export interface PersonColumn {
  /** Null for the applicant. */
  personId: string | null;
  number: string | null;
  state: string | null;
  portraits: readonly { url: string; alt: 'live' | 'chip' | 'earlier' }[];
  name: string;
  namePrinted: string | null;
  dateOfBirth: string;
  sex: string;
  nationality: string;
  documents: readonly { id: string; text: string; state: 'new' | 'held' | 'replaced' | 'lost' }[];
  /** Why the search found them. */
  reasons: readonly string[];
}

export interface AdjudicationModel {
  id: string;
  reference: string;
  version: number;
  evidence: string;
  hold: string;
  columns: readonly PersonColumn[];
  /** Each check of continuity with its result; null where that is not the question. */
  continuity: { checks: readonly { check: string; result: string }[]; verdict: string } | null;
  /** What may be found, in the order in which it is offered. */
  kinds: readonly string[];
  /** Documents that a new one may replace. */
  replaceable: readonly { id: string; text: string }[];
  reasons: readonly string[];
  /** Ids of the records that this page shows. */
  shown: readonly string[];
  /** What a first officer found, and waits for a second one. */
  waiting: { id: string; kind: string; portraits: string | null; mine: boolean; at: Date } | null;
  /** The officer may open the case itself. */
  caseUrl: string | null;
  sent: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
}

/** A held case beside the records that it is held by, and what an officer may find. */
export function adjudicationPage(model: AdjudicationModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}${pageHeading({
    title: t('admin.adjudication.title', { reference: model.reference }),
    lead: t(`admin.hold.${model.hold}`),
  })}${card({ title: t('admin.adjudication.row_portraits'), body: portraits(model, ui) })}${card({ title: t('admin.adjudication.compare'), body: comparison(model, ui) })}
    ${findings(model, ui)}`;
}

/** What continuity says beside the form; where nothing is compared the form has the place to itself. */
function findings(model: AdjudicationModel, ui: Ui): Html {
  const continuity = continuityCard(model, ui);
  const finding = model.waiting ? waitingCard(model.waiting, ui) : findingCard(model, ui);
  if (!continuity) return finding;
  return html`<div class="tc-case"><div class="tc-stack">${continuity}</div><div class="tc-stack">${finding}</div></div>`;
}

function comparison({ columns }: AdjudicationModel, ui: Ui): Html {
  const { t } = ui;
  const row = (name: string, cell: (column: PersonColumn) => HtmlValue): HtmlValue[] => [
    html`<strong>${t(`admin.adjudication.row_${name}`)}</strong>`,
    ...columns.map(cell),
  ];
  return table({
    caption: t('admin.adjudication.compare'),
    captionHidden: true,
    columns: [
      { label: t('admin.adjudication.column_field') },
      ...columns.map((column, at) => ({
        label: t(`admin.adjudication.column_${column.personId === null ? 'applicant' : 'record'}`, {
          count: at,
        }),
      })),
    ],
    rows: [
      row('name', ({ name }) => name),
      row('name_printed', ({ namePrinted }) => namePrinted ?? '—'),
      row('date_of_birth', ({ dateOfBirth }) => dateOfBirth),
      row('sex', ({ sex }) => sex),
      row('nationality', ({ nationality }) => nationality),
      row('documents', ({ documents }) => documentList(documents, ui)),
      row('number', (column) => numberCell(column, ui)),
      row('found_by', ({ reasons }) =>
        reasons.length === 0
          ? '—'
          : html`<ul class="tc-plain-list">${reasons.map((reason) => html`<li>${t(`admin.adjudication.by_${reason}`)}</li>`)}</ul>`,
      ),
    ],
  });
}

/** Faces beside each other, apart from the table: on a phone its cells are too narrow to compare anything. */
function portraits({ columns }: AdjudicationModel, { t }: Ui): Html {
  const who = (column: PersonColumn, at: number) =>
    t(`admin.adjudication.column_${column.personId === null ? 'applicant' : 'record'}`, {
      count: at,
    });
  const figures = columns.flatMap((column, at) =>
    column.portraits.map(({ url, alt }) => {
      const text = `${who(column, at)}: ${t(`admin.adjudication.portrait_${alt}`)}`;
      return html`<figure class="tc-portrait"><img src="${url}" alt="${text}"><figcaption>${text}</figcaption></figure>`;
    }),
  );
  const missing = columns
    .map((column, at) => (column.portraits.length === 0 ? who(column, at) : null))
    .filter((name) => name !== null);
  return html`<div class="tc-portraits tc-portraits-many">${figures}</div>${
    missing.length > 0
      ? html`<p>${missing.join(', ')}: ${t('admin.adjudication.no_portrait')}</p>`
      : null
  }`;
}

function documentList(documents: PersonColumn['documents'], { t }: Ui): Html {
  const tones = { new: 'info', held: 'success', replaced: 'neutral', lost: 'danger' } as const;
  return html`<ul class="tc-plain-list">${documents.map(
    ({ text, state }) =>
      html`<li>${text} ${statusTag({ label: t(`admin.adjudication.document_${state}`), tone: tones[state] })}</li>`,
  )}</ul>`;
}

function numberCell({ personId, number, state }: PersonColumn, { t }: Ui): HtmlValue {
  if (personId === null) return '—';
  return html`${link({ label: number ?? t('admin.id_state.none'), href: `/console/people/${personId}` })} ${state && number ? t(`admin.id_state.${state}`) : null}`;
}

const TONES: Record<string, 'success' | 'warning' | 'danger' | 'neutral'> = {
  agrees: 'success',
  differs: 'warning',
  unknown: 'neutral',
  contradicts: 'danger',
};

function continuityCard({ continuity }: AdjudicationModel, ui: Ui): Html | null {
  const { t } = ui;
  if (!continuity) return null;
  return card({
    title: t('admin.adjudication.continuity'),
    body: html`<p>${t(`admin.adjudication.verdict_${continuity.verdict}`)}</p>${table({
      caption: t('admin.adjudication.continuity'),
      captionHidden: true,
      columns: [{ label: t('admin.case.check_check') }, { label: t('admin.case.check_outcome') }],
      rows: continuity.checks.map(({ check, result }) => [
        t(`admin.adjudication.check_${check}`),
        statusTag({
          label: t(`admin.adjudication.result_${result}`),
          tone: TONES[result] ?? 'neutral',
        }),
      ]),
    })}`,
  });
}

function findingCard(model: AdjudicationModel, ui: Ui): Html {
  const { t } = ui;
  const other = model.caseUrl
    ? html`<p>${link({ label: t('admin.adjudication.to_case'), href: model.caseUrl })}</p>`
    : null;
  const title = t('admin.adjudication.find');
  if (model.kinds.length === 0)
    return card({ title, body: html`<p>${t('admin.adjudication.nothing')}</p>${other}` });
  const compares = model.kinds.includes('renewal');
  return card({
    title,
    body: html`${form(
      {
        action: `/console/cases/${model.id}/adjudications`,
        body: html`${hiddenField('version', model.version)}${hiddenField('evidence', model.evidence)}${hiddenField('shown', model.shown.join(','))}${radioGroup(
          {
            name: 'kind',
            legend: t('admin.adjudication.kind'),
            value: model.sent.kind,
            error: errorFor(model.errors, 'kind'),
            options: model.kinds.map((kind) => ({
              value: kind,
              label: t(`admin.adjudication.kind_${kind}`),
              hint: t(`admin.adjudication.kind_${kind}_hint`),
            })),
          },
        )}${compares ? comparisonFields(model, ui) : null}${selectField({
          name: 'reason',
          label: t('admin.adjudication.reason'),
          value: model.sent.reason,
          options: model.reasons.map((reason) => ({
            value: reason,
            label: t(`admin.reason.${reason}`),
          })),
        })}${textArea({
          name: 'note',
          label: t('admin.case.note'),
          hint: t('admin.case.note_hint'),
          value: model.sent.note,
          maxLength: 2000,
          rows: 3,
        })}${button({ label: t('admin.adjudication.record') })}`,
      },
      ui,
    )}${other}`,
  });
}

function comparisonFields(model: AdjudicationModel, ui: Ui): Html {
  const { t } = ui;
  return html`${radioGroup({
    name: 'portraits',
    legend: t('admin.adjudication.portraits'),
    value: model.sent.portraits,
    error: errorFor(model.errors, 'portraits'),
    options: ['match', 'differ', 'not_available'].map((value) => ({
      value,
      label: t(`admin.adjudication.portraits_${value}`),
    })),
  })}${selectField({
    name: 'replaces',
    label: t('admin.adjudication.replaces'),
    hint: t('admin.adjudication.replaces_hint'),
    value: model.sent.replaces,
    options: model.replaceable.map(({ id, text }) => ({ value: id, label: text })),
  })}`;
}

function waitingCard(waiting: NonNullable<AdjudicationModel['waiting']>, ui: Ui): Html {
  const { t } = ui;
  const act = (decision: 'confirm' | 'decline', key: string) =>
    form(
      {
        action: `/console/adjudications/${waiting.id}/decision`,
        compact: true,
        body: html`${hiddenField('decision', decision)}${button({
          label: t(`admin.adjudication.${key}`),
          variant: decision === 'confirm' ? 'primary' : 'secondary',
        })}`,
      },
      ui,
    );
  return card({
    title: t('admin.adjudication.waiting'),
    body: html`${alert({
      tone: 'info',
      title: t(`admin.adjudication.kind_${waiting.kind}`),
      body: html`<p>${t(waiting.mine ? 'admin.proposal.by_you' : 'admin.proposal.by_other', { date: ui.formatDate(waiting.at, 'dateTime') })}${waiting.portraits ? html` ${t(`admin.adjudication.portraits_${waiting.portraits}`)}` : null}</p>`,
    })}<div class="tc-buttons">${waiting.mine ? act('decline', 'take_back') : html`${act('confirm', 'confirm')}${act('decline', 'decline')}`}</div>`,
  });
}

export interface HeldCasesModel {
  rows: readonly { id: string; reference: string; hold: string; since: Date; waiting: boolean }[];
}

/** The cases that are held until somebody settles who the applicant is. */
export function heldCasesPage(model: HeldCasesModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('admin.adjudication.list'), lead: t('admin.adjudication.list_lead') })}${
    model.rows.length === 0
      ? emptyState({ title: t('admin.adjudication.list_empty') })
      : table({
          caption: t('admin.adjudication.list'),
          captionHidden: true,
          columns: ['case', 'why', 'since', 'state'].map((name) => ({
            label: t(`admin.adjudication.list_${name}`),
          })),
          rows: model.rows.map((row) => [
            link({ label: row.reference, href: `/console/cases/${row.id}/adjudication` }),
            t(`admin.adjudication.why_${row.hold}`),
            ui.formatDate(row.since, 'dateTime'),
            row.waiting
              ? statusTag({ label: t('admin.adjudication.waiting'), tone: 'warning' })
              : statusTag({ label: t('admin.adjudication.open'), tone: 'info' }),
          ]),
        })
  }`;
}
