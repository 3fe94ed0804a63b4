import { alert } from '../components/alert.ts';
import { link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { pageHeading } from '../components/page-heading.ts';
import { statusTag } from '../components/status-tag.ts';
import { summaryList } from '../components/summary-list.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { changeCards } from './person-changes.ts';
import { proposalList } from './proposals.ts';
import { referenceCard } from './person-references.ts';

export interface PartyView {
  id: string;
  name: string;
  number: string;
}

export interface ProposalView {
  id: string;
  kind: string;
  person: PartyView;
  other: PartyView | null;
  /** How many documents would be split off. */
  documents: number;
  to: string | null;
  reason: string;
  note: string | null;
  state: string;
  /** This officer proposed it. */
  mine: boolean;
  proposedAt: Date;
  effectiveAt: Date | null;
}

export interface PersonModel {
  id: string;
  number: string;
  name: string;
  state: string;
  version: number;
  facts: readonly { field: string; value: string }[];
  /** What this officer may do now: target state and the reasons for it; `proposed`: a second one must approve. */
  changes: readonly { to: string; reasons: readonly string[]; proposed: boolean }[];
  history: readonly { at: Date; from: string; to: string; reason: string; by: string }[];
  documents: readonly {
    id: string;
    issuingState: string;
    number: string;
    expiresOn: string | null;
    since: Date;
    state: 'held' | 'replaced' | 'lost';
  }[];
  references: readonly {
    id: string;
    kind: string;
    number: string;
    source: string;
    verified: boolean;
    validUntil: string | null;
    ended: boolean;
  }[];
  proposals: readonly ProposalView[];
  mergedInto: PartyView | null;
  mergedHere: readonly PartyView[];
  /** Somebody signs in as this person. */
  account: boolean;
  errors: readonly FieldError[];
  changed: 'changed' | 'proposed' | null;
  /** What was typed into a form that was refused. */
  sent: Readonly<Record<string, string>>;
}

const TONE: Record<string, 'success' | 'warning' | 'danger'> = {
  active: 'success',
  provisional: 'warning',
  suspended: 'warning',
  revoked: 'danger',
};

/** A person: their ID and how it came to its state, documents, other registers' numbers, and what may be done. */
export function personPage(model: PersonModel, ui: Ui): Html {
  const { t } = ui;
  const done = model.changed;
  return html`${errorSummary(model.errors, ui)}
    ${pageHeading({
      title: model.name,
      eyebrow: model.number,
      status: statusTag({
        label: t(`admin.id_state.${model.state}`),
        tone: TONE[model.state] ?? 'neutral',
      }),
    })}
    ${done ? alert({ tone: 'success', title: t(`admin.person.${done}`), live: true }) : null}
    ${mergedNotice(model, ui)}
    <div class="tc-case">
      <div class="tc-stack">
        ${card({
          title: t('admin.person.facts'),
          body: summaryList(
            model.facts.map(({ field, value }) => ({ key: t(`admin.fact.${field}`), value })),
          ),
        })}${documentsCard(model, ui)}${referenceCard(model, ui)}${historyCard(model, ui)}
      </div>
      <div class="tc-stack">
        ${
          model.proposals.length > 0
            ? card({
                title: t('admin.proposal.about'),
                body: proposalList(model.proposals, ui),
              })
            : null
        }${changeCards(model, ui)}<p>${link({ label: t('registry.holds.open_form'), href: `/console/holds?person=${model.id}` })}</p>
      </div>
    </div>`;
}

function mergedNotice({ mergedInto, mergedHere }: PersonModel, ui: Ui): Html | null {
  const { t } = ui;
  const to = ({ id, number, name }: PartyView) =>
    link({ label: `${name}, ${number}`, href: `/console/people/${id}` });
  if (mergedInto)
    return alert({
      tone: 'warning',
      title: t('admin.person.merged_into'),
      body: html`<p>${to(mergedInto)}</p>`,
    });
  if (mergedHere.length === 0) return null;
  return alert({
    tone: 'info',
    title: t('admin.person.merged_here'),
    body: html`<ul class="tc-plain-list">${mergedHere.map((party) => html`<li>${to(party)}</li>`)}</ul>`,
  });
}

function documentsCard({ documents }: PersonModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.person.documents'),
    body: table({
      caption: t('admin.person.documents'),
      captionHidden: true,
      columns: ['document', 'expires', 'since', 'document_state'].map((name) => ({
        label: t(`admin.person.column_${name}`),
      })),
      rows: documents.map((row) => [
        `${row.issuingState} ${row.number}`,
        row.expiresOn ? ui.formatDate(row.expiresOn) : '—',
        ui.formatDate(row.since),
        statusTag({
          label: t(`admin.person.document_${row.state}`),
          tone: ({ held: 'success', replaced: 'neutral', lost: 'danger' } as const)[row.state],
        }),
      ]),
    }),
  });
}

function historyCard({ history }: PersonModel, ui: Ui): Html {
  const { t } = ui;
  return card({
    title: t('admin.person.history'),
    body: table({
      caption: t('admin.person.history'),
      captionHidden: true,
      columns: ['at', 'to', 'reason', 'by'].map((name) => ({
        label: t(`admin.person.column_${name}`),
      })),
      rows: history.map((entry) => [
        ui.formatDate(entry.at, 'dateTime'),
        t(`admin.id_state.${entry.to}`),
        t(`admin.id_reason.${entry.reason}`),
        t(`admin.actor.${entry.by}`),
      ]),
    }),
  });
}
