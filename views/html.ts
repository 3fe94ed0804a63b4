import { html as honoHtml, raw as honoRaw } from 'hono/html';

declare const brand: unique symbol;
/** Markup that is safe to send: made by the `html` tag (which escapes what it is given) or by `raw`. */
export type Html = { readonly [brand]: 'Html'; toString(): string };

/** What may stand in a template: text is escaped, `Html` is not, null, undefined and booleans render nothing. */
export type HtmlValue = string | number | Html | null | undefined | boolean | readonly HtmlValue[];

/** Tag for templates of markup: escapes every text and attribute value; attribute values must be quoted. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  for (const value of values) refuseImpostors(value);
  return honoHtml(strings, ...values) as unknown as Html;
}

/** Markup taken as it is. Only for markup that our own code or a kept library made, never for input. */
export function raw(markup: string): Html {
  return honoRaw(markup) as unknown as Html;
}

/** The text of the markup. */
export function render(markup: Html): string {
  return markup.toString();
}

/** ` name="value"`, or nothing where the value is null, undefined or false; `true` gives the bare name. */
export function attribute(
  name: string,
  value: string | number | boolean | null | undefined,
): Html | null {
  if (value === null || value === undefined || value === false) return null;
  return value === true ? raw(` ${name}`) : html` ${raw(name)}="${value}"`;
}

/** A parsed JSON object that says `isEscaped` would pass through hono's tag unescaped: only real markup may. */
function refuseImpostors(value: unknown): void {
  if (Array.isArray(value)) for (const inner of value) refuseImpostors(inner);
  else if (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) !== '[object String]'
  )
    throw new TypeError('A template takes text, numbers and Html only');
}
