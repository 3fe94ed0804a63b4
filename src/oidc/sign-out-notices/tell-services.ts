import Provider from 'oidc-provider';
import { z } from 'zod';
import { findService } from '../../agencies/find-service.ts';
import { appendAudit } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { AccountId, SessionId } from '../../lib/ids.ts';
import { enqueue } from '../../lib/outbox.ts';
import type { OidcApp } from '../create-oidc.ts';
import { findGrantRow } from '../store/artefact-store.ts';
import { createPayloadSeal } from '../store/payload-seal.ts';
import { PLACES } from '../store/request-scope.ts';
import { listEndedBrowsers } from './notice-store.ts';

/** Tries for about a day, further and further apart. */
const MOST_TRIES = 14;

type Client = InstanceType<Provider['Client']>;
type Tell = (this: Client, accountId: string, sid: string) => Promise<unknown>;

const authorizations = z.record(
  z.string(),
  z.looseObject({ sid: z.string().optional(), grantId: z.string().optional() }),
);

/** The library's own way to send a logout token, kept for the job; what it calls in its place enqueues that job. */
const tellers = new WeakMap<object, Tell>();

/**
 * Makes the library's back-channel logout (Back-Channel Logout 1.0 §2.5) a job: a service's slow or dead server neither
 * holds the person's sign-out up nor goes untold because of it.
 */
export function tellServicesLater(app: App, provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { backchannelLogout: Tell };
  tellers.set(provider.Client, prototype.backchannelLogout);
  prototype.backchannelLogout = async function later(this: Client, accountId, sid) {
    const { clientId: serviceId } = this;
    const grantId = Provider.ctx?.oidc.session?.grantIdFor(serviceId);
    const told = await personOfGrant(app, { grantId, accountId });
    await transact(app.db, (tx) => enqueueNotice(tx, { serviceId, accountId: told, sid }));
  };
}

/** Whom the service knows by this sign-in: the ward, where a guardian signed in for one. */
async function personOfGrant<Id extends string>(
  app: App,
  { grantId, accountId }: { grantId: string | undefined; accountId: Id },
): Promise<Id | AccountId> {
  const grant = grantId === undefined ? null : await findGrantRow(app.db, grantId);
  return grant?.wardId ?? accountId;
}

function enqueueNotice(
  tx: Tx,
  notice: { serviceId: string; accountId: string; sid: string },
): Promise<void> {
  const key = `sign-out:${notice.serviceId}:${notice.sid}`;
  return enqueue(tx, 'tell_service_signed_out', notice, { key, maxAttempts: MOST_TRIES });
}

/**
 * The job: after a session of ours ended by whatever way (signed out here, ended from another device, passkey removed,
 * ID frozen), a notice for each service that was signed in to in that browser and wants to be told.
 */
export async function tellSessionEnded(payload: Record<string, unknown>, app: App): Promise<void> {
  const id = SessionId.parse(payload.sessionId);
  if (!id) return;
  for (const notice of await servicesOfSession(app, id)) {
    const service = await findService(app.db, notice.serviceId);
    if (!service?.protocol.backchannel_logout_uri) continue;
    await transact(app.db, (tx) => enqueueNotice(tx, notice));
  }
}

/** The services that were signed in to from a session of ours that ended, with the `sid` that each knows it by. */
export async function servicesOfSession(
  app: App,
  id: SessionId,
): Promise<{ serviceId: string; accountId: AccountId; sid: string }[]> {
  const seal = createPayloadSeal(app);
  const browsers = await listEndedBrowsers(app.db, id);
  const found = browsers.flatMap(({ uid, payload, accountId }) => {
    const opened = seal.open(PLACES.session(uid), payload);
    const services = authorizations.safeParse(opened?.authorizations);
    return Object.entries(services.data ?? {}).flatMap(([serviceId, { sid, grantId }]) =>
      sid === undefined ? [] : [{ serviceId, accountId, sid, grantId }],
    );
  });
  return Promise.all(
    found.map(async ({ serviceId, accountId, sid, grantId }) => ({
      serviceId,
      accountId: await personOfGrant(app, { grantId, accountId }),
      sid,
    })),
  );
}

/** The job: sends one logout token. Fails, and so is tried again, until the service answers 200 or 204. */
export async function tellServiceSignedOut(
  payload: Record<string, unknown>,
  app: OidcApp,
): Promise<void> {
  const { serviceId, sid } = payload;
  const accountId = AccountId.parse(payload.accountId);
  if (typeof serviceId !== 'string' || typeof sid !== 'string' || !accountId) return;
  const { Client } = app.oidc.provider;
  const client = await Client.find(serviceId);
  const tell = tellers.get(Client);
  if (!client?.backchannelLogoutUri || !tell) return;
  await tell.call(client, accountId, sid);
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'oidc.sign_out_told',
      actor: { kind: 'system', id: null },
      subject: { kind: 'account', id: accountId },
      details: { service: serviceId },
    }),
  );
}
