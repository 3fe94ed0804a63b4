import { alert } from '../components/alert.ts';
import { button, buttonGroup, link, linkButton } from '../components/button.ts';
import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { errorSummary } from '../components/error-summary.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { sharedSection } from './consent.ts';
import type { SharedModel } from './consent.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

export type ApprovalAnswer = 'approved' | 'refused' | 'reported' | 'out_of_reach';

/** Everything that waits for the person. */
export function approvalsPage(
  model: {
    answered: ApprovalAnswer | null;
    approvals: readonly {
      href: string;
      service: BothLanguages;
      agency: BothLanguages;
      bindingMessage: string | null;
      askedAt: Date;
    }[];
  },
  ui: Ui,
): Html {
  const { t } = ui;
  const answered =
    model.answered === null
      ? null
      : alert({
          tone: model.answered === 'approved' ? 'success' : 'info',
          title: t(`oidc.approval.answered.${model.answered}.title`),
          body: t(`oidc.approval.answered.${model.answered}.body`),
          live: true,
        });
  const cards = model.approvals.map(({ href, service, agency, bindingMessage, askedAt }) =>
    card({
      title: inLanguage(service, ui),
      body: html`<p><strong>${inLanguage(agency, ui)}</strong></p>${
        bindingMessage === null ? null : message(bindingMessage)
      }<p>${t('oidc.approval.list.asked', { at: ui.formatDate(askedAt, 'dateTime') })}</p>`,
      footer: linkButton({ label: t('oidc.approval.list.open'), href }),
      tinted: true,
    }),
  );
  return html`${pageHeading({
    title: t('oidc.approval.list.title'),
    lead: t('oidc.approval.list.lead'),
  })}${answered}<div class="tc-stack">${
    cards.length > 0
      ? cards
      : emptyState({
          title: t('oidc.approval.list.empty'),
          body: t('oidc.approval.list.empty_body'),
        })
  }</div>`;
}

export interface ApprovalModel extends SharedModel {
  id: string;
  purpose: BothLanguages;
  /** What the service also shows where it was asked, for comparing. */
  bindingMessage: string | null;
  askedAt: Date;
  expiresAt: Date;
  /** Why it cannot be approved; null where a touch is all that is missing. */
  obstacle: 'not_allowed' | 'proof_needed' | 'out_of_reach' | null;
  /** The touch that came was none. */
  refused: boolean;
}

/** One request: who, what for, what to compare, what is shared; the touch, or no. */
export function approvalPage(model: ApprovalModel, ui: Ui): Html {
  const { t } = ui;
  const service = inLanguage(model.service, ui);
  const errors = model.refused
    ? [{ field: null, message: t('oidc.approval.page.touch_refused') }]
    : [];
  const action = `/approvals/${model.id}`;
  return html`${errorSummary(errors, ui)}${pageHeading({
    eyebrow: inLanguage(model.agency, ui),
    title: t('oidc.approval.page.heading', { service }),
    lead: inLanguage(model.purpose, ui),
  })}${bindingCard(model, ui)}<p>${t('oidc.approval.page.times', {
    asked: ui.formatDate(model.askedAt, 'dateTime'),
    until: ui.formatDate(model.expiresAt, 'dateTime'),
  })}</p>${sharedSection(model, ui)}${
    model.obstacle === null
      ? passkeyForm(
          {
            kind: 'authenticate',
            action: `${action}/approval`,
            optionsUrl: '/sign-in/options',
            label: t('oidc.approval.page.approve'),
            fullWidth: true,
          },
          ui,
        )
      : obstacle(model.obstacle, { service, id: model.id }, ui)
  }${form(
    {
      action: `${action}/refusal`,
      body: buttonGroup(
        button({
          label: t('oidc.approval.page.refuse'),
          name: 'reason',
          value: model.obstacle === 'out_of_reach' ? 'out_of_reach' : 'refused',
          variant: 'secondary',
        }),
        button({
          label: t('oidc.approval.page.report'),
          name: 'reason',
          value: 'reported',
          variant: 'secondary',
          danger: true,
        }),
      ),
    },
    ui,
  )}<p class="tc-oidc-note">${t('oidc.approval.page.report_note')}</p>`;
}

function bindingCard({ bindingMessage }: ApprovalModel, ui: Ui): Html {
  return bindingMessage === null
    ? alert({ tone: 'warning', body: ui.t('oidc.approval.page.no_message') })
    : html`<section aria-labelledby="message-title"><h2 class="ds-heading" data-size="xs" id="message-title">${ui.t('oidc.approval.page.compare_title')}</h2>${message(bindingMessage)}<p>${ui.t('oidc.approval.page.compare')}</p></section>`;
}

/** In the service's own words and script: set apart from ours. */
function message(text: string): Html {
  return html`<p class="tc-binding-message"><bdi translate="no">${text}</bdi></p>`;
}

function obstacle(
  reason: NonNullable<ApprovalModel['obstacle']>,
  about: { service: string; id: string },
  ui: Ui,
): Html {
  const { t } = ui;
  return alert({
    tone: 'warning',
    title: t('oidc.approval.obstacle.title'),
    body: html`<p>${t(`oidc.approval.obstacle.${reason}`, { service: about.service })}</p>${
      reason === 'proof_needed'
        ? html`<p>${link({
            label: t('oidc.approval.obstacle.prove'),
            href: `/proofing?return_to=${encodeURIComponent(`/approvals/${about.id}`)}`,
          })}</p>`
        : html`<p>${link({ label: t('oidc.approval.obstacle.home'), href: '/home' })}</p>`
    }`,
  });
}

/** Answered, or past its time. */
export function approvalEndedPage(_model: Record<string, never>, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    title: t('oidc.approval.ended.title'),
    lead: t('oidc.approval.ended.lead'),
  })}${linkButton({ label: t('oidc.approval.ended.list'), href: '/approvals', variant: 'secondary' })}`;
}
