import { alert } from '../components/alert.ts';
import { button, buttonGroup, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface AlertRow {
  id: string;
  caseReference: string;
  caseStep: string;
  list: string;
  source: string;
  state: string;
  raisedAt: Date;
  reference: string | null;
  since: Date | null;
}

/** Model of `alertsPage`. */
export interface AlertsModel {
  which: 'open' | 'settled';
  alerts: readonly AlertRow[];
  /** Services that asked about many numbers without an answer. */
  alarms: readonly { serviceId: string; misses: number; windowSeconds: number; raisedAt: Date }[];
  problem: 'note' | 'settled' | 'own_case' | null;
}

/** Hits of lost-or-stolen and watch lists, for the officers entitled to see them. */
export function alertsPage(model: AlertsModel, ui: Ui): Html {
  const { t } = ui;
  const open = model.which === 'open';
  return html`${pageHeading({ title: t('registers.alerts.title'), lead: t('registers.alerts.lead') })}
    ${model.problem ? alert({ tone: 'danger', title: t(`registers.alerts.problem_${model.problem}`) }) : null}
    ${model.alarms.map((alarm) => lookUpAlarm(alarm, ui))}
    <p>
      ${link(
        open
          ? { label: t('registers.alerts.show_settled'), href: '/console/alerts?which=settled' }
          : { label: t('registers.alerts.show_open'), href: '/console/alerts' },
      )}
    </p>
    ${
      model.alerts.length === 0
        ? emptyState({ title: t('registers.alerts.empty'), body: t('registers.alerts.empty_body') })
        : html`<div class="tc-stack">${model.alerts.map((row) => alertCard(row, ui))}</div>`
    }`;
}

function lookUpAlarm(alarm: AlertsModel['alarms'][number], ui: Ui): Html {
  const { t } = ui;
  return alert({
    tone: 'danger',
    title: t('registers.alerts.look_ups', { service: alarm.serviceId }),
    body: t('registers.alerts.look_ups_body', {
      misses: alarm.misses,
      minutes: alarm.windowSeconds / 60,
      at: ui.formatDate(alarm.raisedAt, 'dateTime'),
    }),
  });
}

function alertCard(row: AlertRow, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('registers.alerts.case', { reference: row.caseReference }),
    body: html`<p>${statusTag({ label: t(`registers.alerts.state_${row.state}`), tone: row.state === 'open' ? 'warning' : 'neutral' })}</p>
      ${summaryList([
        { key: t('registers.alerts.list'), value: t(`registers.alerts.list_${row.list}`) },
        { key: t('registers.alerts.source'), value: row.source },
        {
          key: t('registers.alerts.reference'),
          value: row.reference ?? t('registers.alerts.erased'),
        },
        {
          key: t('registers.alerts.since'),
          value: row.since ? ui.formatDate(row.since, 'dateTime') : '',
        },
        { key: t('registers.alerts.raised'), value: ui.formatDate(row.raisedAt, 'dateTime') },
        { key: t('registers.alerts.step'), value: t(`admin.step.${row.caseStep}`) },
      ])}
      ${row.state === 'open' ? settlement(row, ui) : null}`,
  });
}

function settlement({ id }: AlertRow, ui: Ui): Html {
  const { t } = ui;
  return form(
    {
      action: `/console/alerts/${id}/settlement`,
      body: html`${textArea({
        name: 'note',
        id: `note-${id}`,
        label: t('registers.alerts.note'),
        hint: t('registers.alerts.note_hint'),
        maxLength: 2000,
        rows: 2,
      })}${buttonGroup(
        button({ label: t('registers.alerts.clear'), name: 'state', value: 'cleared' }),
        button({
          label: t('registers.alerts.confirm'),
          name: 'state',
          value: 'confirmed',
          danger: true,
        }),
      )}`,
    },
    ui,
  );
}
