import type { AdjudicationModel, PersonColumn } from '../../views/admin/adjudication.ts';
import type { AdjudicationView, RecordBeside } from '../proofing/adjudication-view.ts';
import { reasonsOf } from '../proofing/decision.ts';
import { formatForeignId } from '../registry/foreign-id.ts';
import type { PersonAttributes } from '../registry/person.ts';
import type { HeldDocument } from '../registry/person-file.ts';

/** The page of a held case: the applicant's column first, then every record that it is held by. */
export function adjudicationModel(
  shown: AdjudicationView,
  officer: { id: string; reviews: boolean },
  answer: { sent: Record<string, string>; errors: AdjudicationModel['errors'] },
): AdjudicationModel {
  const { proofing, hold, holder, candidates, continuity, waiting } = shown;
  const records = [...(holder ? [holder] : []), ...candidates];
  const base = `/console/cases/${proofing.id}`;
  return {
    id: proofing.id,
    reference: shown.view.reference,
    version: proofing.version,
    evidence: shown.view.evidence,
    hold,
    columns: [applicantColumn(shown, base), ...records.map((record) => recordColumn(record, base))],
    continuity: continuity && {
      verdict: continuity.verdict,
      checks: Object.entries(continuity.checks)
        .filter(([check]) => check !== 'portraits')
        .map(([check, result]) => ({ check, result })),
    },
    kinds: kindsOf(shown),
    replaceable: (holder?.documents ?? [])
      .filter(({ replacedOn }) => replacedOn === null)
      .map((held) => ({ id: held.id, text: documentText(held) })),
    reasons: reasonsOf('approve', proofing.pathway),
    shown: records.map(({ personId }) => personId),
    waiting: waiting && {
      id: waiting.id,
      kind: waiting.kind,
      portraits: waiting.portraits,
      mine: (waiting.officerId as string) === officer.id,
      at: waiting.at,
    },
    caseUrl: officer.reviews ? base : null,
    ...answer,
  };
}

function kindsOf({ hold, continuity }: AdjudicationView): string[] {
  if (hold === 'candidates_found') return ['another_person'];
  const joins = hold === 'account_enrolled' || hold === 'continuity_open';
  return joins && continuity && continuity.verdict !== 'broken'
    ? ['renewal', 'second_document']
    : [];
}

function applicantColumn({ view, document }: AdjudicationView, base: string): PersonColumn {
  const url = (which: string) => `${base}/adjudication/portraits/${which}`;
  return {
    personId: null,
    number: null,
    state: null,
    portraits: [
      ...(view.hasLivePortrait ? [{ url: url('live'), alt: 'live' as const }] : []),
      ...(view.hasChipPortrait ? [{ url: url('chip'), alt: 'chip' as const }] : []),
    ],
    ...personCells(document),
    documents: [
      {
        id: 'new',
        text: `${document.issuingState} ${document.documentNumber}`,
        state: 'new',
      },
    ],
    reasons: [],
  };
}

function recordColumn(record: RecordBeside, base: string): PersonColumn {
  const url = `${base}/adjudication/portraits/${record.personId}`;
  return {
    personId: record.personId,
    number: record.number && formatForeignId(record.number),
    state: record.idState,
    portraits: record.portraitCaseId ? [{ url, alt: 'earlier' }] : [],
    ...personCells(record.attributes),
    documents: record.documents.map((held) => ({
      id: held.id,
      text: documentText(held),
      state: held.lostAt ? 'lost' : held.replacedOn ? 'replaced' : 'held',
    })),
    reasons: record.reasons,
  };
}

function personCells(person: PersonAttributes) {
  return {
    name: [person.primaryIdentifier, person.secondaryIdentifier].filter(Boolean).join(', '),
    namePrinted: person.fullNamePrinted ?? null,
    dateOfBirth: person.dateOfBirth,
    sex: person.sex,
    nationality: person.nationality,
  };
}

function documentText({ facts }: HeldDocument): string {
  return `${facts.issuingState} ${facts.documentNumber}`;
}
