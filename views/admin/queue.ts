import { linkButton, link } from '../components/button.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface QueueRow {
  href: string;
  reference: string;
  step: string;
  held: boolean;
  waitingSince: Date;
  assigned: 'me' | 'other' | 'nobody';
  /** Codes of what needs a human eye: `proofing.attention.*`. */
  attention: readonly string[];
}

export interface QueueModel {
  rows: readonly QueueRow[];
  /** Only cases that wait for an officer, or every open one. */
  all: boolean;
  nextHref: string | null;
}

/** The cases that wait, oldest first. */
export function queuePage(model: QueueModel, ui: Ui): Html {
  const { t } = ui;
  const rows = model.rows.map((row) => [
    link({ label: row.reference, href: row.href }),
    html`${statusTag({ label: t(`admin.step.${row.step}`), tone: row.step === 'review' ? 'info' : 'neutral' })}${row.held ? statusTag({ label: t('admin.queue.held'), tone: 'warning' }) : null}`,
    ui.formatDate(row.waitingSince, 'dateTime'),
    row.attention.length > 0
      ? html`<ul class="tc-plain-list">${row.attention.map((code) => html`<li>${t(`proofing.attention.${code}`)}</li>`)}</ul>`
      : t('admin.queue.nothing_unusual'),
    t(`admin.queue.assigned_${row.assigned}`),
  ]);
  const columns = ['case', 'step', 'waiting', 'attention', 'officer'] as const;
  return html`${pageHeading({ title: t('admin.queue.title'), lead: t('admin.queue.lead') })}
    <p>${
      model.all
        ? link({ label: t('admin.queue.show_waiting'), href: '/console/cases' })
        : link({ label: t('admin.queue.show_all'), href: '/console/cases?all=1' })
    }</p>
    ${table({
      caption: t('admin.queue.title'),
      captionHidden: true,
      columns: columns.map((name) => ({ label: t(`admin.queue.column_${name}`) })),
      rows,
      empty: { title: t('admin.queue.empty'), body: t('admin.queue.empty_body') },
    })}${
      model.nextHref
        ? linkButton({ label: t('admin.queue.more'), href: model.nextHref, variant: 'secondary' })
        : null
    }`;
}
