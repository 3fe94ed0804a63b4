import { auditWithin } from '../audit/append-within.ts';
import type { PendingAudit } from '../audit/append-within.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { runPrepared } from '../lib/prepared.ts';
import type { AccountId, RowId } from '../lib/ids.ts';
import type { ConsentParties } from './acting/parties.ts';
import type { SharedItem } from './shared-items.ts';

/** What a person agreed to share with a service. Names only; the values are read anew each time. */
export interface Consent extends ConsentParties {
  id: RowId;
  scopes: string[];
  claims: SharedItem[];
  /** Scopes at resources of agencies, by resource. */
  resources: Record<string, string[]>;
  givenAt: Date;
}

const COLUMNS = [
  'id',
  'account_id',
  'guardian_account_id',
  'ward_account_id',
  'service_id',
  'scopes',
  'claims',
  'resources',
  'given_at',
] as const;

function toConsent(row: Record<(typeof COLUMNS)[number], unknown>): Consent {
  return {
    id: row.id as RowId,
    accountId: (row.guardian_account_id ?? row.account_id) as AccountId,
    ...(row.ward_account_id === null ? {} : { wardId: row.ward_account_id as AccountId }),
    serviceId: row.service_id as string,
    scopes: row.scopes as string[],
    claims: row.claims as SharedItem[],
    resources: row.resources as Consent['resources'],
    givenAt: row.given_at as Date,
  };
}

/** What people agreed to for themselves and what they agreed to for a ward stand apart. */
function columnsOf(by: ConsentParties): Record<string, string> {
  return by.wardId === undefined
    ? { account_id: by.accountId, service_id: by.serviceId }
    : {
        guardian_account_id: by.accountId,
        ward_account_id: by.wardId,
        service_id: by.serviceId,
      };
}

/** The consent in force, or null. */
export async function findConsentRow(db: Db | Tx, by: ConsentParties): Promise<Consent | null> {
  const row = await db('oidc_consents')
    .where(columnsOf(by))
    .whereNull('ended_at')
    .first(...COLUMNS);
  return row ? toConsent(row) : null;
}

/** The consents in force to tell a service of this person: their own, and those that guardians gave for them. */
export async function listConsentsAbout(
  db: Db | Tx,
  about: { accountId: AccountId; serviceId: string },
): Promise<Consent[]> {
  const rows = await db('oidc_consents')
    .where({ service_id: about.serviceId })
    .where((either) => {
      void either
        .where({ account_id: about.accountId })
        .orWhere({ ward_account_id: about.accountId });
    })
    .whereNull('ended_at')
    .orderBy('given_at')
    .select(...COLUMNS);
  return rows.map(toConsent);
}

/** Until the transaction ends nobody else gives or withdraws this consent: there may be no row yet to lock. */
export async function lockConsent(tx: Tx, by: ConsentParties): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, [
    `oidc_consents ${by.accountId} ${by.serviceId}${by.wardId === undefined ? '' : ` ${by.wardId}`}`,
  ]);
}

/** Ends the consent in force, if there is one; the receipt stays. */
export async function endConsent(
  tx: Tx,
  by: ConsentParties,
  ending: { at: Date; reason: 'withdrawn' | 'replaced' },
): Promise<boolean> {
  const count = await tx('oidc_consents')
    .where(columnsOf(by))
    .whereNull('ended_at')
    .update({ ended_at: ending.at, ended_reason: ending.reason });
  return count > 0;
}

/** Of somebody for themselves, with its audit event, in one statement; false where another is in force. */
export async function insertFirstConsent(
  app: Pick<App, 'db' | 'clock' | 'random'>,
  consent: Consent,
  event: PendingAudit,
): Promise<boolean> {
  const audit = auditWithin(app, [{ item: 0, event }]);
  const rows = await runPrepared(app.db, {
    name: 'oidc_first_consent',
    text: `with given as (
        insert into oidc_consents (id, account_id, service_id, scopes, claims, resources, given_at,
          purpose_en, purpose_th)
        select $1, $2, client_id, $4, $5, $6, $7, purpose_en, purpose_th
          from services where client_id = $3
        on conflict (account_id, service_id) where ended_at is null do nothing
        returning id),
      told as (${audit.sql('$8', () => 'where exists (select 1 from given)')})
      select id from given`,
    values: [
      consent.id,
      consent.accountId,
      consent.serviceId,
      consent.scopes,
      consent.claims,
      JSON.stringify(consent.resources),
      consent.givenAt,
      audit.rows,
    ],
  });
  return rows.length === 1;
}

export async function insertConsent(tx: Tx, consent: Consent): Promise<void> {
  await tx('oidc_consents').insert({
    id: consent.id,
    ...columnsOf(consent),
    scopes: consent.scopes,
    claims: consent.claims,
    resources: JSON.stringify(consent.resources),
    given_at: consent.givenAt,
    // What the person was shown, whatever the service says later.
    purpose_en: tx.raw('(select purpose_en from services where client_id = ?)', consent.serviceId),
    purpose_th: tx.raw('(select purpose_th from services where client_id = ?)', consent.serviceId),
  });
}

/** What a person once agreed to, kept for good. */
export interface Receipt extends Consent {
  /** As it was shown then; null on receipts of before it was kept. */
  purpose: { en: string; th: string } | null;
  ended: { at: Date; reason: 'withdrawn' | 'replaced' } | null;
}

/** Every receipt that the account's holder gave, or that a guardian gave for them, the latest first. */
export async function listReceiptRows(db: Db | Tx, accountId: AccountId): Promise<Receipt[]> {
  const rows = await db('oidc_consents')
    .where({ account_id: accountId })
    .orWhere({ guardian_account_id: accountId })
    .orWhere({ ward_account_id: accountId })
    .orderBy('given_at', 'desc')
    .limit(500)
    .select(...COLUMNS, 'purpose_en', 'purpose_th', 'ended_at', 'ended_reason');
  return rows.map((row) => ({
    ...toConsent(row),
    purpose: row.purpose_en === null ? null : { en: row.purpose_en, th: row.purpose_th },
    ended: row.ended_at === null ? null : { at: row.ended_at, reason: row.ended_reason },
  }));
}

/** Ends every grant of these parties at the service, and by the foreign key all tokens under them. */
export async function deleteGrantsOf(tx: Tx, by: ConsentParties): Promise<number> {
  return tx('oidc_grants')
    .where({
      account_id: by.accountId,
      ward_account_id: by.wardId ?? null,
      service_id: by.serviceId,
    })
    .delete();
}
