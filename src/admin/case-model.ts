import type { CaseFact, CaseModel } from '../../views/admin/case.ts';
import { reasonsFor } from '../proofing/decision.ts';
import { GUARDIAN_PROOFS } from '../proofing/guardianship.ts';
import { isOpen } from '../proofing/case-state.ts';
import type { InspectionRecord } from '../proofing/document-record.ts';
import type { OfficerView } from '../proofing/officer-view.ts';
import type { RegisterFound } from '../visas/register-answer.ts';

type Known = string | Date | boolean | null | undefined;

const present = (rows: { field: string; value: Known }[]): CaseFact[] =>
  rows.flatMap(({ field, value }) =>
    value === null || value === undefined || value === '' ? [] : [{ field, value }],
  );

const instant = (text: string | null | undefined) => (text ? new Date(text) : null);

/** What the officer sees of a case. Everything is shown as recorded; nothing is judged here. */
export function caseModel(
  view: OfficerView,
  officerId: string,
  sent: { reason: string | null; note: string; told?: string; errors: CaseModel['errors'] },
): Omit<CaseModel, 'beside'> {
  const { proofing } = view;
  const base = `/console/cases/${proofing.id}`;
  return {
    id: proofing.id,
    reference: view.reference,
    version: proofing.version,
    evidence: view.evidence,
    isOpen: isOpen(proofing.state),
    forChild: guardianship(view),
    proposal:
      proofing.state.step === 'review' && proofing.state.proposal
        ? {
            mine: (proofing.state.proposal.officerId as string) === officerId,
            reason: proofing.state.proposal.reason,
            at: proofing.state.proposal.at,
          }
        : null,
    inspections: inspections(view),
    step: proofing.state.step,
    pathway: proofing.pathway,
    hold: proofing.state.step === 'review' ? proofing.state.hold : null,
    expiresAt: proofing.expiresAt,
    closedAt: 'closedAt' in proofing.state ? proofing.state.closedAt : null,
    assigned:
      proofing.officerId === null ? 'nobody' : proofing.officerId === officerId ? 'me' : 'other',
    attention: view.attentionReasons,
    blockers: view.approvalBlockers,
    document: documentFacts(view),
    documentExpired: view.document?.expired ?? false,
    register: registerFacts(view),
    checks: view.checks,
    algorithms: present([
      { field: 'sod_signature', value: view.algorithms?.sodSignature },
      { field: 'signer_certificate', value: view.algorithms?.signerCertificate },
      { field: 'active_authentication', value: view.algorithms?.activeAuthentication },
      { field: 'chip_authentication', value: view.algorithms?.chipAuthentication },
      { field: 'level', value: view.algorithms?.level },
      { field: 'document_signer', value: view.fingerprints?.documentSigner },
      { field: 'chain', value: view.fingerprints?.chain?.join(' → ') },
    ]),
    chipPortraitUrl: view.hasChipPortrait ? `${base}/portraits/chip` : null,
    livePortraitUrl: view.hasLivePortrait
      ? `${base}/portraits/live`
      : view.hasSample
        ? `${base}/portraits/sample`
        : null,
    pagePhotoUrl: view.hasPagePhoto ? `${base}/portraits/page` : null,
    decisions: view.decisions,
    decision: {
      reason: sent.reason,
      note: sent.note,
      told: sent.told ?? '',
      reasons: reasonsFor(proofing),
    },
    errors: sent.errors,
  };
}

function guardianship({ guardianship: found, proofing }: OfficerView): CaseModel['forChild'] {
  if (!found) return null;
  return {
    basis: found.basis,
    verifiedHow: found.verified?.how ?? null,
    proofs: isOpen(proofing.state) ? GUARDIAN_PROOFS[found.basis] : [],
  };
}

/** What the officer at a counter inspected by hand. */
function inspections({ inspections: { first, second } }: OfficerView): CaseModel['inspections'] {
  return [
    ...(first ? [{ which: 'first', facts: inspected(first) }] : []),
    ...(second ? [{ which: 'second', facts: inspected(second) }] : []),
  ];
}

function inspected(record: InspectionRecord): CaseFact[] {
  return present([
    { field: 'document_kind', value: record.kind },
    { field: 'name_printed', value: record.namePrinted },
    { field: 'issuing_state', value: record.issuingState },
    { field: 'document_number', value: record.documentNumber },
    { field: 'date_of_expiry', value: record.expiresOn },
  ]);
}

function documentFacts({ document }: OfficerView): CaseFact[] {
  if (!document) return [];
  return present([
    { field: 'primary_identifier', value: document.primaryIdentifier },
    { field: 'secondary_identifier', value: document.secondaryIdentifier },
    { field: 'name_printed', value: document.fullNamePrinted },
    { field: 'date_of_birth', value: document.dateOfBirth },
    { field: 'sex', value: document.sex },
    { field: 'nationality', value: document.nationality },
    { field: 'document_number', value: document.documentNumber },
    { field: 'issuing_state', value: document.issuingState },
    { field: 'date_of_expiry', value: document.dateOfExpiry },
    { field: 'place_of_birth', value: document.placeOfBirth },
    { field: 'mrz', value: document.mrzLines.join('\n') },
  ]);
}

function registerFacts({ register }: OfficerView): CaseModel['register'] {
  if (!register) return null;
  const { answer, differences, notes, stay } = register;
  const found =
    answer.kind === 'found' ? foundFacts(answer) : [{ field: 'answer', value: answer.kind }];
  return {
    differences,
    notes,
    facts: present([
      ...found,
      { field: 'stay', value: stay.status },
      { field: 'admitted_until', value: stay.admittedUntil },
      { field: 'as_of', value: instant(answer.asOf) },
      { field: 'source', value: answer.source },
    ]),
  };
}

function foundFacts({
  person,
  document,
  visa,
  admission,
  departure,
  entryPhotoHeld,
}: RegisterFound) {
  return [
    { field: 'name_recorded', value: person.nameAsRecorded },
    { field: 'document_status', value: document.status },
    { field: 'visa', value: visa && `${visa.class} ${visa.number}` },
    { field: 'visa_status', value: visa?.status },
    { field: 'admitted_at', value: instant(admission?.admittedAt) },
    { field: 'port', value: admission?.port },
    { field: 'departed_at', value: instant(departure?.departedAt) },
    { field: 'entry_photo', value: entryPhotoHeld },
  ];
}
