import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { dataAttributes, safeHref } from './button.ts';

/** A form that posts, with its CSRF field. The server's own errors are shown, not the browser's: they speak the page's language. */
export function form(
  model: {
    action: string;
    body: HtmlValue;
    /** For files. */
    multipart?: boolean;
    id?: string;
    data?: Record<string, string>;
    /** Inline, without the gaps of a page's form: for one button in a row of a table. */
    compact?: boolean;
  },
  ui: Ui,
): Html {
  const attributes = [
    attribute('class', model.compact ? 'tc-form-compact' : 'tc-form'),
    attribute('id', model.id),
    attribute('action', safeHref(model.action)),
    attribute('enctype', model.multipart ? 'multipart/form-data' : null),
    ...dataAttributes(model.data),
  ];
  return html`<form method="post" novalidate${attributes}>${ui.csrfField()}${model.body}</form>`;
}
