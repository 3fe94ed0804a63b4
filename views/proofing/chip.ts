import { alert } from '../components/alert.ts';
import { button, buttonGroup, link, linkButton } from '../components/button.ts';
import { copyText } from '../components/copy-text.ts';
import { form } from '../components/form.ts';
import { liveStatus } from '../components/live-status.ts';
import { pageHeading } from '../components/page-heading.ts';
import { qr } from '../components/qr.ts';
import { html, raw } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `chipPage`. */
export interface ChipModel {
  caseId: string;
  /** Why an officer asked for the passport again. */
  asked: string | null;
  handOff:
    | { phase: 'none' }
    | {
        phase: 'shown';
        link: string;
        /** As the qrcode library drew it. */
        qrSvg: string;
        matchNumber: number;
        expiresAt: Date;
        /** What plays the phone; null in production. */
        command: string | null;
      }
    | { phase: 'opened'; matchNumber: number; expiresAt: Date };
  /** Why the last reading was not accepted. */
  refusal: string | null;
  attemptsLeft: number;
  nextAttemptAt: Date | null;
  liveState: string;
}

/** The way out for whoever has a chip that does not do. */
const COUNTER = '/proofing/counter';

/** The code that leads a phone to this case, the number that both screens show, and what became of the last reading. */
export function chipPage(model: ChipModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    eyebrow: t('proofing.chip.eyebrow'),
    title: t('proofing.chip.title'),
    lead: t('proofing.chip.lead'),
  })}${notices(model, ui)}${model.attemptsLeft === 0 ? outOfAttempts(model, ui) : liveStatus({ pollUrl: `/cases/${model.caseId}/status`, state: model.liveState, body: handOff(model, ui), stopAfterSeconds: 1800 }, ui)}<p>${link({ label: t('proofing.chip.overview'), href: `/cases/${model.caseId}` })}</p>`;
}

function notices({ asked, refusal, attemptsLeft }: ChipModel, { t }: Ui): Html {
  const again = asked
    ? alert({
        tone: 'warning',
        title: t('proofing.asked.title'),
        body: t(`proofing.asked.${asked}`),
      })
    : null;
  const refused = refusal
    ? alert({
        tone: 'warning',
        title: t(`proofing.refusal.${refusal}_title`),
        body: html`<p>${t(`proofing.refusal.${refusal}`)}</p><p>${t('proofing.chip.attempts_left', { count: attemptsLeft })} ${link({ label: t('proofing.chip.counter'), href: COUNTER })}</p>`,
        live: true,
      })
    : null;
  return html`${again}${refused}`;
}

function handOff(model: ChipModel, ui: Ui): Html {
  switch (model.handOff.phase) {
    case 'shown':
      return shown(model.handOff, model, ui);
    case 'opened':
      return opened(model.handOff, model, ui);
    default:
      return html`<p>${ui.t(model.refusal ? 'proofing.chip.again' : 'proofing.chip.none')}</p>${newCode(model, ui, 'primary')}`;
  }
}

function shown(code: ChipModel['handOff'] & { phase: 'shown' }, model: ChipModel, ui: Ui): Html {
  const { t } = ui;
  return html`<div class="tc-hand-off"><div>${qr({ svg: raw(code.qrSvg), label: t('proofing.chip.qr_label') })}</div><div><ol class="ds-list"><li>${t('proofing.chip.do_open')}</li><li>${t('proofing.chip.do_scan')}</li><li>${t('proofing.chip.do_compare')}</li><li>${t('proofing.chip.do_hold')}</li></ol>${matchNumber(code.matchNumber, ui)}<p class="tc-fine-print">${t('proofing.chip.valid_until', { time: ui.formatDate(code.expiresAt, 'dateTime') })}</p></div></div><details class="ds-details"><summary>${t('proofing.chip.no_scan')}</summary><div><p>${t('proofing.chip.no_scan_body')}</p>${copyText({ value: code.link, label: t('proofing.chip.link') }, ui)}</div></details>${code.command ? sandbox(code.command, ui) : null}${newCode(model, ui, 'tertiary')}`;
}

function opened(code: ChipModel['handOff'] & { phase: 'opened' }, model: ChipModel, ui: Ui): Html {
  const { t } = ui;
  return html`${alert({ tone: 'info', title: t('proofing.chip.opened'), body: t('proofing.chip.opened_body'), live: true })}${matchNumber(code.matchNumber, ui)}<p>${t('proofing.chip.not_mine')}</p>${newCode(model, ui, 'secondary')}`;
}

function matchNumber(number: number, { t }: Ui): Html {
  return html`<p class="tc-match"><span>${t('proofing.chip.match')}</span> <strong translate="no">${number}</strong></p>`;
}

function sandbox(command: string, ui: Ui): Html {
  return html`<section class="tc-sandbox-note"><h2 class="ds-heading" data-size="2xs">${ui.t('proofing.chip.sandbox')}</h2><p>${ui.t('proofing.chip.sandbox_body')}</p>${copyText({ value: command, label: ui.t('proofing.chip.command') }, ui)}</section>`;
}

function newCode(model: ChipModel, ui: Ui, variant: 'primary' | 'secondary' | 'tertiary'): Html {
  return form(
    {
      action: `/cases/${model.caseId}/hand-offs`,
      body: button({ label: ui.t('proofing.chip.new_code'), variant }),
    },
    ui,
  );
}

function outOfAttempts({ nextAttemptAt }: ChipModel, ui: Ui): Html {
  const { t } = ui;
  const time = nextAttemptAt ? ui.formatDate(nextAttemptAt, 'dateTime') : '';
  return html`${alert({ tone: 'warning', title: t('proofing.chip.too_many'), body: t('proofing.chip.too_many_body', { time }) })}${buttonGroup(linkButton({ label: t('proofing.chip.counter'), href: COUNTER, variant: 'secondary' }))}`;
}
