import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { checkboxGroup, radioGroup } from '../components/choices.ts';
import { errorFor } from '../components/error-summary.ts';
import { hiddenField, selectField, textArea, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import type { PersonModel } from './person.ts';

/** What happens once in a life, at most. */
const RARE = ['naturalised', 'deceased'];

const MERGE_REASONS = ['same_person_documents', 'same_person_register', 'same_person_declared'];
const SPLIT_REASONS = ['two_persons_found', 'merged_in_error'];

/** What an officer may do: each its own form; what takes two says so on its button. */
export function changeCards(model: PersonModel, ui: Ui): HtmlValue {
  // Somebody who goes by another number is changed there.
  if (model.mergedInto) return null;
  const rare = ({ to }: PersonModel['changes'][number]) => RARE.includes(to);
  const common = model.changes.filter((change) => !rare(change));
  return html`${common.map((change) => stateCard(model, change, ui))}
    <details class="ds-details"${attribute('open', model.sent.survivor !== undefined)}>
      <summary>${ui.t('admin.person.more')}</summary>
      <div class="tc-stack">${mergeCard(model, ui)}${splitCard(model, ui)}${model.changes.filter(rare).map((change) => stateCard(model, change, ui))}</div>
    </details>`;
}

function stateCard(model: PersonModel, change: PersonModel['changes'][number], ui: Ui): Html {
  const { t } = ui;
  const { to, proposed } = change;
  const label = t(`admin.person.change_${to}`);
  return card({
    title: label,
    body: html`<p>${t(`admin.person.change_${to}_hint`)}${proposed ? html` ${t('admin.proposal.takes_two')}` : null}</p>${form(
      {
        action: `/console/people/${model.id}/id-state`,
        body: html`${hiddenField('version', model.version)}${hiddenField('to', to)}${reasons(
          `reason-${to}`,
          change.reasons.map((reason) => [reason, `admin.id_reason.${reason}`]),
          ui,
        )}${proposed ? noteField(`note-${to}`, ui) : null}${button({
          label: proposed ? t('admin.proposal.propose') : label,
          danger: to === 'revoked',
          variant: 'secondary',
        })}`,
      },
      ui,
    )}`,
  });
}

function mergeCard(model: PersonModel, ui: Ui): Html {
  const { t } = ui;
  const { errors, sent } = model;
  const ours = sent.survivor !== undefined || sent.kind === undefined;
  return card({
    title: t('admin.merge.title'),
    body: html`<p>${t('admin.merge.lead')} ${t('admin.proposal.takes_two')}</p>${form(
      {
        action: `/console/people/${model.id}/merge-proposals`,
        body: html`${textField({
          name: 'number',
          label: t('admin.merge.number'),
          hint: t('admin.people.number_hint'),
          value: ours ? sent.number : '',
          error: ours ? errorFor(errors, 'number') : null,
          size: 20,
          spellcheck: false,
        })}${radioGroup({
          name: 'survivor',
          legend: t('admin.merge.survivor'),
          value: sent.survivor ?? 'more_consents',
          options: ['more_consents', 'this', 'other'].map((value) => ({
            value,
            label: t(`admin.merge.survivor_${value}`),
          })),
        })}${reasons(
          'reason-merge',
          MERGE_REASONS.map((reason) => [reason, `admin.proposal.reason_${reason}`]),
          ui,
        )}${noteField('note-merge', ui)}${button({ label: t('admin.proposal.propose'), variant: 'secondary' })}`,
      },
      ui,
    )}`,
  });
}

function splitCard(model: PersonModel, ui: Ui): Html | null {
  const { t } = ui;
  const split = (body: HtmlValue, name: string) =>
    form(
      {
        action: `/console/people/${model.id}/split-proposals`,
        body: html`${body}${reasons(
          `reason-${name}`,
          SPLIT_REASONS.map((reason) => [reason, `admin.proposal.reason_${reason}`]),
          ui,
        )}${noteField(`note-${name}`, ui)}${button({ label: t('admin.proposal.propose'), variant: 'secondary' })}`,
      },
      ui,
    );
  const undo = model.mergedHere.map((party, at) =>
    split(
      html`${hiddenField('merged', party.id)}<p>${t('admin.split.undo', { number: party.number })}</p>`,
      `undo-${at}`,
    ),
  );
  const off =
    model.documents.length < 2
      ? []
      : [
          split(
            checkboxGroup({
              name: 'document',
              legend: t('admin.split.documents'),
              options: model.documents.map(({ id, issuingState, number }) => ({
                value: id,
                label: `${issuingState} ${number}`,
              })),
            }),
            'documents',
          ),
        ];
  if (undo.length + off.length === 0) return null;
  return card({
    title: t('admin.split.title'),
    body: html`<p>${t('admin.split.lead')} ${t('admin.proposal.takes_two')}</p>${undo}${off}`,
  });
}

function reasons(id: string, options: readonly (readonly [string, string])[], ui: Ui): Html {
  return selectField({
    name: 'reason',
    id,
    label: ui.t('admin.person.reason'),
    options: options.map(([value, key]) => ({ value, label: ui.t(key) })),
  });
}

function noteField(id: string, ui: Ui): Html {
  return textArea({
    name: 'note',
    id,
    label: ui.t('admin.case.note'),
    hint: ui.t('admin.proposal.note_hint'),
    rows: 2,
    maxLength: 2000,
  });
}
