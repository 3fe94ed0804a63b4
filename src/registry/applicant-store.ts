import type { Tx } from '../lib/database.ts';
import type { AccountId, CaseId, PersonId, RowId } from '../lib/ids.ts';
import type { DocumentRow } from './document-store.ts';

/** What is on record of an applicant's case, document and account, and whether a number is taken. */
export interface ApplicantRecord {
  /** Whom this case proved already. */
  provenAs: PersonId | null;
  document: DocumentRow | null;
  accountPersonId: PersonId | null;
  numberTaken: boolean;
}

/** All of it in one query: an enrolment asks for it under its locks. */
export async function findApplicantRecord(
  tx: Tx,
  by: { caseId: CaseId; accountId: AccountId; documentKey: Buffer; numberKey: Buffer },
): Promise<ApplicantRecord> {
  const { rows } = await tx.raw<{ rows: Record<string, unknown>[] }>(
    `select p.person_id as proven_as, a.person_id as account_person, d.id as document_id, d.person_id as holder,
            d.expires_on, d.lost_at, d.number_tombstone,
            exists (select 1 from foreign_ids f where f.number_key = ?) as number_taken
       from (select 1) as one
       left join identity_proofs p on p.case_id = ?
       left join person_accounts a on a.account_id = ?
       left join travel_documents d on d.document_key = ?`,
    [by.numberKey, by.caseId, by.accountId, by.documentKey],
  );
  const row = rows[0]!;
  return {
    provenAs: row.proven_as as PersonId | null,
    accountPersonId: row.account_person as PersonId | null,
    numberTaken: row.number_taken as boolean,
    document:
      row.document_id === null
        ? null
        : {
            id: row.document_id as RowId,
            personId: row.holder as PersonId,
            expiresOn: row.expires_on as string | null,
            lostAt: row.lost_at as Date | null,
            numberTombstone: row.number_tombstone as Buffer | null,
          },
  };
}
