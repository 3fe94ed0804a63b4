import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';

export type Tone = 'info' | 'success' | 'warning' | 'danger';

/** A notice that stands out. `live` reads it out as soon as it shows (`role=alert` for warning and danger, else `status`). */
export function alert(model: {
  tone: Tone;
  title?: string | Html;
  body?: HtmlValue;
  live?: boolean;
}): Html {
  const role = model.tone === 'danger' || model.tone === 'warning' ? 'alert' : 'status';
  const title = model.title
    ? html`<h2 class="ds-heading" data-size="2xs">${model.title}</h2>`
    : null;
  return html`<div class="ds-alert" data-color="${model.tone}"${attribute('role', model.live ? role : null)}>${title}${paragraphs(model.body)}</div>`;
}

/** A plain text becomes a paragraph; markup stays what it is. */
export function paragraphs(body: HtmlValue): HtmlValue {
  return typeof body === 'string' ? html`<p>${body}</p>` : body;
}
