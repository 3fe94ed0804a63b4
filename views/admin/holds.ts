import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import { hiddenField, selectField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

interface Target {
  personId: string | null;
  caseId: string | null;
}

/** Model of `holdsPage`. */
export interface HoldsModel {
  holds: readonly (Target & { id: string; reason: string; reference: string; placedAt: Date })[];
  /** Whom a new one is for; null where the page was opened from the menu. */
  target: Target | null;
  reasons: readonly string[];
  typed: { reason?: string | undefined; reference?: string | undefined };
  problem: 'reason' | 'reference' | 'held_already' | null;
}

/** Orders to keep what is on record past its term. */
export function holdsPage(model: HoldsModel, ui: Ui): Html {
  const { t } = ui;
  const { problem } = model;
  const errors = problem
    ? [
        {
          field: problem === 'reason' ? 'reason' : 'reference',
          message: t(`registry.holds.error_${problem}`),
        },
      ]
    : [];
  return html`${errorSummary(errors, ui)}${pageHeading({ title: t('registry.holds.title'), lead: t('registry.holds.lead') })}
    <div class="tc-stack">${
      model.target
        ? card({
            title: t('registry.holds.place'),
            body: html`<p>${targetLink(model.target, ui)}</p>${placeForm(model, model.target, errors, ui)}`,
          })
        : null
    }${table({
      caption: t('registry.holds.in_force'),
      columns: ['about', 'reason', 'reference', 'since', 'end'].map((column) => ({
        label: t(`registry.holds.column_${column}`),
      })),
      rows: model.holds.map((hold) => [
        targetLink(hold, ui),
        t(`registry.holds.reason_${hold.reason}`),
        hold.reference,
        ui.formatDate(hold.placedAt),
        form(
          {
            action: `/console/holds/${hold.id}/release`,
            compact: true,
            body: button({ label: t('registry.holds.release'), variant: 'secondary' }),
          },
          ui,
        ),
      ]),
      empty: { title: t('registry.holds.empty'), body: t('registry.holds.empty_body') },
    })}</div>`;
}

function targetLink({ personId, caseId }: Target, { t }: Ui): Html {
  return personId
    ? link({ label: t('registry.holds.person'), href: `/console/people/${personId}` })
    : link({ label: t('registry.holds.case'), href: `/console/cases/${caseId}` });
}

function placeForm(
  { reasons, typed }: HoldsModel,
  { personId, caseId }: Target,
  errors: Parameters<typeof errorFor>[0],
  ui: Ui,
): Html {
  const { t } = ui;
  return form(
    {
      action: '/console/holds',
      body: html`${personId ? hiddenField('person', personId) : hiddenField('case', caseId!)}${selectField(
        {
          name: 'reason',
          label: t('registry.holds.column_reason'),
          empty: t('registry.holds.choose'),
          value: typed.reason,
          options: reasons.map((value) => ({ value, label: t(`registry.holds.reason_${value}`) })),
          error: errorFor(errors, 'reason'),
        },
      )}${textField({
        name: 'reference',
        label: t('registry.holds.column_reference'),
        hint: t('registry.holds.reference_hint'),
        value: typed.reference,
        maxLength: 64,
        size: 30,
        spellcheck: false,
        error: errorFor(errors, 'reference'),
      })}${button({ label: t('registry.holds.place_button') })}`,
    },
    ui,
  );
}
