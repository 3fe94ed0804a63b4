import { attribute, html } from '../html.ts';
import type { Html } from '../html.ts';

export type ButtonVariant = 'primary' | 'secondary' | 'tertiary';

interface Look {
  label: string | Html;
  variant?: ButtonVariant;
  /** Red: for what cannot be taken back. */
  danger?: boolean;
  fullWidth?: boolean;
  id?: string;
}

/** A button; submits its form unless `type` says otherwise. `name` and `value` tell which one was pressed. */
export function button(
  model: Look & {
    type?: 'submit' | 'button';
    name?: string;
    value?: string;
    form?: string;
    /** Hidden until a script shows it. */
    hidden?: boolean;
    /** Not to be pressed until a script is ready to answer. */
    disabled?: boolean;
    /** `data-…` hooks for browser scripts: `{ copy: '' }` gives `data-copy`. */
    data?: Record<string, string>;
  },
): Html {
  const attributes = [
    ...look(model),
    attribute('type', model.type ?? 'submit'),
    attribute('name', model.name),
    attribute('value', model.value),
    attribute('form', model.form),
    attribute('hidden', model.hidden),
    attribute('disabled', model.disabled),
    ...dataAttributes(model.data),
  ];
  return html`<button class="ds-button"${attributes}>${model.label}</button>`;
}

/** A link that looks like a button: for going somewhere, never for changing something. */
export function linkButton(model: Look & { href: string }): Html {
  return html`<a class="ds-button"${look(model)} href="${safeHref(model.href)}">${model.label}</a>`;
}

/** Buttons beside each other; below each other on a phone. */
export function buttonGroup(...buttons: Html[]): Html {
  return html`<div class="tc-buttons">${buttons}</div>`;
}

/** A text link in the design system's look. */
export function link(model: { label: string | Html; href: string; newTab?: boolean }): Html {
  const tab = model.newTab ? html` target="_blank" rel="noopener noreferrer"` : null;
  return html`<a class="ds-link" href="${safeHref(model.href)}"${tab}>${model.label}</a>`;
}

/** `href` where it is a path, a fragment, a query or a web, mail or telephone address; `#` for all else (javascript:, data:). */
export function safeHref(href: string): string {
  if (/^(?:https?:|mailto:|tel:|tangchat:)/i.test(href)) return href;
  return /^[/?#]/.test(href) ? href : '#';
}

export function dataAttributes(data: Record<string, string> | undefined): Html[] {
  return Object.entries(data ?? {}).map(([name, value]) =>
    attribute(`data-${name}`, value === '' ? true : value)!,
  );
}

function look({ variant = 'primary', danger, fullWidth, id }: Look): (Html | null)[] {
  return [
    attribute('id', id),
    attribute('data-variant', variant),
    attribute('data-color', danger ? 'danger' : null),
    attribute('data-fullwidth', fullWidth),
  ];
}
