import type { ClaimName } from '../../agencies/claim-names.ts';
import type { App } from '../../lib/app.ts';
import type { AccountId, RowId } from '../../lib/ids.ts';
import { runPrepared } from '../../lib/prepared.ts';
import type { PreparedRow } from '../../lib/prepared.ts';
import { hasWardsWithin } from '../../proofing/acting-for.ts';
import { standingWithin } from '../../registry/standing.ts';
import type { Standing } from '../../registry/standing.ts';
import { sessionWithin } from '../../web/sessions.ts';
import type { Session } from '../../web/sessions.ts';
import type { Consent } from '../consent-store.ts';
import { SESSION_COLUMNS, SESSION_LIVES, toGrant, toSession } from './artefact-store.ts';
import type { SessionBundle } from './artefact-store.ts';

/** What a browser's request names, as far as it does. */
export interface BrowserNames {
  /** Digest of our session's cookie. */
  webDigest: Buffer | null;
  /** Digest of the library's. */
  cookieDigest: Buffer | null;
  serviceId: string | null;
  /** An interaction, by the address. */
  interactionUid: string | null;
}

/** All that is read of a browser: one statement a request. */
export interface BrowserBundle {
  web: Session | null;
  library: SessionBundle | null;
  /** `payload` is null where it is over; the service that began it is known for longer. */
  interaction: { payload: Buffer | null; serviceId: string; createdAt: Date } | null;
  /** The holder of our session's account. */
  standing: Standing | null;
  /** In force between that account and the service, about the holder themselves. */
  consent: Consent | null;
  /** The holder may have somebody to act for. */
  hasWards: boolean;
}

const WEB = sessionWithin('w.web_digest');
const HOLDER = standingWithin('web.account_id');

/** What these requests name, in one statement. */
export async function findBrowserBundles(
  app: Pick<App, 'db' | 'cipher'>,
  asked: readonly BrowserNames[],
  now: Date,
): Promise<BrowserBundle[]> {
  const rows = await runPrepared(app.db, {
    name: 'oidc_browsers',
    text: `select w.n, ${WEB.select}, ${SESSION_COLUMNS},
            case when s.web_session_id = web.id then true else ${SESSION_LIVES} end as live,
            g.id as grant_id, g.account_id, g.ward_account_id, g.payload as grant_payload,
            ${hasWardsWithin('web.account_id', '$5')} as has_wards,
            i.payload as interaction_payload, r.service_id as return_service_id,
            extract(epoch from r.created_at)::float8 as return_created_at,
            c.id as consent_id, c.account_id as consent_account_id, c.service_id as consent_service_id,
            to_json(c.scopes) as consent_scopes, to_json(c.claims) as consent_claims,
            to_json(c.resources) as consent_resources,
            extract(epoch from c.given_at)::float8 as consent_given_at, ${HOLDER.select}
       from unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[]) with ordinality
              as w (web_digest, cookie_digest, service_id, interaction_uid, n)
       ${WEB.join}
       left join oidc_interactions i on i.uid = w.interaction_uid
       left join oidc_interaction_returns r on r.uid = w.interaction_uid
       left join oidc_sessions s on s.id_digest = w.cookie_digest
       left join lateral (
         select id, account_id, ward_account_id, payload from oidc_grants
          where session_uid = s.uid and service_id = coalesce(w.service_id, r.service_id)
            and expires_at > $5::timestamptz
          order by expires_at desc limit 1) g on true
       left join oidc_consents c
         on c.account_id = web.account_id and c.service_id = coalesce(w.service_id, r.service_id)
        and c.ended_at is null
       ${HOLDER.joins}
      order by w.n, ${HOLDER.order}`,
    values: [
      asked.map((names) => names.webDigest),
      asked.map((names) => names.cookieDigest),
      asked.map((names) => names.serviceId),
      asked.map((names) => names.interactionUid),
      now,
    ],
  });
  const found = asked.map((): PreparedRow[] => []);
  for (const row of rows) found[(row.n as number) - 1]!.push(row);
  return found.map((own) => toBundle(app, own));
}

function toBundle(app: Pick<App, 'cipher'>, rows: readonly PreparedRow[]): BrowserBundle {
  const row = rows[0]!;
  return {
    web: WEB.read(row),
    library: row.uid === null ? null : { session: toSession(row), grant: toGrant(row) },
    interaction:
      row.return_service_id === null
        ? null
        : {
            payload: row.interaction_payload as Buffer | null,
            serviceId: row.return_service_id as string,
            createdAt: moment(row.return_created_at),
          },
    standing: HOLDER.read(app, rows),
    consent: toConsent(row),
    hasWards: row.has_wards as boolean,
  };
}

function toConsent(row: PreparedRow): Consent | null {
  if (row.consent_id === null) return null;
  return {
    id: row.consent_id as RowId,
    accountId: row.consent_account_id as AccountId,
    serviceId: row.consent_service_id as string,
    scopes: JSON.parse(row.consent_scopes as string) as string[],
    claims: JSON.parse(row.consent_claims as string) as ClaimName[],
    resources: JSON.parse(row.consent_resources as string) as Consent['resources'],
    givenAt: moment(row.consent_given_at),
  };
}

const moment = (seconds: unknown) => new Date(Math.round((seconds as number) * 1000));
