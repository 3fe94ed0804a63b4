import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Tone } from './alert.ts';

/** A state in one or two words; the words carry the meaning, the colour helps. */
export function statusTag(model: { tone: Tone | 'neutral'; label: string }): Html {
  return html`<span class="ds-tag tc-tag" data-color="${model.tone}" data-variant="outline">${model.label}</span>`;
}
