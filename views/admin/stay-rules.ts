import { alert } from '../components/alert.ts';
import { button, buttonGroup } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { fileField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

interface ShownRule {
  code: string;
  name: { en: string; th: string };
  stayPerEntryDays: number | null;
  effectiveFrom: string;
  effectiveTo: string | null;
  source: { name: string; dated: string | null };
  confidence: string;
  reviewed?: { on: string } | undefined;
}

interface Outcome {
  rule: string | null;
  lastDay: string | null;
}

/** Model of `stayRulesPage`. */
export interface StayRulesModel {
  /** 0: those that came with the program. */
  version: number;
  setTitle: string;
  rules: readonly ShownRule[];
  proposal: {
    id: string;
    title: string;
    /** This officer proposed it. */
    mine: boolean;
    proposedAt: Date;
    /** Another version came into force since: it can only be rejected. */
    superseded: boolean;
    rules: number;
    changes: readonly {
      code: string;
      effectiveFrom: string;
      kind: 'added' | 'removed' | 'changed' | 'reviewed';
      fields: readonly { field: string; before: string; after: string }[];
    }[];
    /** One entry under each rule, on its days and today: which of them come out otherwise. */
    replay: {
      stays: number;
      changed: number;
      rows: readonly {
        id: string;
        stay: { basis: string; visaClass: string | null; issuingState: string; admittedOn: string };
        before: Outcome;
        after: Outcome;
      }[];
    };
  } | null;
  errors: readonly FieldError[];
  /** Of a refused file. */
  faults: readonly { line: number; message: string }[];
}

/** The rules of stays in force, and a new set: one officer proposes it, another one accepts. */
export function stayRulesPage(model: StayRulesModel, ui: Ui): Html {
  const { t } = ui;
  const reviewed = model.rules.filter((rule) => rule.reviewed).length;
  return html`${errorSummary(model.errors, ui)}${pageHeading({ title: t('registers.stay_rules.title'), lead: t('registers.stay_rules.lead') })}
    <div class="tc-stack">${model.faults.length === 0 ? null : faultList(model.faults, ui)}
    ${model.proposal ? proposalCard(model.proposal, ui) : card({ title: t('registers.stay_rules.propose'), body: proposeForm(model, ui) })}
    <section aria-labelledby="rules-title"><h2 class="ds-heading" data-size="xs" id="rules-title">${t('registers.stay_rules.in_force')}</h2>
    <p>${model.version === 0 ? t('registers.stay_rules.seeded') : t('registers.stay_rules.version', { version: model.version })} ${model.setTitle}</p>
    <p>${t('registers.stay_rules.counts', { rules: model.rules.length, reviewed })}</p>
    ${ruleTable(model.rules, ui)}</section></div>`;
}

function faultList(faults: StayRulesModel['faults'], ui: Ui): Html {
  const { t } = ui;
  return table({
    caption: t('registers.stay_rules.faults'),
    columns: [
      { label: t('registers.stay_rules.line'), numeric: true },
      { label: t('registers.stay_rules.fault') },
    ],
    rows: faults.map(({ line, message }) => [String(line), html`<code>${message}</code>`]),
  });
}

function proposeForm({ errors }: StayRulesModel, ui: Ui): Html {
  const { t } = ui;
  return form(
    {
      action: '/console/stay-rules/proposals',
      multipart: true,
      body: html`${fileField({
        name: 'rules',
        label: t('registers.stay_rules.file'),
        hint: t('registers.stay_rules.file_hint'),
        accept: '.json,application/json',
        error: errorFor(errors, 'rules'),
      })}${button({ label: t('registers.stay_rules.submit') })}`,
    },
    ui,
  );
}

type Proposal = NonNullable<StayRulesModel['proposal']>;

function proposalCard(proposal: Proposal, ui: Ui): Html {
  const { t } = ui;
  const { replay, changes, mine } = proposal;
  return card({
    title: t('registers.stay_rules.waiting'),
    body: html`<p><strong>${proposal.title}</strong></p>
      <p>${t(mine ? 'registers.stay_rules.by_you' : 'registers.stay_rules.by_other', { date: ui.formatDate(proposal.proposedAt, 'dateTime') })}</p>
      ${proposal.superseded ? alert({ tone: 'warning', title: t('registers.stay_rules.error_superseded') }) : null}
      ${changeTable(changes, ui)}
      <p>${t('registers.stay_rules.replay', { stays: replay.stays, changed: replay.changed })}</p>
      ${replay.rows.length === 0 ? null : replayTable(replay.rows, ui)}
      ${decisionForm(proposal, ui)}`,
  });
}

function decisionForm({ id, mine, superseded }: Proposal, ui: Ui): Html {
  const { t } = ui;
  const no = button({
    label: t(mine ? 'registers.stay_rules.take_back' : 'registers.stay_rules.reject'),
    name: 'decision',
    value: 'reject',
    variant: 'secondary',
  });
  const yes = button({
    label: t('registers.stay_rules.accept'),
    name: 'decision',
    value: 'accept',
  });
  return form(
    {
      action: `/console/stay-rules/proposals/${id}/decision`,
      body: mine || superseded ? no : buttonGroup(yes, no),
    },
    ui,
  );
}

const TONES = {
  added: 'success',
  changed: 'info',
  removed: 'warning',
  reviewed: 'neutral',
} as const;

function changeTable(changes: Proposal['changes'], ui: Ui): Html {
  const { t } = ui;
  const only = changes.filter(({ kind }) => kind === 'reviewed').length;
  const shown = changes.filter(({ kind }) => kind !== 'reviewed');
  return html`${
    shown.length === 0
      ? null
      : table({
          caption: t('registers.stay_rules.changes'),
          columns: ['rule', 'kind', 'what'].map((column) => ({
            label: t(`registers.stay_rules.column_${column}`),
          })),
          rows: shown.map(({ code, effectiveFrom, kind, fields }) => [
            html`<div><code>${code}</code> ${ui.formatDate(effectiveFrom)}</div>`,
            statusTag({ label: t(`registers.stay_rules.kind_${kind}`), tone: TONES[kind] }),
            fields.length === 0
              ? '–'
              : html`<div>${fields.map(({ field, before, after }) => html`<div><code>${field}</code>: ${t('registers.stay_rules.becomes', { before, after })}</div>`)}</div>`,
          ]),
        })
  }${only === 0 ? null : html`<p>${t('registers.stay_rules.only_reviewed', { count: only })}</p>`}`;
}

function replayTable(rows: Proposal['replay']['rows'], ui: Ui): Html {
  const { t } = ui;
  const told = ({ rule, lastDay }: Outcome) =>
    rule === null
      ? t('registers.stay_rules.no_rule')
      : html`<div><code>${rule}</code><div>${lastDay === null ? t('registers.stay_rules.varies') : ui.formatDate(lastDay)}</div></div>`;
  return table({
    caption: t('registers.stay_rules.replay_caption'),
    columns: ['entry', 'before', 'after'].map((column) => ({
      label: t(`registers.stay_rules.column_${column}`),
    })),
    rows: rows.map(({ stay, before, after }) => [
      html`<div>${stay.visaClass ?? t(`registers.stay_rules.basis_${stay.basis}`)}${stay.issuingState === 'XXX' ? null : ` (${stay.issuingState})`}<div>${ui.formatDate(stay.admittedOn)}</div></div>`,
      told(before),
      told(after),
    ]),
  });
}

function ruleTable(rules: StayRulesModel['rules'], ui: Ui): Html {
  const { t } = ui;
  return table({
    caption: t('registers.stay_rules.in_force'),
    captionHidden: true,
    columns: [
      { label: t('registers.stay_rules.column_rule') },
      { label: t('registers.stay_rules.column_from') },
      { label: t('registers.stay_rules.column_days'), numeric: true },
      { label: t('registers.stay_rules.column_source') },
      { label: t('registers.stay_rules.column_review') },
    ],
    rows: rules.map((rule) => [
      html`<div><code>${rule.code}</code><div>${rule.name[ui.lang]}</div></div>`,
      html`<div>${ui.formatDate(rule.effectiveFrom)} – ${rule.effectiveTo === null ? '' : ui.formatDate(rule.effectiveTo)}</div>`,
      rule.stayPerEntryDays === null ? '–' : String(rule.stayPerEntryDays),
      html`<div>${rule.source.name}<div><small>${t(`registers.stay_rules.confidence_${rule.confidence}`)}</small></div></div>`,
      rule.reviewed
        ? statusTag({
            tone: 'success',
            label: t('registers.stay_rules.reviewed_on', {
              date: ui.formatDate(rule.reviewed.on),
            }),
          })
        : statusTag({ tone: 'warning', label: t('registers.stay_rules.unreviewed') }),
    ]),
  });
}
