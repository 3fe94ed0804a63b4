import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, PersonId, RowId } from '../lib/ids.ts';

/** Whether a proof was made with the document after it was lost. */
export async function wasProvenSince(tx: Tx, documentId: RowId, since: Date): Promise<boolean> {
  const row = await tx('identity_proofs')
    .where({ travel_document_id: documentId })
    .where('proofed_at', '>=', since)
    .first('id');
  return row !== undefined;
}

export interface ProofRow {
  id: RowId;
  caseId: CaseId;
  personId: PersonId;
  documentId: RowId;
  evidence: Omit<
    IdentityEvidence,
    'proofId' | 'documentExpiresOn' | 'documentLostAt' | 'issuerCompromised' | 'reproofDueOn'
  >;
  reproofDueOn: string;
  documentSigner: Buffer | null;
  trustAnchor: Buffer | null;
}

export async function insertProof(tx: Tx, row: ProofRow): Promise<void> {
  const { evidence } = row;
  await tx('identity_proofs').insert({
    id: row.id,
    case_id: row.caseId,
    person_id: row.personId,
    travel_document_id: row.documentId,
    pathway: evidence.pathway,
    document_check: evidence.documentCheck,
    chip_verdict: evidence.chipVerdict,
    clone_check: evidence.cloneCheck,
    clone_compensated: evidence.cloneCompensated,
    registers: evidence.registers,
    capture: evidence.capture,
    attack_detection: evidence.attackDetection,
    matcher: evidence.matcher,
    officer: evidence.officer,
    register_code_confirmed: evidence.registerCodeConfirmed,
    biometric_sample: evidence.biometricSample,
    second_officer: evidence.secondOfficer,
    document_signer: row.documentSigner,
    trust_anchor: row.trustAnchor,
    proofed_at: evidence.proofedAt,
    reproof_due_on: row.reproofDueOn,
  });
}

/** Marks the proofs whose chip a key signed, or chains to; gives whose they are. */
export async function markIssuerCompromised(
  tx: Tx,
  input: { column: 'document_signer' | 'trust_anchor'; fingerprint: Buffer; at: Date },
): Promise<PersonId[]> {
  const rows = await tx('identity_proofs')
    .where(input.column, input.fingerprint)
    .whereNull('issuer_compromised_at')
    .update({ issuer_compromised_at: input.at })
    .returning('person_id');
  return [...new Set(rows.map((row) => row.person_id as PersonId))];
}

/** The person's consent to keep samples ended; gives how many proofs that touched. */
export async function markConsentWithdrawn(tx: Tx, personId: PersonId): Promise<number> {
  return tx('identity_proofs')
    .where({ person_id: personId, biometric_sample: 'kept' })
    .update({ biometric_sample: 'consent_withdrawn' });
}

/** The proofs of a person carry nothing from `day` on. */
export async function endProofs(tx: Tx, personId: PersonId, day: string): Promise<void> {
  await tx('identity_proofs')
    .where({ person_id: personId })
    .where('reproof_due_on', '>', day)
    .update({ reproof_due_on: day });
}

/** The proofs that a person made by these documents carry nothing from `day` on; gives how many. */
export async function endProofsByDocuments(
  tx: Tx,
  given: { personId: PersonId; documentIds: readonly RowId[]; day: string },
): Promise<number> {
  return tx('identity_proofs')
    .where({ person_id: given.personId })
    .whereIn('travel_document_id', [...given.documentIds])
    .where('reproof_due_on', '>', given.day)
    .update({ reproof_due_on: given.day });
}

/** The documents by which a person was proven, whoever holds them now. */
export async function listProofDocuments(tx: Tx, personId: PersonId): Promise<RowId[]> {
  const rows = await tx('identity_proofs')
    .where({ person_id: personId })
    .distinct('travel_document_id');
  return rows.map((row) => row.travel_document_id as RowId);
}

/** The proofs made by these documents go over to another person. */
export async function moveProofs(
  tx: Tx,
  given: { documentIds: readonly RowId[]; personId: PersonId },
): Promise<void> {
  await tx('identity_proofs')
    .whereIn('travel_document_id', [...given.documentIds])
    .update({ person_id: given.personId });
}

/** Whether a proof that still counts rests on the signer (SHA-256). */
export async function restsOnSigner(db: Db | Tx, signer: Buffer): Promise<boolean> {
  const row = await db('identity_proofs')
    .where({ document_signer: signer })
    .whereNull('issuer_compromised_at')
    .first('id');
  return row !== undefined;
}

/** SHA-256 of each signer that a proof which still counts rests on, and the cases that say so: the latest `perSigner` of each. */
export async function listProofSigners(
  db: Db | Tx,
  perSigner: number,
): Promise<{ signer: Buffer; caseIds: CaseId[] }[]> {
  const { rows } = await db.raw<{ rows: { signer: Buffer; case_ids: CaseId[] }[] }>(
    `select document_signer as signer, array_agg(case_id order by proofed_at desc) as case_ids
       from (select document_signer, case_id, proofed_at,
                    row_number() over (partition by document_signer order by proofed_at desc) as place
               from identity_proofs
              where document_signer is not null and issuer_compromised_at is null) as ranked
      where place <= ? group by document_signer`,
    [perSigner],
  );
  return rows.map((row) => ({ signer: row.signer, caseIds: row.case_ids }));
}
