import { attribute, html } from '../html.ts';
import type { Html } from '../html.ts';

/** What every field has. An error keeps the input as it was and is read out with the field. */
export interface FieldModel {
  name: string;
  label: string | Html;
  hint?: string | Html | null | undefined;
  /** What is wrong and how to put it right; null or undefined when all is well. */
  error?: string | null | undefined;
  value?: string | null | undefined;
  /** `id` of the input, where two fields of one page share a name. The error summary links to `field-<name>`. */
  id?: string;
  required?: boolean;
}

export interface TextFieldModel extends FieldModel {
  type?: 'text' | 'email' | 'tel' | 'date' | 'url' | 'search' | 'password';
  autocomplete?: string;
  inputMode?: 'text' | 'numeric' | 'email' | 'tel' | 'decimal' | 'none';
  maxLength?: number;
  /** Width in characters; the whole column when left out. */
  size?: number;
  /** Off for names, numbers and addresses that no dictionary knows. */
  spellcheck?: boolean;
  autofocus?: boolean;
  /** Language of what is typed, where it is not the page's. */
  lang?: string;
}

/** One line of text with label, hint and error. */
export function textField(model: TextFieldModel): Html {
  const attributes = [
    ...common(model),
    attribute('type', model.type ?? 'text'),
    attribute('value', model.value),
    attribute('autocomplete', model.autocomplete),
    attribute('inputmode', model.inputMode),
    attribute('maxlength', model.maxLength),
    attribute('size', model.size),
    attribute('lang', model.lang),
    attribute('autofocus', model.autofocus),
    model.spellcheck === false ? html` spellcheck="false" autocapitalize="none"` : null,
  ];
  return wrap(model, html`<input class="ds-input"${attributes}>`);
}

/** Six digits that were sent to an address: big, spaced, filled by the phone where it can. */
export function codeField(
  model: Omit<FieldModel, 'required'> & { length?: number; autofocus?: boolean },
): Html {
  const length = model.length ?? 6;
  const attributes = [
    ...common({ ...model, required: true }),
    html` type="text" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" spellcheck="false"`,
    // Room for a code that was copied with spaces.
    attribute('maxlength', length + 3),
    attribute('size', length + 2),
    attribute('value', model.value),
    attribute('autofocus', model.autofocus),
  ];
  return wrap(model, html`<input class="ds-input tc-code"${attributes}>`);
}

/** Several lines of text. */
export function textArea(model: FieldModel & { rows?: number; maxLength?: number }): Html {
  return wrap(
    model,
    html`<textarea class="ds-input"${common(model)} rows="${model.rows ?? 4}"${attribute('maxlength', model.maxLength)}>${model.value}</textarea>`,
  );
}

/** One of a longer list; up to about seven choices read better as `radioGroup`. */
export function selectField(
  model: FieldModel & { options: readonly { value: string; label: string }[]; empty?: string },
): Html {
  const empty = model.empty === undefined ? null : html`<option value="">${model.empty}</option>`;
  const options = model.options.map(
    ({ value, label }) =>
      html`<option value="${value}"${attribute('selected', value === model.value)}>${label}</option>`,
  );
  return wrap(model, html`<select class="ds-input"${common(model)}>${empty}${options}</select>`);
}

/** A file. The form needs `multipart: true`. */
export function fileField(
  model: Omit<FieldModel, 'value'> & {
    accept?: string;
    capture?: 'user' | 'environment';
    multiple?: boolean;
  },
): Html {
  const attributes = [
    ...common(model),
    attribute('type', 'file'),
    attribute('accept', model.accept),
    attribute('capture', model.capture),
    attribute('multiple', model.multiple),
  ];
  return wrap(model, html`<input class="ds-input tc-file"${attributes}>`);
}

export function hiddenField(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** `id` that the input of the field `name` has unless its model names another. */
export function fieldId(name: string): string {
  return `field-${name}`;
}

export function hintOf(id: string, hint: string | Html | null | undefined): Html | null {
  return hint ? html`<p data-field="description" id="${id}-hint">${hint}</p>` : null;
}

export function errorOf(id: string, error: string | null | undefined): Html | null {
  return error ? html`<p class="ds-validation-message" id="${id}-error">${error}</p>` : null;
}

/** The ids that describe the input `id`: its hint, then its error. */
export function describedBy(
  id: string,
  { hint, error }: { hint?: unknown; error?: unknown },
): Html | null {
  const ids = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return attribute('aria-describedby', ids || null);
}

function common(model: FieldModel | Omit<FieldModel, 'value'>): (Html | null)[] {
  const id = model.id ?? fieldId(model.name);
  return [
    attribute('id', id),
    attribute('name', model.name),
    attribute('required', model.required),
    describedBy(id, model),
    attribute('aria-invalid', model.error ? 'true' : null),
  ];
}

function wrap(model: FieldModel | Omit<FieldModel, 'value'>, input: Html): Html {
  const id = model.id ?? fieldId(model.name);
  return html`<div class="ds-field">
<label class="ds-label" for="${id}">${model.label}</label>
${hintOf(id, model.hint)}${input}${errorOf(id, model.error)}
</div>`;
}
