import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

const TOPICS = ['what', 'need', 'phone', 'time', 'lost', 'share', 'wrong'] as const;

/** Answers to what people ask, each under its own heading, so that a page can link to it. */
export function helpPage(_model: Record<string, never>, ui: Ui): Html {
  const topics = TOPICS.map(
    (topic) =>
      html`<section id="${topic}">
        <h2>${ui.t(`help.${topic}.question`)}</h2>
        <p>${ui.t(`help.${topic}.answer`)}</p>
      </section>`,
  );
  return html`${pageHeading({ title: ui.t('help.page.title'), lead: ui.t('help.page.lead') })}
    <div class="tc-prose">${topics}</div>`;
}
