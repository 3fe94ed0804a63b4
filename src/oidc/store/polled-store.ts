import type { Db } from '../../lib/database.ts';

/** The tables of requests that a service polls for: RFC 8628 and CIBA share the rules. */
export type PolledTable = 'oidc_device_codes' | 'oidc_backchannel_requests';

/** Seconds between two polls where we say nothing else (RFC 8628 §3.2, CIBA Core §7.3). */
export const POLL_SECONDS = 5;
/** So much sooner a poll may come: networks are not punctual. */
const TOLERANCE_SECONDS = 1;
const LONGEST_POLL_SECONDS = 60;

export interface PolledRow {
  serviceId: string;
  payload: Buffer;
  grantId: string | null;
  aal: 1 | 2 | 3 | null;
  consumedAt: Date | null;
}

type Row = Record<string, unknown>;

export async function findPolledRow(
  db: Db,
  table: PolledTable,
  idDigest: Buffer,
): Promise<PolledRow | null> {
  const row = await db(table)
    .where({ id_digest: idDigest })
    .first('service_id', 'payload', 'grant_id', 'aal', 'consumed_at');
  return row ? toPolledRow(row as Row) : null;
}

function toPolledRow(row: Row): PolledRow {
  return {
    serviceId: row.service_id as string,
    payload: row.payload as Buffer,
    grantId: row.grant_id as string | null,
    aal: row.aal as PolledRow['aal'],
    consumedAt: row.consumed_at as Date | null,
  };
}

/**
 * Records a poll of the service and gives the request; `tooFast` where the wait was not kept, which adds five
 * seconds to it for good (RFC 8628 §3.5). The first poll after the answer is never too fast: a ping asks for it. The row is
 * locked, so of two polls at once on two nodes one is too fast. Null where there is none of this service.
 */
export async function pollRow(
  db: Db,
  table: PolledTable,
  poll: { idDigest: Buffer; serviceId: string; now: Date },
): Promise<{ row: PolledRow; tooFast: boolean } | null> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `with held as (
       select id_digest,
              coalesce(polled_at > :now::timestamptz - make_interval(secs => poll_seconds - :tolerance::int)
                       and (answered_at is null or polled_at > answered_at), false) as too_fast
         from :table: where id_digest = :digest and service_id = :service for update)
     update :table: r
        set polled_at = :now,
            poll_seconds = case when held.too_fast
              then least(r.poll_seconds + 5, :longest::int) else r.poll_seconds end
       from held where r.id_digest = held.id_digest
     returning r.service_id, r.payload, r.grant_id, r.aal, r.consumed_at, held.too_fast`,
    {
      table,
      now: poll.now,
      digest: poll.idDigest,
      service: poll.serviceId,
      tolerance: TOLERANCE_SECONDS,
      longest: LONGEST_POLL_SECONDS,
    } as never,
  );
  const [row] = rows;
  return row ? { row: toPolledRow(row), tooFast: row.too_fast as boolean } : null;
}

/** True for the first who asks, for ever false after. */
export async function consumePolledRow(
  db: Db,
  table: PolledTable,
  by: { idDigest: Buffer; now: Date },
): Promise<boolean> {
  const count = await db(table)
    .where({ id_digest: by.idDigest })
    .whereNotNull('grant_id')
    .whereNull('consumed_at')
    .update({ consumed_at: by.now });
  return count === 1;
}
