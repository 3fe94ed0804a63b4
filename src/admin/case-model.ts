import type { CaseFact, CaseModel } from '../../views/admin/case.ts';
import { DECISION_KINDS, reasonsOf } from '../proofing/decision.ts';
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
  sent: { reason: string | null; note: string; errors: CaseModel['errors'] },
): Omit<CaseModel, 'beside'> {
  const { proofing } = view;
  const base = `/console/cases/${proofing.id}`;
  return {
    id: proofing.id,
    reference: view.reference,
    version: proofing.version,
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
    livePortraitUrl: view.hasLivePortrait ? `${base}/portraits/live` : null,
    decisions: view.decisions,
    decision: {
      reason: sent.reason,
      note: sent.note,
      reasons: DECISION_KINDS.map((kind) => ({ kind, reasons: reasonsOf(kind) })),
    },
    errors: sent.errors,
  };
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
