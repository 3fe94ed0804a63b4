import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import {
  deleteGrantsOf,
  endConsent,
  findConsentRow,
  insertConsent,
  insertFirstConsent,
  listConsentsAbout,
  listReceiptRows,
  lockConsent,
} from './consent-store.ts';
import type { Consent, Receipt } from './consent-store.ts';
import type { ConsentParties } from './acting/parties.ts';
import type { ResourceScopes } from './resources.ts';
import type { SharedItem } from './shared-items.ts';

export type { Consent, Receipt } from './consent-store.ts';

/** What a request asks a person to agree to. */
export interface Wanted {
  scopes: readonly string[];
  claims: readonly SharedItem[];
  /** Scopes at resources of agencies; none where left out. */
  resources?: ResourceScopes;
}

/** Whether a consent in force covers what is asked; a larger set is asked again. */
export function covers(consent: Wanted | null, wanted: Wanted): boolean {
  return (
    consent !== null &&
    wanted.scopes.every((scope) => consent.scopes.includes(scope)) &&
    wanted.claims.every((claim) => consent.claims.includes(claim)) &&
    Object.entries(wanted.resources ?? {}).every(([resource, scopes]) =>
      scopes.every((scope) => consent.resources?.[resource]?.includes(scope)),
    )
  );
}

/** Both sets of scopes at resources. */
function joined(before: ResourceScopes = {}, given: ResourceScopes = {}): Record<string, string[]> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(given)])];
  return Object.fromEntries(
    names.map((name) => [name, [...new Set([...(before[name] ?? []), ...(given[name] ?? [])])]]),
  );
}

/** What a service may be told of a person by consents in force, their own or of guardians for them; null without one. */
export async function sharedAbout(
  db: Db | Tx,
  about: { accountId: AccountId; serviceId: string },
): Promise<SharedItem[] | null> {
  const consents = await listConsentsAbout(db, about);
  return consents.length === 0 ? null : [...new Set(consents.flatMap(({ claims }) => claims))];
}

/** The consent in force between these parties, or null. */
export function findConsent(db: Db | Tx, by: ConsentParties): Promise<Consent | null> {
  return findConsentRow(db, by);
}

/** Every receipt of an account, those that ended too, the latest first (at most 500): for the person's own pages. */
export function listReceipts(db: Db | Tx, accountId: AccountId): Promise<Receipt[]> {
  return listReceiptRows(db, accountId);
}

/**
 * Records the first consent of a person to a service, in one statement. False, and nothing recorded, where there is one in
 * force: then `giveConsent` joins them.
 */
export function giveFirstConsent(
  app: Pick<App, 'db' | 'clock' | 'random'>,
  given: { accountId: AccountId; serviceId: string } & Wanted,
): Promise<boolean> {
  const consent = {
    ...given,
    scopes: [...new Set(given.scopes)],
    claims: [...new Set(given.claims)],
  };
  const resources = joined(undefined, given.resources);
  return insertFirstConsent(
    app,
    { ...consent, resources, id: RowId.make(app), givenAt: app.clock.now() },
    consentGiven({ ...given, claims: consent.claims, resources, grown: false }),
  );
}

function consentGiven(
  given: ConsentParties & {
    claims: Consent['claims'];
    resources: Consent['resources'];
    grown: boolean;
  },
) {
  const actor = { kind: 'account', id: given.accountId } as const;
  const details = {
    service: given.serviceId,
    claims: given.claims,
    resources: Object.keys(given.resources),
    grown: given.grown,
  };
  return given.wardId === undefined
    ? ({
        action: 'oidc.consent_given',
        actor,
        subject: { kind: 'service', id: given.serviceId },
        details,
      } as const)
    : ({
        action: 'oidc.consent_given_for_ward',
        actor,
        subject: { kind: 'account', id: given.wardId },
        details,
      } as const);
}

/** Records that the person agreed. What was agreed before stays agreed; each giving is a receipt of its own. */
export async function giveConsent(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  given: ConsentParties & Wanted,
): Promise<void> {
  await lockConsent(tx, given);
  const before = await findConsentRow(tx, given);
  if (covers(before, given)) return;
  const at = app.clock.now();
  await endConsent(tx, given, { at, reason: 'replaced' });
  const claims = [...new Set([...(before?.claims ?? []), ...given.claims])];
  const resources = joined(before?.resources, given.resources);
  await insertConsent(tx, {
    id: RowId.make(app),
    accountId: given.accountId,
    ...(given.wardId === undefined ? {} : { wardId: given.wardId }),
    serviceId: given.serviceId,
    scopes: [...new Set([...(before?.scopes ?? []), ...given.scopes])],
    claims,
    resources,
    givenAt: at,
  });
  const grown = before !== null;
  await appendAudit(tx, app, consentGiven({ ...given, claims, resources, grown }));
}

/**
 * Withdraws a consent: every token of these parties at this service is worth nothing from the commit on, on every
 * node. False where there was none in force. `withdrawnBy` is the ward, where they end what a guardian agreed to.
 */
export async function withdrawConsent(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  by: ConsentParties,
  withdrawnBy: AccountId = by.accountId,
): Promise<boolean> {
  await lockConsent(tx, by);
  const ended = await endConsent(tx, by, { at: app.clock.now(), reason: 'withdrawn' });
  const grants = await deleteGrantsOf(tx, by);
  if (!ended && grants === 0) return false;
  const actor = { kind: 'account', id: withdrawnBy } as const;
  const details = { service: by.serviceId, grants };
  await appendAudit(
    tx,
    app,
    by.wardId === undefined
      ? {
          action: 'oidc.consent_withdrawn',
          actor,
          subject: { kind: 'service', id: by.serviceId },
          details,
        }
      : {
          action: 'oidc.consent_withdrawn_for_ward',
          actor,
          subject: { kind: 'account', id: by.wardId },
          details,
        },
  );
  return ended;
}
