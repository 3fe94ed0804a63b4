import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { safeHref } from './button.ts';

/** What is known, as key and value. An action says what it acts on, for those who hear the page. */
export function summaryList(
  rows: readonly {
    key: string;
    value: HtmlValue;
    action?: { href: string; label: string; about: string } | null | undefined;
  }[],
): Html {
  const items = rows.map(({ key, value, action }) => {
    const link = action
      ? html`<dd class="tc-summary-action"><a class="ds-link" href="${safeHref(action.href)}">${action.label}<span class="ds-sr-only"> ${action.about}</span></a></dd>`
      : null;
    return html`<div class="tc-summary-row"><dt>${key}</dt><dd>${value}</dd>${link}</div>`;
  });
  return html`<dl class="tc-summary">${items}</dl>`;
}
