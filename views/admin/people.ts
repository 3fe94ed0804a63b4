import { alert } from '../components/alert.ts';
import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { hiddenField, selectField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface PeopleModel {
  number: string;
  errors: readonly FieldError[];
}

/** Look a person up by the whole number. There is no search by name: looking needs a reason. */
export function peoplePage(model: PeopleModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}${pageHeading({ title: t('admin.people.title'), lead: t('admin.people.lead') })}${form(
    {
      action: '/console/people',
      body: html`${textField({
        name: 'number',
        label: t('admin.people.number'),
        hint: t('admin.people.number_hint'),
        value: model.number,
        error: errorFor(model.errors, 'number'),
        size: 20,
        spellcheck: false,
      })}${button({ label: t('admin.people.find') })}`,
    },
    ui,
  )}`;
}

export interface PersonModel {
  id: string;
  number: string;
  name: string;
  state: string;
  version: number;
  facts: readonly { field: string; value: string }[];
  /** What this officer may do now: target state and the reasons for it. */
  changes: readonly { to: string; reasons: readonly string[] }[];
  history: readonly { at: Date; from: string; to: string; reason: string; by: string }[];
  errors: readonly FieldError[];
  changed: boolean;
}

const TONE: Record<string, 'success' | 'warning' | 'danger'> = {
  active: 'success',
  provisional: 'warning',
  suspended: 'warning',
  revoked: 'danger',
};

/** A person's ID: its state, how it came to it, and what may be done. */
export function personPage(model: PersonModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}
    ${pageHeading({
      title: model.name,
      eyebrow: model.number,
      status: statusTag({
        label: t(`admin.id_state.${model.state}`),
        tone: TONE[model.state] ?? 'neutral',
      }),
    })}
    ${model.changed ? alert({ tone: 'success', title: t('admin.person.changed'), live: true }) : null}
    <div class="tc-case">
      <div class="tc-stack">
        ${card({
          title: t('admin.person.facts'),
          body: summaryList(
            model.facts.map(({ field, value }) => ({ key: t(`admin.fact.${field}`), value })),
          ),
        })}
        ${card({
          title: t('admin.person.history'),
          body: table({
            caption: t('admin.person.history'),
            captionHidden: true,
            columns: ['at', 'to', 'reason', 'by'].map((name) => ({
              label: t(`admin.person.column_${name}`),
            })),
            rows: model.history.map((entry) => [
              ui.formatDate(entry.at, 'dateTime'),
              t(`admin.id_state.${entry.to}`),
              t(`admin.id_reason.${entry.reason}`),
              t(`admin.actor.${entry.by}`),
            ]),
          }),
        })}
      </div>
      <div class="tc-stack">${model.changes.map((change) => changeCard(model, change, ui))}</div>
    </div>`;
}

function changeCard(
  model: PersonModel,
  change: { to: string; reasons: readonly string[] },
  ui: Ui,
): Html {
  const { t } = ui;
  return card({
    title: t(`admin.person.change_${change.to}`),
    body: html`<p>${t(`admin.person.change_${change.to}_hint`)}</p>${form(
      {
        action: `/console/people/${model.id}/id-state`,
        body: html`${hiddenField('version', model.version)}${hiddenField('to', change.to)}${selectField(
          {
            name: 'reason',
            id: `reason-${change.to}`,
            label: t('admin.person.reason'),
            options: change.reasons.map((reason) => ({
              value: reason,
              label: t(`admin.id_reason.${reason}`),
            })),
          },
        )}${button({
          label: t(`admin.person.change_${change.to}`),
          danger: change.to === 'revoked',
          variant: 'secondary',
        })}`,
      },
      ui,
    )}`,
  });
}
