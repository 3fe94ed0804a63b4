import { alert } from '../components/alert.ts';
import { button, link, linkButton } from '../components/button.ts';
import { card } from '../components/card.ts';
import { copyText } from '../components/copy-text.ts';
import { errorSummary } from '../components/error-summary.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface PasskeysModel {
  passkeys: readonly {
    id: string;
    label: string;
    synced: boolean;
    /** Signed in with this one just now. */
    current: boolean;
    createdAt: Date;
    lastUsedAt: Date | null;
    /** Will be removed then. */
    leavesAt: Date | null;
  }[];
  /** Changes that wait for their 72 hours. */
  changes: readonly { id: string; kind: 'remove_passkey' | 'recover'; takesEffectAt: Date }[];
  recoveryCodeMadeAt: Date | null;
}

/** One's passkeys, changes that wait, and the recovery code. */
export function passkeysPage(model: PasskeysModel, ui: Ui): Html {
  const { t } = ui;
  const single =
    model.passkeys.length === 1
      ? alert({
          tone: 'info',
          title: t('portal.passkeys.single_title'),
          body: t('portal.passkeys.single_body'),
        })
      : null;
  return html`${pageHeading({
    title: t('portal.passkeys.title'),
    lead: t('portal.passkeys.lead'),
  })}${model.changes.map((change) => changeAlert(change, ui))}${single}${table({
    caption: t('portal.passkeys.title'),
    captionHidden: true,
    columns: ['name', 'added', 'used', 'manage'].map((column) => ({
      label: t(`portal.passkeys.column_${column}`),
    })),
    rows: model.passkeys.map((passkey) => [
      passkeyCell(passkey, ui),
      ui.formatDate(passkey.createdAt, 'medium'),
      passkey.lastUsedAt
        ? ui.formatDate(passkey.lastUsedAt, 'dateTime')
        : t('portal.passkeys.never'),
      html`<a class="ds-link" href="/passkeys/${passkey.id}">${t('portal.passkeys.manage')}<span class="ds-sr-only"> ${passkey.label}</span></a>`,
    ]),
  })}<p>${linkButton({ label: t('portal.passkeys.add'), href: '/passkeys/new' })}</p>${recoveryCard(model, ui)}`;
}

function passkeyCell(passkey: PasskeysModel['passkeys'][number], ui: Ui): Html {
  const tags = [
    passkey.current ? statusTag({ tone: 'success', label: ui.t('portal.passkeys.current') }) : null,
    passkey.leavesAt
      ? statusTag({ tone: 'warning', label: ui.t('portal.passkeys.leaving') })
      : null,
  ];
  return html`<div><strong>${passkey.label}</strong> ${tags}<br>${ui.t(
    passkey.synced ? 'portal.passkeys.synced' : 'portal.passkeys.device_bound',
  )}</div>`;
}

function changeAlert(change: PasskeysModel['changes'][number], ui: Ui): Html {
  const date = ui.formatDate(change.takesEffectAt, 'dateTime');
  return alert({
    tone: 'warning',
    title: ui.t(`portal.change.${change.kind}_title`),
    body: html`<p>${ui.t(`portal.change.${change.kind}_body`, { date })}</p>${form(
      {
        action: `/account-changes/${change.id}/cancellation`,
        body: button({ label: ui.t('portal.change.cancel'), danger: true }),
        compact: true,
      },
      ui,
    )}`,
  });
}

function recoveryCard(model: PasskeysModel, ui: Ui): Html {
  const { t } = ui;
  const made = model.recoveryCodeMadeAt;
  return card({
    title: t('portal.recovery_code.title'),
    body: html`<p>${t('portal.recovery_code.body')}</p><p>${
      made
        ? t('portal.recovery_code.made', { date: ui.formatDate(made, 'medium') })
        : t('portal.recovery_code.none')
    }</p>`,
    footer: form(
      {
        action: '/passkeys/recovery-code',
        body: button({
          label: t(made ? 'portal.recovery_code.replace' : 'portal.recovery_code.make'),
          variant: 'secondary',
        }),
        compact: true,
      },
      ui,
    ),
  });
}

/** The new recovery code: shown this once. */
export function recoveryCodePage(model: { code: string }, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    title: t('portal.recovery_code.title'),
    lead: t('portal.recovery_code.shown_once'),
  })}${copyText({ value: model.code, label: t('portal.recovery_code.label') }, ui)}${alert({
    tone: 'warning',
    body: t('portal.recovery_code.keep'),
  })}<p>${link({ label: t('portal.recovery_code.done'), href: '/passkeys' })}</p>`;
}

/** One more passkey. */
export function addPasskeyPage(model: { path: string; refused: boolean }, ui: Ui): Html {
  const errors = model.refused ? [{ field: null, message: ui.t('accounts.passkey.not_made') }] : [];
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: ui.t('portal.passkeys.add'),
    lead: ui.t('portal.passkeys.add_lead'),
  })}${passkeyForm(
    {
      kind: 'register',
      action: model.path,
      optionsUrl: `${model.path}/options`,
      label: ui.t('accounts.create.passkey_action'),
    },
    ui,
  )}<p>${link({ label: ui.t('common.form.cancel'), href: '/passkeys' })}</p>`;
}
