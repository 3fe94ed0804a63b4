import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { checksCard } from './case-checks.ts';
import { guardianCard } from './case-guardian.ts';
import { besideCards } from './beside.ts';
import type { BesideModel } from './beside.ts';
import { counterLink } from './case-links.ts';
import { decisionForm } from './decision-form.ts';
import type { DecisionInput } from './decision-form.ts';

export interface CaseCheck {
  source: string;
  name: string;
  outcome: string;
  reason: string | null;
  clause: string | null;
}

/** One fact: text as recorded, an instant, or yes and no. */
export interface CaseFact {
  field: string;
  value: string | Date | boolean;
}

export interface CaseModel {
  id: string;
  reference: string;
  version: number;
  /** Hash of the evidence that is shown: a decision is made on it. */
  evidence: string;
  isOpen: boolean;
  /** A child's case: by what right somebody acts in it. */
  forChild: { basis: string; verifiedHow: string | null; proofs: readonly string[] } | null;
  /** What a first officer would approve, and a second one must confirm. */
  proposal: { mine: boolean; reason: string; at: Date } | null;
  inspections: readonly { which: string; facts: readonly CaseFact[] }[];
  step: string;
  pathway: string;
  hold: string | null;
  expiresAt: Date;
  closedAt: Date | null;
  assigned: 'me' | 'other' | 'nobody';
  attention: readonly string[];
  /** Why approving is not possible now: codes. */
  blockers: readonly string[];
  document: readonly CaseFact[];
  documentExpired: boolean;
  register: {
    facts: readonly CaseFact[];
    differences: readonly { field: string; register: string; document: string }[];
    notes: readonly string[];
  } | null;
  checks: readonly CaseCheck[];
  algorithms: readonly CaseFact[];
  chipPortraitUrl: string | null;
  livePortraitUrl: string | null;
  pagePhotoUrl: string | null;
  decisions: readonly {
    at: Date;
    kind: string;
    reason: string;
    outcome: string;
    note: string | null;
  }[];
  decision: DecisionInput;
  beside: BesideModel;
  errors: readonly FieldError[];
}

