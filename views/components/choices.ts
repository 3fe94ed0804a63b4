import { attribute, html } from '../html.ts';
import type { Html } from '../html.ts';
import { describedBy, errorOf, fieldId, hintOf } from './field.ts';

export interface Choice {
  value: string;
  label: string | Html;
  hint?: string | Html | null | undefined;
}

interface GroupModel {
  name: string;
  legend: string | Html;
  hint?: string | Html | null | undefined;
  error?: string | null | undefined;
  options: readonly Choice[];
}

/** One of a few. The first choice carries the id that the error summary links to. */
export function radioGroup(model: GroupModel & { value?: string | null | undefined }): Html {
  return group(model, 'radio', (choice) => choice === model.value);
}

/** Any of a few, all under one name. */
export function checkboxGroup(model: GroupModel & { values?: readonly string[] }): Html {
  return group(model, 'checkbox', (choice) => model.values?.includes(choice) ?? false);
}

/** One thing to agree to or not. */
export function checkbox(model: {
  name: string;
  label: string | Html;
  hint?: string | Html | null | undefined;
  error?: string | null | undefined;
  checked?: boolean;
  value?: string;
  required?: boolean;
}): Html {
  const { label, hint, error, name } = model;
  const id = fieldId(name);
  const input = [
    attribute('type', 'checkbox'),
    attribute('id', id),
    attribute('name', name),
    attribute('value', model.value ?? 'yes'),
    attribute('checked', model.checked),
    attribute('required', model.required),
  ];
  return choice({ id, label, hint, error, input });
}

function group(
  model: GroupModel,
  type: 'radio' | 'checkbox',
  isChecked: (value: string) => boolean,
): Html {
  const id = fieldId(model.name);
  const choices = model.options.map(({ value, label, hint }, index) => {
    const optionId = index === 0 ? id : `${id}-${index + 1}`;
    const input = [
      attribute('type', type),
      attribute('id', optionId),
      attribute('name', model.name),
      attribute('value', value),
      attribute('checked', isChecked(value)),
    ];
    return choice({ id: optionId, label, hint, input, isInvalid: Boolean(model.error) });
  });
  const groupId = `${id}-group`;
  return html`<fieldset class="ds-fieldset"${describedBy(groupId, model)}>
<legend class="ds-label">${model.legend}</legend>
${hintOf(groupId, model.hint)}${choices}${errorOf(groupId, model.error)}
</fieldset>`;
}

/** One box to press: the input beside its label, framed as a whole. */
function choice(model: {
  id: string;
  label: string | Html;
  hint?: string | Html | null | undefined;
  error?: string | null | undefined;
  isInvalid?: boolean;
  input: (Html | null)[];
}): Html {
  const invalid = attribute('aria-invalid', model.error || model.isInvalid ? 'true' : null);
  return html`<div class="ds-field" data-variant="outline">
<input class="ds-input"${model.input}${describedBy(model.id, model)}${invalid}>
<label class="ds-label" for="${model.id}">${model.label}</label>
${hintOf(model.id, model.hint)}${errorOf(model.id, model.error)}
</div>`;
}
