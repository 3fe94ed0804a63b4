import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { emptyState } from '../components/empty-state.ts';
import { errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import type { PartyView, ProposalView } from './person.ts';

export interface ProposalsModel {
  proposals: readonly ProposalView[];
  errors: readonly FieldError[];
}

/** What waits for a second officer, or for its 72 hours. */
export function proposalsPage(model: ProposalsModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}${pageHeading({ title: t('admin.proposal.title'), lead: t('admin.proposal.lead') })}${
    model.proposals.length === 0
      ? emptyState({ title: t('admin.proposal.empty') })
      : html`<div class="tc-stack">${model.proposals.map((row) => card({ title: whatOf(row, ui), body: details(row, ui) }))}</div>`
  }`;
}

const TONES: Record<string, 'info' | 'success' | 'warning' | 'neutral'> = {
  proposed: 'info',
  approved: 'warning',
  effective: 'success',
};

/** Proposals with what may be done about each: another officer approves or rejects, the proposer withdraws. */
export function proposalList(proposals: readonly ProposalView[], ui: Ui): Html {
  return html`<ul class="tc-plain-list tc-stack">${proposals.map((row) => html`<li>${proposal(row, ui)}</li>`)}</ul>`;
}

function proposal(row: ProposalView, ui: Ui): Html {
  return html`<p><strong>${whatOf(row, ui)}</strong></p>${details(row, ui)}`;
}

function whatOf({ kind, other, to, documents }: ProposalView, { t }: Ui): string {
  if (kind === 'state_change')
    return t('admin.proposal.what_state', { state: t(`admin.id_state.${to}`) });
  if (kind === 'split' && !other) return t('admin.proposal.what_documents', { count: documents });
  return t(`admin.proposal.what_${kind}`);
}

function details(row: ProposalView, ui: Ui): Html {
  const { t } = ui;
  const { other } = row;
  const reason = t(
    row.kind === 'state_change'
      ? `admin.id_reason.${row.reason}`
      : `admin.proposal.reason_${row.reason}`,
  );
  const effective =
    row.state === 'approved' && row.effectiveAt
      ? html`<p>${t('admin.proposal.effective', { date: ui.formatDate(row.effectiveAt, 'dateTime') })}</p>`
      : null;
  return html`<p>${statusTag({ label: t(`admin.proposal.state_${row.state}`), tone: TONES[row.state] ?? 'neutral' })} ${reason}</p>
    <p>${party(row.person)}${other ? html` ← ${party(other)}` : null}</p>
    <p>${t(row.mine ? 'admin.proposal.by_you' : 'admin.proposal.by_other', { date: ui.formatDate(row.proposedAt, 'dateTime') })}${row.note ? html`<br />${row.note}` : null}</p>${effective}${
      row.state === 'proposed' ? decision(row, ui) : null
    }`;
}

function party({ id, name, number }: PartyView): Html {
  return link({ label: `${name}, ${number}`, href: `/console/people/${id}` });
}

function decision({ id, mine }: ProposalView, ui: Ui): Html {
  const act = (what: 'approve' | 'reject', key: string) =>
    form(
      {
        action: `/console/proposals/${id}/decision`,
        compact: true,
        body: html`${hiddenField('decision', what)}${button({
          label: ui.t(`admin.proposal.${key}`),
          variant: what === 'approve' ? 'primary' : 'secondary',
        })}`,
      },
      ui,
    );
  return html`<div class="tc-buttons">${mine ? act('reject', 'withdraw') : html`${act('approve', 'approve')}${act('reject', 'reject')}`}</div>`;
}
