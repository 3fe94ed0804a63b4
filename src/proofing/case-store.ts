import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, CaseId } from '../lib/ids.ts';
import { CASE_COLUMNS, changing, toCase } from './case-row.ts';
import type { CaseRow } from './case-row.ts';
import { OPEN_STEPS } from './case-state.ts';
import type { OpenStep, ProofingCase } from './case-state.ts';

export async function insertCase(tx: Tx, proofing: ProofingCase): Promise<void> {
  await tx('cases').insert({
    id: proofing.id,
    account_id: proofing.accountId,
    data_key_id: proofing.dataKeyId,
    pathway: proofing.pathway,
    return_to: proofing.returnTo,
    consented_at: proofing.consentedAt,
    biometric_consent_at: proofing.biometricConsentAt,
    opened_by: proofing.openedBy,
    created_at: proofing.createdAt,
    expires_at: proofing.expiresAt,
    ...changing(proofing),
  });
}

export async function findCase(db: Db | Tx, id: CaseId): Promise<ProofingCase | null> {
  const row = await db('cases')
    .where({ id })
    .first(...CASE_COLUMNS);
  return row ? toCase(row as CaseRow) : null;
}

/** As `findCase`, but nobody else changes the case until the transaction ends. */
export async function lockCase(tx: Tx, id: CaseId): Promise<ProofingCase | null> {
  const row = await tx('cases')
    .where({ id })
    .forUpdate()
    .first(...CASE_COLUMNS);
  return row ? toCase(row as CaseRow) : null;
}

/** The case of an account that is still under way, if any: there is at most one. */
export async function findOpenCase(
  db: Db | Tx,
  accountId: AccountId,
): Promise<ProofingCase | null> {
  const row = await db('cases')
    .where({ account_id: accountId })
    .whereIn('step', [...OPEN_STEPS])
    .first(...CASE_COLUMNS);
  return row ? toCase(row as CaseRow) : null;
}

/** The case of an account that was started last, whatever became of it. */
export async function findLatestCase(
  db: Db | Tx,
  accountId: AccountId,
): Promise<ProofingCase | null> {
  const row = await db('cases')
    .where({ account_id: accountId })
    .orderBy('created_at', 'desc')
    .first(...CASE_COLUMNS);
  return row ? toCase(row as CaseRow) : null;
}

/** Saves what may change, over `before`; false where somebody else was first (the row is another version by now). */
export async function updateCase(
  tx: Tx,
  before: Pick<ProofingCase, 'id' | 'version'>,
  after: ProofingCase,
): Promise<boolean> {
  const rows = await tx('cases')
    .where({ id: before.id, version: before.version })
    .update(changing(after));
  return rows === 1;
}

/** Where to go on to afterwards: not part of the proofing, so no new version. */
export async function setReturnTo(db: Db | Tx, id: CaseId, returnTo: string): Promise<void> {
  await db('cases').where({ id }).update({ return_to: returnTo });
}

/** The consent to compare the face, given later on: no new version. */
export async function setBiometricConsent(tx: Tx, id: CaseId, at: Date): Promise<void> {
  await tx('cases')
    .where({ id })
    .whereNull('biometric_consent_at')
    .update({ biometric_consent_at: at });
}

/** Marks a case reminded; false where it was already. */
export async function setReminded(tx: Tx, id: CaseId, at: Date): Promise<boolean> {
  const rows = await tx('cases').where({ id }).whereNull('reminded_at').update({ reminded_at: at });
  return rows === 1;
}

/** Consent to a biometric sample, given or taken back: the officer's page is not stale by it, so no new version. */
export async function setSampleConsent(
  tx: Tx,
  id: CaseId,
  consent: NonNullable<ProofingCase['sampleConsent']>,
): Promise<void> {
  await tx('cases')
    .where({ id })
    .update({ sample_consented_at: consent.at, sample_withdrawn_at: consent.withdrawnAt });
}

/** Why the policy left a case to an officer, found on `version`; null while it has not been judged. No new version. */
export async function setReviewReasons(
  tx: Tx,
  { id, version }: Pick<ProofingCase, 'id' | 'version'>,
  reasons: readonly string[],
): Promise<void> {
  await tx('cases')
    .where({ id, version })
    .update({ review_reasons: [...reasons] });
}

export async function findReviewReasons(db: Db | Tx, ids: readonly CaseId[]) {
  const rows = await db('cases')
    .whereIn('id', [...ids])
    .whereNotNull('review_reasons')
    .select('id', 'review_reasons');
  return new Map<CaseId, readonly string[]>(
    rows.map((row: { id: CaseId; review_reasons: string[] }) => [row.id, row.review_reasons]),
  );
}

/** The open cases that somebody acts in for another account, oldest first. */
export async function listCasesOpenedBy(
  db: Db | Tx,
  accountId: AccountId,
): Promise<ProofingCase[]> {
  const rows = await db('cases')
    .where({ opened_by: accountId })
    .orderBy('created_at', 'desc')
    .limit(50)
    .select(...CASE_COLUMNS);
  return rows.map((row: CaseRow) => toCase(row));
}

/** Open cases in the order in which they were started, after a place in it. */
export async function listCases(
  db: Db | Tx,
  page: {
    steps: readonly OpenStep[];
    after: { createdAt: string; id: CaseId } | null;
    limit: number;
  },
): Promise<{ proofing: ProofingCase; place: { createdAt: string; id: CaseId } }[]> {
  const query = db('cases').whereIn('step', [...page.steps]);
  if (page.after)
    query.whereRaw('(created_at, id) > (?::timestamptz, ?::uuid)', [
      page.after.createdAt,
      page.after.id,
    ]);
  const rows = await query
    .orderBy([{ column: 'created_at' }, { column: 'id' }])
    .limit(page.limit)
    // As text: a Date keeps milliseconds only, and a cursor that rounds skips rows or repeats them.
    .select(...CASE_COLUMNS, db.raw('created_at::text as place'));
  return rows.map((row: CaseRow & { place: string }) => ({
    proofing: toCase(row),
    place: { createdAt: row.place, id: row.id as CaseId },
  }));
}
