import type { PersonModel, ProposalView } from '../../views/admin/person.ts';
import { personAssurance } from '../assurance/person.ts';
import type { App } from '../lib/app.ts';
import type { PersonId } from '../lib/ids.ts';
import { findAccountOfPerson, idHistory } from '../registry/find-persons.ts';
import { formatForeignId } from '../registry/foreign-id.ts';
import { TRANSITIONS, takesTwoOfficers } from '../registry/id-lifecycle.ts';
import type { ForeignIdState, TransitionReason } from '../registry/id-lifecycle.ts';
import { documentsOf } from '../registry/person-file.ts';
import type { HeldDocument } from '../registry/person-file.ts';
import { proposalsAbout } from '../registry/propose-change.ts';
import type { ShownProposal } from '../registry/propose-change.ts';
import { crossReferencesOf } from '../registry/record-cross-reference.ts';
import { standingOfPerson } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import { mergedWith } from '../registry/survivor.ts';

/** What an officer may do to an ID, and for which reasons; the rest befalls it by a register or a job. */
export const OFFICER_CHANGES = {
  suspended: ['suspected_fraud', 'document_reported_lost', 'register_contradiction'],
  active: [
    'question_settled',
    'appeal_upheld',
    'admitted',
    'returned',
    'recorded_in_error',
    'citizenship_lost',
  ],
  revoked: ['fraud_established', 'issued_in_error'],
  naturalised: ['citizenship_acquired'],
  deceased: ['death_recorded'],
} as const satisfies Partial<Record<ForeignIdState, readonly TransitionReason[]>>;
export type Target = keyof typeof OFFICER_CHANGES;
export const TARGETS = Object.keys(OFFICER_CHANGES) as Target[];

/** Everything on record about a person, as the registrar sees it. Nothing is judged here. */
export async function personModel(
  app: App,
  found: Standing,
  officerId: string,
): Promise<Omit<PersonModel, 'errors' | 'changed' | 'sent'>> {
  const { personId } = found;
  const [history, documents, references, proposals, merged] = await Promise.all([
    idHistory(app.db, personId),
    documentsOf(app.db, app, personId),
    crossReferencesOf(app.db, app, personId),
    proposalsAbout(app.db, app, personId),
    mergedWith(app.db, personId),
  ]);
  const number = found.number();
  return {
    id: personId,
    number: number === null ? '—' : formatForeignId(number),
    name: nameOf(found),
    state: found.idState,
    version: found.idVersion,
    facts: personFacts(app, found),
    changes: changesFrom(found.idState),
    history: history.map((row) => ({
      at: row.at,
      from: row.from,
      to: row.to,
      reason: row.reason,
      by: row.actor.kind,
    })),
    documents: documents.map(documentRow),
    references: references.map((row) => ({
      ...row,
      verified: row.verifiedAt !== null,
      ended: row.endedAt !== null,
    })),
    proposals: await Promise.all(proposals.map((row) => proposalView(app, row, officerId))),
    mergedInto: merged.into && (await partyOf(app, merged.into)),
    mergedHere: await Promise.all(merged.from.map((id) => partyOf(app, id))),
    account: (await findAccountOfPerson(app.db, personId)) !== null,
  };
}

/** A proposal with the parties as an officer knows them. */
export async function proposalView(
  app: App,
  row: ShownProposal,
  officerId: string,
): Promise<ProposalView> {
  return {
    id: row.id,
    kind: row.kind,
    person: await partyOf(app, row.personId),
    other: row.otherPersonId && (await partyOf(app, row.otherPersonId)),
    documents: row.documentIds?.length ?? 0,
    to: row.to,
    reason: row.reason,
    note: row.note,
    state: row.state,
    mine: row.proposedBy === officerId,
    proposedAt: row.proposedAt,
    effectiveAt: row.effectiveAt,
  };
}

async function partyOf(app: App, personId: PersonId): Promise<ProposalView['person']> {
  const standing = await standingOfPerson(app.db, app, personId);
  const number = standing?.number();
  return {
    id: personId,
    name: standing ? nameOf(standing) : '—',
    number: number ? formatForeignId(number) : '—',
  };
}

function nameOf(found: Standing): string {
  const { primaryIdentifier, secondaryIdentifier } = found.attributes();
  return [primaryIdentifier, secondaryIdentifier].filter(Boolean).join(' ');
}

function documentRow(held: HeldDocument): PersonModel['documents'][number] {
  const state = held.lostAt ? 'lost' : held.replacedOn ? 'replaced' : 'held';
  return {
    id: held.id,
    issuingState: held.facts.issuingState,
    number: held.facts.documentNumber,
    expiresOn: held.facts.dateOfExpiry,
    since: held.since,
    state,
  };
}

function changesFrom(state: Standing['idState']): PersonModel['changes'] {
  if (state === 'none') return [];
  return TARGETS.flatMap((to) => {
    const possible: readonly TransitionReason[] = TRANSITIONS[state][to] ?? [];
    const reasons = OFFICER_CHANGES[to].filter((reason) => possible.includes(reason));
    return reasons.length > 0 ? [{ to, reasons, proposed: takesTwoOfficers(state, to) }] : [];
  });
}

function personFacts(app: App, found: Standing): PersonModel['facts'] {
  const attributes = found.attributes();
  const assurance = personAssurance(found, app.clock.now());
  const rows: { field: string; value: string | null | undefined }[] = [
    { field: 'name_printed', value: attributes.fullNamePrinted },
    { field: 'date_of_birth', value: attributes.dateOfBirth },
    { field: 'sex', value: attributes.sex },
    { field: 'nationality', value: attributes.nationality },
    { field: 'ial', value: `IAL${assurance.ial}` },
    { field: 'pathway', value: assurance.identity.pathway },
    { field: 'stay', value: found.stay?.status },
    { field: 'admitted_until', value: found.stay?.admittedUntil },
  ];
  return rows.flatMap(({ field, value }) => (value ? [{ field, value }] : []));
}
