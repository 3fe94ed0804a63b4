import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { paragraphs } from './alert.ts';

/** There is nothing here, why, and what to do about it. */
export function emptyState(model: { title: string; body?: HtmlValue; action?: Html | null }): Html {
  return html`<div class="tc-empty"><p class="tc-empty-title">${model.title}</p>${paragraphs(model.body)}${model.action}</div>`;
}
