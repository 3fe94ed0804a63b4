import { alert } from '../components/alert.ts';
import type { Tone } from '../components/alert.ts';
import { link, linkButton } from '../components/button.ts';
import { card, cardGrid } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { idCard } from '../components/id-card.ts';
import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface HomeModel {
  card: {
    /** As it is shown: `F 0123 4567 89 07`. */
    number: string;
    name: string;
    nationality: string;
    state: string;
    issuedAt: Date;
    portraitUrl: string | null;
  } | null;
  stay: { status: string; until: string | null; asOf: string | null } | null;
  /** The proofing that is under way or was decided last; null where there is none. */
  proofing: { href: string; step: string; attention: boolean } | null;
  /** Where proofing starts; null while a case is under way. */
  proveHref: string | null;
  contacts: readonly string[];
  hasWaitingChange: boolean;
  /** Services that wait for an approval. */
  approvals: readonly { href: string; service: string }[];
  events: readonly { at: Date; action: string; byOfficer: boolean }[];
}

/** The holder's own start page: the ID, the stay, the case, contact, what happened lately. */
export function homePage(model: HomeModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    title: t('portal.home.title'),
    lead: model.card ? null : t('portal.home.lead_without'),
  })}${model.approvals.length > 0 ? approvalAlert(model.approvals, ui) : null}${model.hasWaitingChange ? waitingAlert(ui) : null}${
    model.card ? idSection(model.card, ui) : null
  }${proofingPart(model, ui)}${cardGrid(
    ...(model.stay ? [stayCard(model.stay, ui)] : []),
    contactCard(model, ui),
    safetyCard(model, ui),
  )}${activity(model, ui)}`;
}

function approvalAlert(approvals: HomeModel['approvals'], ui: Ui): Html {
  return alert({
    tone: 'info',
    title: ui.t('oidc.approval.home.title'),
    body: html`<p>${ui.t('oidc.approval.home.body')}</p><ul class="ds-list">${approvals.map(({ href, service }) => html`<li>${link({ label: service, href })}</li>`)}</ul>`,
  });
}

function waitingAlert(ui: Ui): Html {
  return alert({
    tone: 'warning',
    title: ui.t('portal.home.change_title'),
    body: html`<p>${ui.t('portal.home.change_body')}</p><p>${link({ label: ui.t('portal.home.change_link'), href: '/passkeys' })}</p>`,
  });
}

const ID_TONES: Readonly<Record<string, Tone>> = {
  active: 'success',
  provisional: 'info',
  dormant: 'info',
  suspended: 'warning',
};

function idSection(model: NonNullable<HomeModel['card']>, ui: Ui): Html {
  const { t } = ui;
  const notice =
    model.state === 'active'
      ? null
      : alert({
          tone: ID_TONES[model.state] ?? 'danger',
          body: t(`portal.id_state.${model.state}.meaning`),
        });
  return html`${notice}${idCard(
    {
      number: model.number,
      name: model.name,
      portraitUrl: model.portraitUrl,
      state: {
        label: t(`portal.id_state.${model.state}.label`),
        tone: ID_TONES[model.state] ?? 'danger',
      },
      facts: [
        { key: t('portal.home.nationality'), value: model.nationality },
        { key: t('portal.home.issued'), value: ui.formatDate(model.issuedAt, 'medium') },
      ],
    },
    ui,
  )}`;
}

function proofingPart(model: HomeModel, ui: Ui): (Html | null)[] {
  return [
    model.proofing ? caseCard(model.proofing, ui) : null,
    !model.card && model.proveHref ? proveCard(model.proveHref, ui) : null,
  ];
}

function caseCard(proofing: NonNullable<HomeModel['proofing']>, ui: Ui): Html {
  const { step, href, attention } = proofing;
  return card({
    title: ui.t('portal.home.case_title'),
    body: ui.t(`portal.case_step.${step}`),
    footer: linkButton({
      label: ui.t(attention ? 'portal.home.case_go_on' : 'portal.home.case_see'),
      href,
      variant: attention ? 'primary' : 'secondary',
    }),
    tinted: attention,
  });
}

function proveCard(href: string, ui: Ui): Html {
  const { t } = ui;
  const needs = ['passport', 'phone', 'minutes'].map(
    (need) => html`<li>${t(`portal.home.prove_${need}`)}</li>`,
  );
  return card({
    title: t('portal.home.prove_title'),
    body: html`<p>${t('portal.home.prove_body')}</p><ul class="ds-list">${needs}</ul>`,
    footer: linkButton({ label: t('portal.home.prove_action'), href }),
    tinted: true,
  });
}

function stayCard(stay: NonNullable<HomeModel['stay']>, ui: Ui): Html {
  const until = stay.until ? ui.formatDate(stay.until) : '';
  const asOf = stay.asOf
    ? html`<p>${ui.t('portal.stay.as_of', { date: ui.formatDate(new Date(stay.asOf), 'dateTime') })}</p>`
    : null;
  return card({
    title: ui.t('portal.stay.title'),
    body: html`<p>${ui.t(`portal.stay.${stay.status}`, { until })}</p>${asOf}`,
  });
}

function contactCard(model: HomeModel, ui: Ui): Html {
  return card({
    title: ui.t('portal.home.contact_title'),
    body: html`<p>${ui.t('portal.home.contact_body')}</p><ul class="tc-plain-list">${model.contacts.map(
      (contact) => html`<li><strong translate="no">${contact}</strong></li>`,
    )}</ul>`,
  });
}

function safetyCard(model: HomeModel, ui: Ui): Html {
  return card({
    title: ui.t('portal.home.safety_title'),
    body: ui.t(model.card ? 'portal.home.safety_body' : 'portal.home.safety_body_without'),
    footer: html`${link({ label: ui.t('portal.nav.passkeys'), href: '/passkeys' })} ${link({ label: ui.t('portal.nav.sessions'), href: '/sessions' })}${
      model.card && model.card.state !== 'suspended'
        ? linkButton({
            label: ui.t('portal.freeze.action'),
            href: '/freeze',
            variant: 'secondary',
            danger: true,
          })
        : null
    }`,
  });
}

function activity(model: HomeModel, ui: Ui): Html {
  const rows = model.events.map(({ at, action, byOfficer }) => ({
    key: ui.formatDate(at, 'dateTime'),
    value: byOfficer
      ? html`${ui.t(`portal.activity.${action}`)} ${ui.t('portal.activity.by_officer')}`
      : ui.t(`portal.activity.${action}`),
  }));
  return html`<section aria-labelledby="activity"><h2 class="ds-heading" data-size="xs" id="activity">${ui.t('portal.home.activity_title')}</h2>${
    rows.length > 0 ? summaryList(rows) : emptyState({ title: ui.t('portal.home.activity_none') })
  }</section>`;
}
