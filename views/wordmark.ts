import { html } from './html.ts';
import type { Html } from './html.ts';

/**
 * Our mark: a passport page turning into a doorway, with the sun of a new day in it. Next to it the name in both
 * scripts. Decorative: the link around it carries the words.
 */
export function mark(size = 40): Html {
  return html`<svg class="tc-mark" viewBox="0 0 40 40" width="${size}" height="${size}" aria-hidden="true">
<rect width="40" height="40" rx="10" fill="#143a73"/>
<g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round">
<path d="M10 31V16.5C10 11 14.5 7 20 7s10 4 10 9.5V31"/>
<path d="M15.5 31v-5.5a4.5 4.5 0 0 1 9 0V31"/>
</g>
<circle cx="20" cy="15.5" r="3.2" fill="#f5b82e"/>
</svg>`;
}

export function wordmark(): Html {
  return html`<span class="tc-wordmark">${mark()}<span class="tc-wordmark-text">
<span class="tc-wordmark-name">Tangchat ID</span> <span class="tc-wordmark-thai" lang="th">ต่างชาติ</span>
</span></span>`;
}
