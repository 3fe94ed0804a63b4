import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';

/** The one `h1` of a page, with what stands above it (where in the journey) and one plain sentence below. */
export function pageHeading(model: {
  title: string | Html;
  eyebrow?: HtmlValue;
  lead?: HtmlValue;
  /** A status tag beside the title. */
  status?: Html | null;
}): Html {
  const eyebrow = model.eyebrow ? html`<p class="tc-eyebrow">${model.eyebrow}</p>` : null;
  const lead = model.lead ? html`<p class="tc-lead">${model.lead}</p>` : null;
  return html`<header class="tc-page-heading">${eyebrow}
<div class="tc-title-row"><h1 class="ds-heading" data-size="lg">${model.title}</h1>${model.status}</div>
${lead}</header>`;
}