/** One case on one page: both portraits, every check, what the register says, and the decision. */
export function casePage(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}
    ${pageHeading({
      title: t('admin.case.title', { reference: model.reference }),
      eyebrow: t(`admin.pathway.${model.pathway}`),
      status: statusTag({ label: t(`admin.step.${model.step}`), tone: 'info' }),
      lead: model.closedAt
        ? t('admin.case.closed_at', { date: ui.formatDate(model.closedAt, 'dateTime') })
        : t('admin.case.open_until', { date: ui.formatDate(model.expiresAt, 'medium') }),
    })}
    ${notices(model, ui)}
    <div class="tc-case">
      <div class="tc-stack">${portraits(model, ui)} ${registerCard(model, ui)} ${besideCards(model.beside, ui)} ${checksCard(model, ui)}</div>
      <div class="tc-stack">
        ${counterLink(model, ui)} ${documentCard(model, ui)} ${guardianCard(model, ui)} ${model.closedAt ? null : assignment(model, ui)} ${decisionForm(model, ui)} ${history(model, ui)} ${holdLink(model, ui)}
      </div>
    </div>`;
}

/** Holds are the registrar's and the supervisor's; of those, supervisors open cases. */
function holdLink({ id }: CaseModel, { t, officer }: Ui): Html | null {
  if (!officer?.roles.includes('supervisor')) return null;
  return html`<p>${link({ label: t('registry.holds.open_form'), href: `/console/holds?case=${id}` })}</p>`;
}

function notices(model: CaseModel, ui: Ui): Html[] {
  const { t } = ui;
  const found: Html[] = [];
  if (model.proposal)
    found.push(
      alert({
        tone: 'warning',
        title: t('admin.case.proposed'),
        body: t(model.proposal.mine ? 'admin.case.proposed_mine' : 'admin.case.proposed_body', {
          reason: t(`admin.reason.${model.proposal.reason}`),
          at: ui.formatDate(model.proposal.at, 'dateTime'),
        }),
      }),
    );
  if (model.hold)
    found.push(
      alert({
        tone: 'warning',
        title: t('admin.case.held'),
        body: html`<p>${t(`admin.hold.${model.hold}`)}</p>${toAdjudication(model, ui)}`,
      }),
    );
  if (model.attention.length > 0)
    found.push(
      alert({
        tone: 'info',
        title: t('admin.case.attention'),
        body: html`<ul>${model.attention.map((code) => html`<li>${t(`proofing.attention.${code}`)}</li>`)}</ul>`,
      }),
    );
  return found;
}

function portraits(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const picture = (url: string | null, which: 'chip' | 'live') =>
    html`<figure class="tc-portrait">
      ${
        url
          ? html`<img src="${url}" alt="${t(`admin.case.portrait_${which}_alt`)}" width="320" height="400" />`
          : html`<p class="tc-portrait-missing">${t('admin.case.portrait_missing')}</p>`
      }
      <figcaption>${t(`admin.case.portrait_${which}`)}</figcaption>
    </figure>`;
  return card({
    title: t('admin.case.portraits'),
    body: html`<div class="tc-portraits">${picture(model.chipPortraitUrl, 'chip')}${picture(model.livePortraitUrl, 'live')}</div>
      <p>${t('admin.case.portraits_hint')}</p>`,
  });
}

/** Facts as recorded: an instant in words, the machine-readable zone in its own lines. */
const facts = (prefix: string, rows: readonly CaseFact[], ui: Ui) =>
  summaryList(
    rows.map(({ field, value }) => ({
      key: ui.t(`${prefix}.${field}`),
      value:
        value instanceof Date
          ? ui.formatDate(value, 'dateTime')
          : typeof value === 'boolean'
            ? ui.t(value ? 'admin.case.yes' : 'admin.case.no')
            : field === 'document_kind'
              ? ui.t(`proofing.document.${value}`)
              : field === 'mrz'
                ? html`<code class="tc-mrz">${value}</code>`
                : value,
    })),
  );

function documentCard(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.case.document'),
    body: html`${model.documentExpired ? alert({ tone: 'danger', title: t('admin.case.document_expired') }) : null}
      ${model.document.length > 0 ? facts('admin.fact', model.document, ui) : html`<p>${t('admin.case.no_document')}</p>`}
      ${model.pagePhotoUrl ? html`<figure class="tc-page-photo"><img src="${model.pagePhotoUrl}" alt="${t('admin.case.page_photo_alt')}" /></figure>` : null}
      ${model.inspections.map(({ which, facts: rows }) => html`<h3 class="ds-heading" data-size="2xs">${t(`admin.counter.inspected_${which}`)}</h3>${facts('admin.fact', rows, ui)}`)}
      ${
        model.algorithms.length > 0
          ? html`<details><summary>${t('admin.case.algorithms')}</summary>${facts('admin.algorithm', model.algorithms, ui)}</details>`
          : null
      }`,
  });
}

/** Who settles a held case is a registrar; others are told, and have no link that would refuse them. */
function toAdjudication({ id }: CaseModel, { t, officer }: Ui): Html | null {
  const settles = officer?.roles.some((role) => role === 'registrar' || role === 'supervisor');
  return settles
    ? html`<p>${link({ label: t('admin.adjudication.list_open'), href: `/console/cases/${id}/adjudication` })}</p>`
    : null;
}

function registerCard(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const { register } = model;
  if (!register)
    return card({ title: t('admin.case.register'), body: t('admin.case.register_waiting') });
  const differences = register.differences.map(({ field, register: theirs, document }) => [
    t(`admin.difference.${field}`),
    document,
    theirs,
  ]);
  return card({
    title: t('admin.case.register'),
    body: html`${
      differences.length > 0
        ? html`${alert({ tone: 'warning', title: t('admin.case.register_differs') })}
          ${table({
            caption: t('admin.case.register_differs'),
            captionHidden: true,
            columns: ['field', 'document', 'register'].map((name) => ({
              label: t(`admin.case.difference_${name}`),
            })),
            rows: differences,
          })}`
        : null
    }
      ${register.notes.map((note) => html`<p>${t(`admin.note.${note}`)}</p>`)}
      ${facts('admin.fact', register.facts, ui)}`,
  });
}

function assignment(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const mine = model.assigned === 'me';
  return card({
    title: t('admin.case.officer'),
    body: t(`admin.queue.assigned_${model.assigned}`),
    footer: form(
      {
        action: `/console/cases/${model.id}/assignment`,
        compact: true,
        body: html`${hiddenField('version', model.version)}${hiddenField('to', mine ? 'nobody' : 'me')}${button(
          {
            label: t(mine ? 'admin.case.release' : 'admin.case.take'),
            variant: 'secondary',
          },
        )}`,
      },
      ui,
    ),
  });
}

function history(model: CaseModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.decisions.length === 0) return null;
  return card({
    title: t('admin.case.history'),
    body: html`<ul class="tc-plain-list">${model.decisions.map(
      (entry) =>
        html`<li>${ui.formatDate(entry.at, 'dateTime')}: ${t(`admin.decision.${entry.kind}`)}, ${t(`admin.reason.${entry.reason}`)}${entry.note ? html`<br />${entry.note}` : null}</li>`,
    )}</ul>`,
  });
}
