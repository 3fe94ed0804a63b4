import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { DataKeyId, PersonId, RowId } from '../lib/ids.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import type { SealedDocument, SealedPerson } from './sealed-person.ts';

/** A proof with the document it was made by. */
export interface StandingProof {
  evidence: IdentityEvidence;
  documentId: RowId;
  document: SealedDocument & { expires_on: string | null };
}

export interface StandingRow {
  personId: PersonId;
  dataKeyId: DataKeyId;
  /** Null once the person was erased. */
  wrappedKey: Buffer | null;
  person: SealedPerson;
  foreignId: {
    id: RowId;
    number: Buffer;
    state: ForeignIdState;
    version: number;
    issuedAt: Date;
  } | null;
  stay: StayFacts | null;
  proofs: StandingProof[];
}

const PERSON = [
  'p.id as person_id',
  'p.data_key_id',
  'p.primary_identifier',
  'p.secondary_identifier',
  'p.full_name_printed',
  'p.date_of_birth',
  'p.sex',
  'p.nationality',
  'k.wrapped_key',
];
const FOREIGN_ID = ['f.id as foreign_id', 'f.number', 'f.state', 'f.state_version', 'f.issued_at'];
const STAY = ['s.status as stay_status', 's.admitted_until', 's.basis', 's.as_of', 's.source'];
const PROOF = [
  'e.id as proof_id',
  'e.travel_document_id',
  'e.pathway',
  'e.document_check',
  'e.chip_verdict',
  'e.clone_check',
  'e.clone_compensated',
  'e.registers',
  'e.capture',
  'e.attack_detection',
  'e.matcher',
  'e.officer',
  'e.register_code_confirmed',
  'e.biometric_sample',
  'e.second_officer',
  'e.issuer_compromised_at',
  'e.proofed_at',
  'e.reproof_due_on',
  'd.document_code',
  'd.issuing_state',
  'd.document_number',
  'd.expires_on',
  'd.lost_at',
];

/**
 * All that a token needs of a person, in one query: a row a proof (most have one), the rest repeated. Never on a
 * lagging replica: a suspension must show in the next token.
 */
export async function findStanding(
  db: Db | Tx,
  by: { 'a.account_id': string } | { 'p.id': string },
): Promise<StandingRow | null> {
  const rows: Row[] = await db('persons as p')
    .join('data_keys as k', 'k.id', 'p.data_key_id')
    .leftJoin('person_accounts as a', 'a.person_id', 'p.id')
    .leftJoin('foreign_ids as f', 'f.person_id', 'p.id')
    .leftJoin('stay_facts as s', 's.person_id', 'p.id')
    .leftJoin('identity_proofs as e', 'e.person_id', 'p.id')
    .leftJoin('travel_documents as d', 'd.id', 'e.travel_document_id')
    .where(by)
    .orderBy('e.proofed_at')
    .select(...PERSON, ...FOREIGN_ID, ...STAY, ...PROOF)
    // Planning seven joins costs several times what running them does: once a connection is enough.
    .options({ name: 'a.account_id' in by ? 'standing_of_account' : 'standing_of_person' });
  const [first] = rows;
  if (!first) return null;
  return {
    personId: first.person_id as PersonId,
    dataKeyId: first.data_key_id as DataKeyId,
    wrappedKey: first.wrapped_key,
    person: first,
    foreignId: toForeignId(first),
    stay: toStay(first),
    proofs: rows.filter((row) => row.proof_id !== null).map(toProof),
  };
}

/** A row as the query above gives it: nullable columns come from the left joins. */
interface Row extends SealedPerson, SealedDocument {
  person_id: string;
  data_key_id: string;
  wrapped_key: Buffer | null;
  foreign_id: string | null;
  number: Buffer;
  state: ForeignIdState;
  state_version: number;
  issued_at: Date;
  stay_status: StayFacts['status'] | null;
  admitted_until: string | null;
  basis: string | null;
  as_of: Date | null;
  source: string | null;
  proof_id: string | null;
  travel_document_id: string;
  pathway: IdentityEvidence['pathway'];
  document_check: IdentityEvidence['documentCheck'];
  chip_verdict: IdentityEvidence['chipVerdict'];
  clone_check: IdentityEvidence['cloneCheck'];
  clone_compensated: boolean;
  registers: IdentityEvidence['registers'];
  capture: IdentityEvidence['capture'];
  attack_detection: IdentityEvidence['attackDetection'];
  matcher: IdentityEvidence['matcher'];
  officer: IdentityEvidence['officer'];
  register_code_confirmed: boolean;
  biometric_sample: IdentityEvidence['biometricSample'];
  second_officer: boolean;
  issuer_compromised_at: Date | null;
  proofed_at: Date;
  reproof_due_on: string;
  expires_on: string | null;
  lost_at: Date | null;
}

function toForeignId(row: Row): StandingRow['foreignId'] {
  if (row.foreign_id === null) return null;
  return {
    id: row.foreign_id as RowId,
    number: row.number,
    state: row.state,
    version: row.state_version,
    issuedAt: row.issued_at,
  };
}

function toStay(row: Row): StayFacts | null {
  if (row.stay_status === null) return null;
  return {
    status: row.stay_status,
    admittedUntil: row.admitted_until,
    basis: row.basis,
    asOf: row.as_of?.toISOString() ?? null,
    source: row.source,
  };
}

function toProof(row: Row): StandingProof {
  return {
    documentId: row.travel_document_id as RowId,
    document: row,
    evidence: {
      proofId: row.proof_id!,
      pathway: row.pathway,
      documentCheck: row.document_check,
      chipVerdict: row.chip_verdict,
      cloneCheck: row.clone_check,
      cloneCompensated: row.clone_compensated,
      registers: row.registers,
      capture: row.capture,
      attackDetection: row.attack_detection,
      matcher: row.matcher,
      officer: row.officer,
      registerCodeConfirmed: row.register_code_confirmed,
      biometricSample: row.biometric_sample,
      secondOfficer: row.second_officer,
      proofedAt: row.proofed_at,
      reproofDueOn: row.reproof_due_on,
      documentExpiresOn: row.expires_on,
      documentLostAt: row.lost_at,
      issuerCompromised: row.issuer_compromised_at !== null,
    },
  };
}
