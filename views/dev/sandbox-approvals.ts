import { alert } from '../components/alert.ts';
import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { radioGroup } from '../components/choices.ts';
import { emptyState } from '../components/empty-state.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { inLanguage } from '../oidc/names.ts';
import type { BothLanguages } from '../oidc/names.ts';
import type { Ui } from '../ui.ts';

interface WaitingRequest {
  id: string;
  /** Of the test person. */
  name: string;
  ial: number;
  service: BothLanguages;
  bindingMessage: string | null;
  askedAt: Date;
}

const KEY = 'dev.sandbox_approvals';

/** Requests that wait for test persons. Names of the controls and ends of the addresses are stable: suites drive them by machine. */
export function sandboxApprovalsPage(
  model: { answered: 'approved' | 'refused' | null; requests: readonly WaitingRequest[] },
  ui: Ui,
): Html {
  const { t } = ui;
  const answered =
    model.answered === null
      ? null
      : alert({ tone: 'success', body: t(`${KEY}.answered_${model.answered}`), live: true });
  return html`${pageHeading({ title: t(`${KEY}.title`), lead: t(`${KEY}.lead`) })}${answered}${alert(
    { tone: 'info', body: t('dev.sandbox_sign_in.only_here') },
  )}<div class="tc-stack" id="sandbox-approvals">${
    model.requests.length > 0
      ? model.requests.map((request) => requestCard(request, ui))
      : emptyState({ title: t(`${KEY}.empty`), body: t(`${KEY}.empty_body`) })
  }</div>`;
}

function requestCard({ id, name, ial, service, bindingMessage, askedAt }: WaitingRequest, ui: Ui) {
  const { t } = ui;
  const levels = [1, 2, 3].map((aal) => ({
    value: String(aal),
    label: `AAL${aal}`,
    hint: t(`dev.sandbox_sign_in.aal${aal}`),
  }));
  return card({
    title: inLanguage(service, ui),
    body: html`<p><strong translate="no">${name}</strong> · IAL${String(ial)} · ${t(
      'oidc.approval.list.asked',
      { at: ui.formatDate(askedAt, 'dateTime') },
    )}</p>${
      bindingMessage === null
        ? null
        : html`<p class="tc-binding-message"><bdi translate="no">${bindingMessage}</bdi></p>`
    }${form(
      {
        action: `/dev/approvals/${id}/approval`,
        body: html`${radioGroup({
          name: 'aal',
          legend: t(`${KEY}.aal`),
          value: '2',
          options: levels,
        })}${button({ label: t(`${KEY}.approve`), fullWidth: true })}`,
      },
      ui,
    )}${form(
      {
        action: `/dev/approvals/${id}/refusal`,
        body: button({ label: t(`${KEY}.refuse`), variant: 'secondary', fullWidth: true }),
      },
      ui,
    )}`,
    tinted: true,
  });
}
