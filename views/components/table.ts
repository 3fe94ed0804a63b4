import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { emptyState } from './empty-state.ts';

export interface Column {
  label: string;
  /** Numbers stand to the right, in figures of one width. */
  numeric?: boolean;
}

/** Rows of things with a caption. On a phone each row becomes a small card that repeats the column names. */
export function table(model: {
  caption: string;
  /** Leave the caption to those who hear the page, where a heading just above says the same. */
  captionHidden?: boolean;
  columns: readonly Column[];
  rows: readonly (readonly HtmlValue[])[];
  /** Shown instead of a table without rows. */
  empty?: { title: string; body?: HtmlValue };
}): Html {
  if (model.rows.length === 0 && model.empty) return emptyState(model.empty);
  const heads = model.columns.map(
    ({ label, numeric }) =>
      html`<th scope="col"${attribute('data-numeric', numeric)}>${label}</th>`,
  );
  const rows = model.rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, index) => {
        const column = model.columns[index];
        return html`<td data-label="${column?.label ?? ''}"${attribute('data-numeric', column?.numeric)}>${cell}</td>`;
      })}</tr>`,
  );
  const caption = attribute('class', model.captionHidden ? 'ds-sr-only' : null);
  return html`<div class="tc-table-scroll"><table class="ds-table tc-table" data-border data-hover>
<caption${caption}>${model.caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}
