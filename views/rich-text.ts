import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';

/**
 * A translated sentence with markup at named places: `Read <terms>the terms</terms> first` with
 * `{ terms: (inner) => link({ label: inner, href: '/terms' }) }`. Marks may not nest; all else is escaped.
 */
export function richText(text: string, marks: Record<string, (inner: string) => Html>): Html {
  const parts: HtmlValue[] = [];
  let position = 0;
  for (const match of text.matchAll(/<(\w+)>(.*?)<\/\1>/gs)) {
    const mark = marks[match[1]!];
    if (!mark) continue;
    parts.push(text.slice(position, match.index), mark(match[2]!));
    position = match.index + match[0].length;
  }
  parts.push(text.slice(position));
  return html`${parts}`;
}
