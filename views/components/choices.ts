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
  const id = fieldId(model.name);
  return html`<div class="ds-field" data-variant="outline"><input class="ds-input" type="checkbox" id="${id}" name="${model.name}" value="${model.value ?? 'yes'}"${attribute('checked', model.checked)}${attribute('required', model.required)}${describedBy(id, model)}${attribute('aria-invalid', model.error ? 'true' : null)}><label class="ds-label" for="${id}">${model.label}</label>${hintOf(id, model.hint)}${errorOf(id, model.error)}</div>`;
}

function group(
  model: GroupModel,
  type: 'radio' | 'checkbox',
  isChecked: (value: string) => boolean,
): Html {
  const id = fieldId(model.name);
  const choices = model.options.map((option, index) => {
    const optionId = index === 0 ? id : `${id}-${index + 1}`;
    return html`<div class="ds-field" data-variant="outline"><input class="ds-input" type="${type}" id="${optionId}" name="${model.name}" value="${option.value}"${attribute('checked', isChecked(option.value))}${describedBy(optionId, { hint: option.hint })}${attribute('aria-invalid', model.error ? 'true' : null)}><label class="ds-label" for="${optionId}">${option.label}</label>${hintOf(optionId, option.hint)}</div>`;
  });
  const groupId = `${id}-group`;
  return html`<fieldset class="ds-fieldset"${describedBy(groupId, model)}><legend class="ds-label">${model.legend}</legend>${hintOf(groupId, model.hint)}${choices}${errorOf(groupId, model.error)}</fieldset>`;
}
