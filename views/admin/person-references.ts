import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorFor } from '../components/error-summary.ts';
import { selectField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import type { PersonModel } from './person.ts';

/** Kinds that an officer may type in; the register's own key of a person comes from the register alone. */
const TYPED = [
  'civil_registration',
  'alien_certificate',
  'tax',
  'social_security',
  'work_permit',
] as const;

/** The numbers of other registers: what is on record, and a form for one more. */
export function referenceCard(model: PersonModel, ui: Ui): Html {
  const { t } = ui;
  const { references } = model;
  return card({
    title: t('admin.reference.title'),
    // Wrapped: a card takes its padding away where a fold stands in it directly.
    body: html`<div>${
      references.length === 0
        ? html`<p>${t('admin.reference.none')}</p>`
        : table({
            caption: t('admin.reference.title'),
            captionHidden: true,
            columns: ['kind', 'number', 'state', 'ending'].map((name) => ({
              label: t(`admin.reference.column_${name}`),
            })),
            rows: references.map((row) => [
              t(`admin.reference.kind_${row.kind}`),
              html`<code>${row.number}</code>`,
              stateOf(row, ui),
              row.ended ? '' : ending(model.id, row.id, ui),
            ]),
          })
    }<details class="ds-details"><summary>${t('admin.reference.add')}</summary><div>${addForm(model, ui)}</div></details></div>`,
  });
}

function stateOf(row: PersonModel['references'][number], ui: Ui): Html {
  const { t } = ui;
  const state = row.ended ? 'ended' : row.verified ? 'verified' : 'unverified';
  const tone = ({ ended: 'neutral', verified: 'success', unverified: 'warning' } as const)[state];
  const until = row.validUntil
    ? html` ${t('admin.reference.until', { date: ui.formatDate(row.validUntil) })}`
    : null;
  return html`${statusTag({ label: t(`admin.reference.${state}`), tone })}${until}`;
}

function ending(personId: string, id: string, ui: Ui): Html {
  return form(
    {
      action: `/console/people/${personId}/cross-references/${id}/ending`,
      compact: true,
      body: button({ label: ui.t('admin.reference.end'), variant: 'tertiary' }),
    },
    ui,
  );
}

function addForm(model: PersonModel, ui: Ui): Html {
  const { t } = ui;
  const { errors, sent } = model;
  return form(
    {
      action: `/console/people/${model.id}/cross-references`,
      body: html`${selectField({
        name: 'kind',
        label: t('admin.reference.column_kind'),
        value: sent.kind,
        options: TYPED.map((kind) => ({ value: kind, label: t(`admin.reference.kind_${kind}`) })),
      })}${textField({
        name: 'number',
        id: 'field-reference-number',
        label: t('admin.reference.column_number'),
        hint: t('admin.reference.number_hint'),
        error: sent.kind === undefined ? null : errorFor(errors, 'number'),
        value: sent.kind === undefined ? '' : sent.number,
        spellcheck: false,
        size: 24,
      })}${textField({
        name: 'valid_from',
        label: t('admin.reference.valid_from'),
        type: 'date',
        value: sent.valid_from,
      })}${textField({
        name: 'valid_until',
        label: t('admin.reference.valid_until'),
        type: 'date',
        value: sent.valid_until,
        error: errorFor(errors, 'valid_until'),
      })}${button({ label: t('admin.reference.add'), variant: 'secondary' })}`,
    },
    ui,
  );
}
