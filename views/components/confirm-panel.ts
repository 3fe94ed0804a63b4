import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { paragraphs } from './alert.ts';

/** It is done: the page's `h1`, what follows from it, and a reference to keep. */
export function confirmPanel(model: {
  title: string;
  body?: HtmlValue;
  reference?: { label: string; value: string } | null | undefined;
}): Html {
  const reference = model.reference
    ? html`<p class="tc-confirm-reference"><span>${model.reference.label}</span> <strong>${model.reference.value}</strong></p>`
    : null;
  return html`<section class="tc-confirm">
<svg class="tc-confirm-mark" viewBox="0 0 48 48" width="56" height="56" aria-hidden="true">
<circle cx="24" cy="24" r="22" fill="currentColor" opacity=".14"/>
<path d="M14 24.5l7 7L34.5 17" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
<h1 class="ds-heading" data-size="md">${model.title}</h1>
${paragraphs(model.body)}${reference}
</section>`;
}
