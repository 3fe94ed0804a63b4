import { attribute, html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { mark } from '../wordmark.ts';
import type { Tone } from './alert.ts';
import { statusTag } from './status-tag.ts';

/** The foreign-national ID as a card to show. `number` as it is shown: `F 0123 4567 89 07`. */
export function idCard(
  model: {
    number: string;
    /** As on the passport; any script. */
    name: string;
    nameLang?: string;
    state: { label: string; tone: Tone | 'neutral' };
    /** Of a live portrait, from our own pages only. */
    portraitUrl?: string | null;
    /** More facts in small print: nationality, issued on. */
    facts?: readonly { key: string; value: string }[];
  },
  ui: Ui,
): Html {
  const portrait = model.portraitUrl
    ? html`<img class="tc-id-portrait" src="${model.portraitUrl}" alt="${ui.t('common.id_card.portrait', { name: model.name })}" width="96" height="120">`
    : silhouette();
  const facts = (model.facts ?? []).map(
    ({ key, value }) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`,
  );
  return html`<article class="tc-id-card" aria-label="${ui.t('common.id_card.kind')}">
${guilloche()}${head(ui)}
<div class="tc-id-body">${portrait}
<dl class="tc-id-facts">
<div class="tc-id-name"><dt>${ui.t('common.id_card.name')}</dt>
<dd${attribute('lang', model.nameLang)} translate="no">${model.name}</dd></div>
${facts}
<div><dt class="ds-sr-only">${ui.t('common.id_card.state')}</dt><dd>${statusTag(model.state)}</dd></div>
</dl>
</div>
<p class="tc-id-number"><span class="ds-sr-only">${ui.t('common.id_card.number')} </span><span translate="no">${model.number}</span></p>
</article>`;
}

/** What it is, in the page's language and in the other one: whoever looks at the phone reads one of them. */
function head(ui: Ui): Html {
  const [lang, words] = ui.lang === 'th' ? ENGLISH : THAI;
  return html`<header class="tc-id-head">${mark(34)}
<span class="tc-id-kind">${ui.t('common.id_card.kind')}<span lang="${lang}">${words}</span></span>
</header>`;
}

const ENGLISH = ['en', 'Foreign-national ID'] as const;
const THAI = ['th', 'บัตรประจำตัวคนต่างชาติ'] as const;

function silhouette(): Html {
  return html`<svg class="tc-id-portrait" viewBox="0 0 96 120" width="96" height="120" aria-hidden="true">
<rect width="96" height="120" fill="#dfe8f6"/>
<g fill="#9fb6d8"><circle cx="48" cy="46" r="21"/><path d="M10 120c2-26 17-40 38-40s36 14 38 40z"/></g>
</svg>`;
}

/** Fine waves as on bank notes: rosettes of one curve, drawn with numbers only. */
function guilloche(): Html {
  const waves = Array.from({ length: 14 }, (_, index) => {
    const y = 20 + index * 19;
    const swing = 14 + (index % 4) * 7;
    return html`<path d="M-10 ${y}C60 ${y - swing} 110 ${y + swing} 180 ${y}S300 ${y - swing} 370 ${y}S490 ${y + swing} 560 ${y}"/>`;
  });
  const rings = Array.from(
    { length: 12 },
    (_, index) =>
      html`<ellipse cx="420" cy="130" rx="112" ry="40" transform="rotate(${index * 15} 420 130)"/>`,
  );
  return html`<svg class="tc-id-guilloche" viewBox="0 0 540 300" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
<g fill="none" stroke="#fff" stroke-opacity=".09">${waves}</g>
<g fill="none" stroke="#f5b82e" stroke-opacity=".16">${rings}</g>
</svg>`;
}
