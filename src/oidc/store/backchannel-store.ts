import type { Db, Tx } from '../../lib/database.ts';
import type { AccountId, RowId, SessionId } from '../../lib/ids.ts';
import { POLL_SECONDS } from './polled-store.ts';

export type ApprovalAnswer = 'approved' | 'refused' | 'reported' | 'out_of_reach';

/** A request that waits for a person, or did. */
export interface ApprovalRow {
  id: RowId;
  idDigest: Buffer;
  serviceId: string;
  accountId: AccountId | null;
  payload: Buffer;
  admittedAt: Date | null;
  answer: ApprovalAnswer | null;
  createdAt: Date;
  expiresAt: Date;
}

const COLUMNS = [
  'id',
  'id_digest',
  'service_id',
  'account_id',
  'payload',
  'admitted_at',
  'answer',
  'created_at',
  'expires_at',
] as const;

function toApproval(row: Record<(typeof COLUMNS)[number], unknown>): ApprovalRow {
  return {
    id: row.id as RowId,
    idDigest: row.id_digest as Buffer,
    serviceId: row.service_id as string,
    accountId: row.account_id as AccountId | null,
    payload: row.payload as Buffer,
    admittedAt: row.admitted_at as Date | null,
    answer: row.answer as ApprovalAnswer | null,
    createdAt: row.created_at as Date,
    expiresAt: row.expires_at as Date,
  };
}

/** The account that the hint named is kept only where there is one: the same statement for somebody and nobody. */
export async function insertBackchannelRequest(
  tx: Tx,
  row: {
    id: RowId;
    idDigest: Buffer;
    serviceId: string;
    hintedAccountId: AccountId;
    payload: Buffer;
    now: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx('oidc_backchannel_requests').insert({
    id: row.id,
    id_digest: row.idDigest,
    service_id: row.serviceId,
    account_id: tx('accounts')
      .where({ id: row.hintedAccountId, kind: 'subscriber', state: 'active' })
      .select('id'),
    payload: row.payload,
    poll_seconds: POLL_SECONDS,
    created_at: row.now,
    expires_at: row.expiresAt,
  });
}

export async function findApprovalRow(db: Db | Tx, id: RowId): Promise<ApprovalRow | null> {
  const row = await db('oidc_backchannel_requests')
    .where({ id })
    .first(...COLUMNS);
  return row ? toApproval(row) : null;
}

/** Until the transaction ends nobody else admits requests for this account. */
export async function lockAdmission(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, [`approvals ${accountId}`]);
}

/** The requests of an account that were shown to it since `since`, the latest first, at most 100. */
export async function listAdmitted(
  db: Db | Tx,
  by: { accountId: AccountId; since: Date },
): Promise<ApprovalRow[]> {
  const rows = await db('oidc_backchannel_requests')
    .where({ account_id: by.accountId })
    .where('created_at', '>', by.since)
    .whereNotNull('admitted_at')
    .orderBy('created_at', 'desc')
    .limit(100)
    .select(...COLUMNS);
  return rows.map(toApproval);
}

export async function admitApprovalRow(tx: Tx, id: RowId, at: Date): Promise<void> {
  await tx('oidc_backchannel_requests')
    .where({ id })
    .whereNull('admitted_at')
    .update({ admitted_at: at });
}

/** Records the answer, once and in time; false otherwise. `approval` belongs to `approved`. */
export async function answerApprovalRow(
  tx: Tx,
  answer: {
    id: RowId;
    answer: ApprovalAnswer;
    payload: Buffer;
    approval: { grantId: string; aal: 1 | 2 | 3 } | null;
    now: Date;
  },
): Promise<boolean> {
  const count = await tx('oidc_backchannel_requests')
    .where({ id: answer.id })
    .whereNotNull('admitted_at')
    .whereNull('answered_at')
    .where('expires_at', '>', answer.now)
    .update({
      answer: answer.answer,
      answered_at: answer.now,
      payload: answer.payload,
      grant_id: answer.approval?.grantId ?? null,
      aal: answer.approval?.aal ?? null,
    });
  return count === 1;
}

/** What an approval leaves to its tokens: a grant of its own, on the session of the browser that approved. */
export async function insertApprovedGrant(
  tx: Tx,
  approved: {
    grantId: string;
    grantPayload: Record<string, unknown>;
    sessionUid: string;
    sessionDigest: Buffer;
    sessionPayload: Buffer;
    accountId: AccountId;
    serviceId: string;
    webSessionId: SessionId;
    expiresAt: Date;
  },
): Promise<void> {
  await tx('oidc_sessions').insert({
    uid: approved.sessionUid,
    id_digest: approved.sessionDigest,
    account_id: approved.accountId,
    web_session_id: approved.webSessionId,
    payload: approved.sessionPayload,
    expires_at: approved.expiresAt,
  });
  await tx('oidc_grants').insert({
    id: approved.grantId,
    account_id: approved.accountId,
    service_id: approved.serviceId,
    session_uid: approved.sessionUid,
    payload: JSON.stringify(approved.grantPayload),
    expires_at: approved.expiresAt,
  });
}
