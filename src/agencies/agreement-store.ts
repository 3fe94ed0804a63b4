import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, RowId } from '../lib/ids.ts';
import type { Agreement } from './agreement.ts';

const COLUMNS = [
  'id',
  'service_id',
  'resource',
  'scopes',
  'purpose_en',
  'purpose_th',
  'legal_basis',
  'legal_reference',
  'valid_from',
  'valid_until',
] as const;

function toAgreement(row: Record<string, unknown>): Agreement {
  return {
    id: row.id as RowId,
    serviceId: row.service_id as string,
    resource: row.resource as string,
    scopes: row.scopes as string[],
    purpose: { en: row.purpose_en as string, th: row.purpose_th as string },
    legalBasis: row.legal_basis as Agreement['legalBasis'],
    legalReference: row.legal_reference as string | null,
    validFrom: row.valid_from as Date,
    validUntil: row.valid_until as Date,
  };
}

/** Agreements between the two that count at `at`, the latest first. */
export async function listAgreementRows(
  db: Db | Tx,
  by: { serviceId: string; resource: string; at: Date },
): Promise<Agreement[]> {
  const rows = await db('agreements')
    .where({ service_id: by.serviceId, resource: by.resource })
    .whereNull('ended_at')
    .where('valid_from', '<=', by.at)
    .where('valid_until', '>', by.at)
    .orderBy('valid_from', 'desc')
    .limit(20)
    .select(...COLUMNS);
  return rows.map(toAgreement);
}

export async function findAgreementRows(db: Db | Tx, ids: readonly RowId[]): Promise<Agreement[]> {
  if (ids.length === 0) return [];
  const rows = await db('agreements')
    .whereIn('id', ids)
    .select(...COLUMNS);
  return rows.map(toAgreement);
}

export async function insertAgreement(
  tx: Tx,
  agreement: Agreement & { approvers: readonly [AccountId, AccountId] | null; createdAt: Date },
): Promise<void> {
  await tx('agreements').insert({
    id: agreement.id,
    service_id: agreement.serviceId,
    resource: agreement.resource,
    scopes: agreement.scopes,
    purpose_en: agreement.purpose.en,
    purpose_th: agreement.purpose.th,
    legal_basis: agreement.legalBasis,
    legal_reference: agreement.legalReference,
    valid_from: agreement.validFrom,
    valid_until: agreement.validUntil,
    first_approver: agreement.approvers?.[0] ?? null,
    second_approver: agreement.approvers?.[1] ?? null,
    created_at: agreement.createdAt,
  });
}

/** False where there is none that still counts. */
export async function endAgreementRow(tx: Tx, id: RowId, at: Date): Promise<boolean> {
  const count = await tx('agreements').where({ id }).whereNull('ended_at').update({ ended_at: at });
  return count === 1;
}
