import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, DataKeyId, PersonId, RowId } from '../lib/ids.ts';
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

/** What a token needs of a person; moments as seconds. The tables are those of `standingJoins`. */
export const STANDING_COLUMNS = `p.id as person_id, p.data_key_id, p.primary_identifier,
  p.secondary_identifier, p.full_name_printed, p.date_of_birth, p.sex, p.nationality, k.wrapped_key,
  f.id as foreign_id, f.number, f.state, f.state_version,
  extract(epoch from f.issued_at)::float8 as issued_at,
  y.status as stay_status, y.admitted_until, y.basis,
  extract(epoch from y.as_of)::float8 as as_of, y.source,
  e.id as proof_id, e.travel_document_id, e.pathway, e.document_check, e.chip_verdict, e.clone_check,
  e.clone_compensated, e.registers, e.capture, e.attack_detection, e.matcher, e.officer,
  e.register_code_confirmed, e.biometric_sample, e.second_officer,
  e.issuer_compromised_at is not null as issuer_compromised,
  extract(epoch from e.proofed_at)::float8 as proofed_at, e.reproof_due_on,
  d.document_code, d.issuing_state, d.document_number, d.expires_on, d.replaced_on,
  extract(epoch from d.lost_at)::float8 as lost_at`;

/** Left joins from an account, for a statement that knows one: a row a proof, in the order of `e.proofed_at`. */
export function standingJoins(account: string): string {
  return `left join person_accounts pa on pa.account_id = ${account}
       left join persons p on p.id = pa.person_id
       ${FROM_PERSON}`;
}

const FROM_PERSON = `left join data_keys k on k.id = p.data_key_id
       left join foreign_ids f on f.person_id = p.id
       left join stay_facts y on y.person_id = p.id
       left join identity_proofs e on e.person_id = p.id
       left join travel_documents d on d.id = e.travel_document_id`;

/**
 * All that a token needs of a person, in one query: a row a proof (most have one), the rest repeated. Never on a
 * lagging replica: a suspension must show in the next token.
 */
export async function findStanding(
  db: Db | Tx,
  by: { accountId: AccountId } | { personId: PersonId },
): Promise<StandingRow | null> {
  const ofAccount = 'accountId' in by;
  const from = ofAccount ? 'person_accounts pa join persons p on p.id = pa.person_id' : 'persons p';
  const { rows } = await db
    .raw<{ rows: StandingJoinRow[] }>(
      `select ${STANDING_COLUMNS} from ${from} ${FROM_PERSON}
        where ${ofAccount ? 'pa.account_id' : 'p.id'} = ? order by e.proofed_at`,
      [ofAccount ? by.accountId : by.personId],
    )
    // Planning seven joins costs several times what running them does: once a connection is enough.
    .options({ name: ofAccount ? 'standing_of_account' : 'standing_of_person' });
  return toStandingRow(rows);
}

/** The rows of one person as one; null where the joins found none. */
export function toStandingRow(rows: readonly StandingJoinRow[]): StandingRow | null {
  const [first] = rows;
  if (!first || first.person_id === null) return null;
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

/** A row of STANDING_COLUMNS: nullable columns come from the left joins. */
export interface StandingJoinRow extends SealedPerson, SealedDocument {
  person_id: string | null;
  data_key_id: string;
  wrapped_key: Buffer | null;
  foreign_id: string | null;
  number: Buffer;
  state: ForeignIdState;
  state_version: number;
  issued_at: number;
  stay_status: StayFacts['status'] | null;
  admitted_until: string | null;
  basis: string | null;
  as_of: number | null;
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
  issuer_compromised: boolean;
  proofed_at: number;
  reproof_due_on: string;
  expires_on: string | null;
  replaced_on: string | null;
  lost_at: number | null;
}

function toForeignId(row: StandingJoinRow): StandingRow['foreignId'] {
  if (row.foreign_id === null) return null;
  return {
    id: row.foreign_id as RowId,
    number: row.number,
    state: row.state,
    version: row.state_version,
    issuedAt: moment(row.issued_at),
  };
}

function toStay(row: StandingJoinRow): StayFacts | null {
  if (row.stay_status === null) return null;
  return {
    status: row.stay_status,
    admittedUntil: row.admitted_until,
    basis: row.basis,
    asOf: row.as_of === null ? null : moment(row.as_of).toISOString(),
    source: row.source,
  };
}

function toProof(row: StandingJoinRow): StandingProof {
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
      proofedAt: moment(row.proofed_at),
      reproofDueOn: row.reproof_due_on,
      documentExpiresOn: lastDay(row),
      documentLostAt: row.lost_at === null ? null : moment(row.lost_at),
      issuerCompromised: row.issuer_compromised,
    },
  };
}

/** A document that another took the place of is good for nothing from then on, whatever is printed in it. */
function lastDay(row: Pick<StandingJoinRow, 'expires_on' | 'replaced_on'>): string | null {
  const { expires_on: expiry, replaced_on: replaced } = row;
  return replaced !== null && (expiry === null || replaced < expiry) ? replaced : expiry;
}

/** Whole milliseconds, as every moment of ours. */
const moment = (seconds: number) => new Date(Math.round(seconds * 1000));
