import { button, buttonGroup } from '../components/button.ts';
import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { fileField, selectField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

const REJECTIONS = ['not_confirmed_by_state', 'wrong_certificate', 'not_needed'] as const;
const WITHDRAWAL_REASONS = ['key_compromised', 'asked_by_state', 'never_of_state'] as const;

interface Waiting {
  id: string;
  /** This officer proposed it. */
  mine: boolean;
  proposedAt: Date;
}

/** Model of `anchorsPage`. */
export interface AnchorsModel {
  proposals: readonly (Waiting & {
    source: string;
    /** What it would be today; null where the store would refuse it by now. */
    certificate: {
      sha256: string;
      country: string;
      name: string;
      notAfter: string;
      state: string;
      reason: string | null;
    } | null;
  })[];
  withdrawals: readonly (Waiting & {
    sha256: string;
    certificate: { country: string; name: string } | null;
    reason: string;
    /** Certificates that would count no more: of this key, and those that only it vouched for. */
    withdrawn: number;
    orphaned: number;
  })[];
  typed: { source?: string; sha256?: string; reason?: string };
  errors: readonly FieldError[];
}

/** Whom we believe about passports, where no master list says so: one officer proposes, another one decides. */
export function anchorsPage(model: AnchorsModel, ui: Ui): Html {
  const { t } = ui;
  const waiting = [
    ...model.proposals.map((row) => proposalCard(row, ui)),
    ...model.withdrawals.map((row) => withdrawalCard(row, ui)),
  ];
  return html`${errorSummary(model.errors, ui)}${pageHeading({ title: t('trust.anchors.title'), lead: t('trust.anchors.lead') })}
    <div class="tc-stack">${waiting.length === 0 ? emptyState({ title: t('trust.anchors.empty') }) : waiting}
    ${card({ title: t('trust.anchors.propose'), body: proposeForm(model, ui) })}
    ${card({ title: t('trust.anchors.withdraw'), body: withdrawForm(model, ui) })}</div>`;
}

const by = ({ mine, proposedAt }: Waiting, ui: Ui) =>
  ui.t(mine ? 'trust.anchors.by_you' : 'trust.anchors.by_other', {
    date: ui.formatDate(proposedAt, 'dateTime'),
  });

/** In groups of four, so that two people can read it to each other, and so that it wraps on a phone. */
const fingerprint = (sha256: string) =>
  html`<code>${(sha256.match(/.{1,4}/g) ?? []).join(' ')}</code>`;

function proposalCard(row: AnchorsModel['proposals'][number], ui: Ui): Html {
  const { t } = ui;
  const { certificate } = row;
  const trusted = certificate?.state === 'trusted';
  return card({
    title: t('trust.anchors.proposal_of', { country: certificate?.country ?? '?' }),
    body: html`<p>${statusTag({
      label: certificate
        ? t(trusted ? 'trust.anchors.would_trust' : 'trust.anchors.would_quarantine')
        : t('trust.anchors.would_refuse'),
      tone: trusted ? 'info' : 'warning',
    })}</p>
      ${
        certificate &&
        summaryList([
          { key: t('trust.anchors.subject'), value: certificate.name },
          { key: t('trust.anchors.fingerprint'), value: fingerprint(certificate.sha256) },
          {
            key: t('trust.anchors.valid'),
            value: ui.formatDate(certificate.notAfter.slice(0, 10)),
          },
          { key: t('trust.anchors.source'), value: row.source },
        ])
      }
      <p>${by(row, ui)}</p>
      ${decisions(`/console/anchors/${row.id}/decision`, row, { confirm: 'trust', rejections: REJECTIONS }, ui)}`,
  });
}

function withdrawalCard(row: AnchorsModel['withdrawals'][number], ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('trust.anchors.withdrawal_of', { country: row.certificate?.country ?? '?' }),
    body: html`${summaryList([
      { key: t('trust.anchors.subject'), value: row.certificate?.name ?? '—' },
      { key: t('trust.anchors.fingerprint'), value: fingerprint(row.sha256) },
      { key: t('trust.anchors.reason'), value: t(`trust.anchors.reason_${row.reason}`) },
      {
        key: t('trust.anchors.effect'),
        value: t('trust.anchors.effect_counts', { key: row.withdrawn, links: row.orphaned }),
      },
    ])}
      <p>${by(row, ui)}</p>
      ${decisions(`/console/anchor-withdrawals/${row.id}/decision`, row, { confirm: 'withdraw_now', rejections: ['reject'] }, ui)}`,
  });
}

/** The proposer may only take it back. */
function decisions(
  action: string,
  row: Waiting,
  buttons: { confirm: string; rejections: readonly string[] },
  ui: Ui,
): Html {
  const { t } = ui;
  const danger = buttons.confirm === 'withdraw_now';
  const last = buttons.rejections.at(-1)!;
  return form(
    {
      action,
      body: row.mine
        ? button({
            label: t('trust.anchors.take_back'),
            name: 'decision',
            value: last,
            variant: 'secondary',
          })
        : buttonGroup(
            button({
              label: t(`trust.anchors.${buttons.confirm}`),
              name: 'decision',
              value: 'confirm',
              danger,
            }),
            ...buttons.rejections.map((value) =>
              button({
                label: t(`trust.anchors.decision_${value}`),
                name: 'decision',
                value,
                variant: 'secondary',
              }),
            ),
          ),
    },
    ui,
  );
}

function proposeForm({ typed, errors }: AnchorsModel, ui: Ui): Html {
  const { t } = ui;
  return form(
    {
      action: '/console/anchors',
      multipart: true,
      body: html`${fileField({
        name: 'certificate',
        label: t('trust.anchors.certificate'),
        hint: t('trust.anchors.certificate_hint'),
        accept: '.cer,.crt,.der,.pem',
        error: errorFor(errors, 'certificate'),
      })}${textField({
        name: 'source',
        label: t('trust.anchors.source'),
        hint: t('trust.anchors.source_hint'),
        value: typed.source,
        maxLength: 200,
        error: errorFor(errors, 'source'),
      })}${button({ label: t('trust.anchors.propose_button') })}`,
    },
    ui,
  );
}

function withdrawForm({ typed, errors }: AnchorsModel, ui: Ui): Html {
  const { t } = ui;
  return form(
    {
      action: '/console/anchor-withdrawals',
      body: html`${textField({
        name: 'sha256',
        label: t('trust.anchors.fingerprint'),
        hint: t('trust.anchors.fingerprint_hint'),
        value: typed.sha256,
        spellcheck: false,
        error: errorFor(errors, 'sha256'),
      })}${selectField({
        name: 'reason',
        label: t('trust.anchors.reason'),
        empty: t('trust.anchors.choose'),
        value: typed.reason,
        options: WITHDRAWAL_REASONS.map((value) => ({
          value,
          label: t(`trust.anchors.reason_${value}`),
        })),
        error: errorFor(errors, 'reason'),
      })}${button({ label: t('trust.anchors.withdraw_button'), variant: 'secondary' })}`,
    },
    ui,
  );
}
