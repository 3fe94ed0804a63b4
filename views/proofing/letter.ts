import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `letterPage`. */
export interface LetterModel {
  reference: string;
  decidedAt: Date;
  /** A reason code; its words to the holder are `proofing.letter.reason_<code>`. */
  reason: string;
  /** What the officer wrote to the holder. */
  told: string | null;
  citations: readonly { code: string; section: string }[];
  /** Null once appealed. */
  appealUntil: Date | null;
  decidedWithinDays: number;
  appeal: { filedAt: Date; decidedAt: Date; outcome: string; reasons: string } | null;
}

/** A decision in writing, to print: what was decided, why, on what ground, and what can be done. */
export function letterPage(model: LetterModel, ui: Ui): Html {
  const { t } = ui;
  const heading = (key: string) =>
    html`<h2 class="ds-heading" data-size="xs">${t(`proofing.letter.${key}`)}</h2>`;
  return html`<article class="tc-stack">${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t('proofing.letter.title'),
    lead: t('proofing.letter.lead'),
  })}${summaryList([
    { key: t('proofing.case.reference_label'), value: model.reference },
    { key: t('proofing.letter.decided_at'), value: ui.formatDate(model.decidedAt, 'long') },
    { key: t('proofing.letter.decision'), value: t('proofing.letter.refused') },
  ])}
<section>${heading('reasons')}<p>${t(`proofing.letter.reason_${model.reason}`)}</p>${model.told ? html`<p>${model.told}</p>` : null}</section>
<section>${heading('law')}<ul class="ds-list">${model.citations.map(({ code, section }) => html`<li>${t(`proofing.letter.law_${code}`, { section })}</li>`)}</ul></section>
${model.appeal ? appealDecision(model.appeal, ui) : route(model, ui)}
</article>`;
}

function route(model: LetterModel, ui: Ui): Html {
  const { t } = ui;
  const until = model.appealUntil;
  return html`<section><h2 class="ds-heading" data-size="xs">${t('proofing.letter.route')}</h2>${
    until
      ? html`<p>${t('proofing.letter.route_body', { date: ui.formatDate(until, 'long'), days: model.decidedWithinDays })}</p>`
      : html`<p>${t('proofing.letter.route_filed')}</p>`
  }<p>${t('proofing.letter.route_again')}</p></section>`;
}

function appealDecision(appeal: NonNullable<LetterModel['appeal']>, ui: Ui): Html {
  const { t } = ui;
  return html`<section><h2 class="ds-heading" data-size="xs">${t('proofing.letter.on_appeal')}</h2>${summaryList(
    [
      { key: t('proofing.letter.filed_at'), value: ui.formatDate(appeal.filedAt, 'long') },
      { key: t('proofing.letter.decided_at'), value: ui.formatDate(appeal.decidedAt, 'long') },
      { key: t('proofing.letter.decision'), value: t(`proofing.letter.appeal_${appeal.outcome}`) },
    ],
  )}<p>${appeal.reasons}</p><p>${t('proofing.letter.court')}</p></section>`;
}
