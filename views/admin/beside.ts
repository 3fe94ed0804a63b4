import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { hiddenField, textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** What stands beside a case: the registers among themselves, contested entries, visa stickers, the rule of the stay. */
export interface BesideModel {
  id: string;
  registers: {
    facts: readonly {
      fact: string;
      sources: readonly { register: string; value: string | null; asOf: string; behind: boolean }[];
      authority: string | null;
      disagree: boolean;
    }[];
    silent: readonly { register: string; kind: string }[];
  } | null;
  lastKnown: { kind: string; ageMinutes: number; name: string | null; stay: string } | null;
  corrections: readonly { id: string; entry: string; state: string; at: Date }[];
  stickers: readonly {
    id: string;
    outcome: string;
    findings: readonly string[];
    mrzLines: readonly string[] | null;
    zoneNumber: string | null;
    seal: string | null;
    at: Date;
    setAside: boolean;
  }[];
  rule: {
    code: string;
    name: string;
    lastDay: string | null;
    lastDayExtended: string | null;
    nextReportBy: string | null;
    work: string;
    reentryPermit: string;
    source: string;
    confidence: string;
    review: string;
  } | null;
}

/** The cards of what stands beside a case; nothing where there is nothing. */
export function besideCards(model: BesideModel, ui: Ui): Html {
  return html`${lastKnown(model, ui)} ${registersCard(model, ui)} ${correctionsCard(model, ui)} ${stickersCard(model, ui)} ${ruleCard(model, ui)}`;
}

function lastKnown({ lastKnown: kept }: BesideModel, { t }: Ui): Html | null {
  if (!kept) return null;
  return alert({
    tone: 'info',
    title: t('registers.beside.last_known', { minutes: kept.ageMinutes }),
    body: t('registers.beside.last_known_body', {
      answer: t(`registers.answer.${kept.kind}`),
      name: kept.name ?? '',
      stay: t(`registers.stay.${kept.stay}`),
    }),
  });
}

function registersCard({ registers }: BesideModel, ui: Ui): Html | null {
  const { t } = ui;
  const several = registers?.facts.some(({ sources }) => sources.length > 1);
  if (!registers || (!several && registers.silent.length === 0)) return null;
  const rows = registers.facts.map(({ fact, sources, authority, disagree }) => [
    html`${t(`registers.fact.${fact}`)} ${disagree ? statusTag({ label: t('registers.beside.disagree'), tone: 'warning' }) : null}`,
    html`<ul class="tc-plain-list">
      ${sources.map(
        (source) =>
          html`<li>
            ${source.register}: <strong>${source.value ?? t('registers.beside.none')}</strong>,
            ${t('registers.beside.as_of', { date: ui.formatDate(new Date(source.asOf), 'dateTime') })}
            ${source.behind ? statusTag({ label: t('registers.beside.behind'), tone: 'neutral' }) : null}
          </li>`,
      )}
    </ul>`,
    authority ?? t('registers.beside.passport_says'),
  ]);
  return card({
    title: t('registers.beside.title'),
    body: html`${registers.silent.map(
      ({ register, kind }) => html`<p>${t(`registers.beside.silent_${kind}`, { register })}</p>`,
    )}${table({
      caption: t('registers.beside.title'),
      captionHidden: true,
      columns: ['fact', 'sources', 'authority'].map((name) => ({
        label: t(`registers.beside.column_${name}`),
      })),
      rows,
    })}`,
  });
}

function correctionsCard({ corrections }: BesideModel, ui: Ui): Html | null {
  const { t } = ui;
  if (corrections.length === 0) return null;
  return card({
    title: t('registers.beside.corrections'),
    body: html`<ul class="tc-plain-list">
      ${corrections.map(
        ({ id, entry, state, at }) =>
          html`<li>
            ${link({ label: t(`registers.entry.${entry}`), href: `/console/corrections/${id}` })},
            ${t(`registers.correction.state_${state}`)}, ${ui.formatDate(at, 'medium')}
          </li>`,
      )}
    </ul>`,
  });
}

const STICKER_TONES = { agrees: 'success', differs: 'danger', unread: 'neutral' } as const;

function stickersCard(model: BesideModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.stickers.length === 0) return null;
  const one = (sticker: BesideModel['stickers'][number]) => html`<div class="tc-stack">
    <p>
      ${statusTag({
        label: t(`registers.sticker.${sticker.outcome}`),
        tone: STICKER_TONES[sticker.outcome as keyof typeof STICKER_TONES] ?? 'neutral',
      })}
      ${sticker.setAside ? t('registers.sticker.set_aside') : null} ${ui.formatDate(sticker.at, 'dateTime')}
    </p>
    ${sticker.findings.length > 0 ? html`<ul>${sticker.findings.map((code) => html`<li>${t(`registers.finding.${code}`)}</li>`)}</ul>` : null}
    ${sticker.mrzLines ? html`<code class="tc-mrz">${sticker.mrzLines.join('\n')}</code>` : null}
    ${sticker.seal ? html`<p>${t(`registers.sticker.seal_${sticker.seal}`)}</p>` : null}
    ${
      sticker.outcome === 'differs' && !sticker.setAside
        ? form(
            {
              action: `/console/cases/${model.id}/stickers`,
              body: html`${hiddenField('sticker', sticker.id)}${textArea({
                name: 'note',
                id: `note-${sticker.id}`,
                label: t('registers.sticker.note'),
                hint: t('admin.case.note_hint'),
                maxLength: 2000,
                rows: 2,
              })}${button({ label: t('registers.sticker.set_aside_button'), variant: 'secondary' })}`,
            },
            ui,
          )
        : null
    }
  </div>`;
  return card({ title: t('registers.sticker.title'), body: html`${model.stickers.map(one)}` });
}

function ruleCard({ rule }: BesideModel, ui: Ui): Html | null {
  const { t } = ui;
  if (!rule) return null;
  const day = (text: string | null) => text ?? t('registers.rule.varies');
  return card({
    title: t('registers.rule.title'),
    body: html`<p>${t('registers.rule.explanation')}</p>
      ${summaryList([
        { key: t('registers.rule.class'), value: `${rule.name} (${rule.code})` },
        { key: t('registers.rule.last_day'), value: day(rule.lastDay) },
        { key: t('registers.rule.last_day_extended'), value: day(rule.lastDayExtended) },
        {
          key: t('registers.rule.next_report'),
          value: rule.nextReportBy ?? t('registers.rule.no_report'),
        },
        { key: t('registers.rule.work'), value: t(`registers.work.${rule.work}`) },
        { key: t('registers.rule.reentry'), value: t(`registers.reentry.${rule.reentryPermit}`) },
        { key: t('registers.rule.source'), value: rule.source },
        {
          key: t('registers.rule.confidence'),
          value: `${t(`registers.confidence.${rule.confidence}`)}, ${t(`registers.review.${rule.review}`)}`,
        },
      ])}`,
  });
}
