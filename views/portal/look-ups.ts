import { link } from '../components/button.ts';
import { emptyState } from '../components/empty-state.ts';
import { pageHeading } from '../components/page-heading.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface LookUpsModel {
  lookUps: readonly {
    askedAt: Date;
    service: string;
    agency: string;
    /** As it was agreed with the register; null where that is not kept. */
    purpose: string | null;
    /** The provision of law, where there is one. */
    provision: string | null;
    result: 'in_use' | 'not_in_use' | 'no_answer';
    toldState: string | null;
  }[];
  /** No more than so many are shown. */
  most: number;
}

/** Which services asked about one's number, why they may, and what they were told. */
export function lookUpsPage({ lookUps, most }: LookUpsModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({ title: t('services.look_ups.title'), lead: t('services.look_ups.lead') })}
<p>${link({ label: t('services.look_ups.back'), href: '/services' })}</p>
${lookUps.length === 0 ? emptyState({ title: t('services.look_ups.empty'), body: t('services.look_ups.empty_body') }) : lookUpTable(lookUps, ui)}
${lookUps.length < most ? null : html`<p>${t('services.look_ups.most', { count: most })}</p>`}`;
}

function lookUpTable(lookUps: LookUpsModel['lookUps'], ui: Ui): Html {
  const { t } = ui;
  return table({
    caption: t('services.look_ups.title'),
    captionHidden: true,
    columns: ['when', 'who', 'why', 'told'].map((column) => ({
      label: t(`services.look_ups.${column}`),
    })),
    rows: lookUps.map((one) => [
      ui.formatDate(one.askedAt, 'dateTime'),
      // One element a cell: on a phone the cell is a row of label and value.
      html`<div><strong>${one.service}</strong><div><small>${one.agency}</small></div></div>`,
      html`<div>${one.purpose ?? t('services.look_ups.unknown_purpose')}${one.provision === null ? null : html`<div><small>${one.provision}</small></div>`}</div>`,
      one.toldState === null
        ? t(`services.look_ups.result_${one.result}`)
        : t('services.look_ups.state', { state: t(`portal.id_state.${one.toldState}.label`) }),
    ]),
  });
}
