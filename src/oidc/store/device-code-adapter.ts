import { errors } from 'oidc-provider';
import type { AdapterPayload } from 'oidc-provider';
import { appendAudit } from '../../audit/append.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { Fault } from '../../lib/fault.ts';
import { found, lifetime, unsupported } from './adapter-parts.ts';
import type { Current, MakeAdapter } from './adapter-parts.ts';
import {
  answerDeviceCode,
  claimDeviceCode,
  findByUserCodeDigest,
  insertDeviceCode,
} from './device-code-store.ts';
import { polledParts } from './polled-adapter.ts';
import { digestOf, PLACES, textOf } from './request-scope.ts';
import type { RequestStore } from './request-store.ts';

const TABLE = 'oidc_device_codes';

/**
 * Device codes (RFC 8628): found by what the device polls with, or by what the person types. Each goes one way only:
 * asked, claimed by one browser, answered, used.
 */
export const deviceCodeAdapter: MakeAdapter = (current) => ({
  ...unsupported('DeviceCode'),
  ...polledParts(current, TABLE),
  async findByUserCode(userCode) {
    const { scope } = current().store;
    const row = await findByUserCodeDigest(scope.app.db, userCodeDigest(current, userCode));
    const payload = row && scope.seal.open(PLACES.polled(TABLE, row.idDigest), row.payload);
    return payload ? found(payload) : undefined;
  },
  async upsert(id, payload, seconds) {
    if (payload.accountId !== undefined) return approve(current().store, { id, payload });
    if (payload.error !== undefined) return refuse(current().store, { id, payload });
    if (payload.inFlight === true) return claim(current().store, { id, payload });
    const { scope } = current().store;
    const now = scope.app.clock.now();
    const isNew = await insertDeviceCode(scope.app.db, {
      ...sealed(current().store, { id, payload }),
      userCodeDigest: userCodeDigest(current, textOf(payload.userCode)),
      serviceId: textOf(payload.clientId),
      now,
      expiresAt: addSeconds(now, lifetime(seconds)),
    });
    // Of 25,600,000,000 codes the one that another device shows: the device asks again.
    if (!isNew) throw new errors.TemporarilyUnavailable('ask again');
  },
});

interface Saved {
  id: string;
  payload: AdapterPayload;
}

function userCodeDigest(current: Current, userCode: string): Buffer {
  return digestOf(current().store.scope, `user_code ${userCode}`);
}

function sealed({ scope }: RequestStore, { id, payload }: Saved) {
  const idDigest = digestOf(scope, id);
  return { idDigest, payload: scope.seal.seal(PLACES.polled(TABLE, idDigest), { ...payload }) };
}

async function claim(store: RequestStore, saved: Saved): Promise<void> {
  const { app } = store.scope;
  const claimed = await claimDeviceCode(app.db, {
    ...sealed(store, saved),
    now: app.clock.now(),
  });
  if (!claimed) throw new errors.InvalidRequest('the code was used before');
}

/** The browser's session and grant are written when the request ends: before that a poll would not find them. */
function approve(store: RequestStore, saved: Saved): void {
  const { app } = store.scope;
  const { aal, acting } = store.reads;
  const { payload } = saved;
  if (aal === null) throw new Error('A device is approved without a sign-in.');
  store.afterwards.push(() =>
    transact(app.db, async (tx) => {
      const answered = await answerDeviceCode(tx, {
        ...sealed(store, saved),
        approval: { grantId: textOf(payload.grantId), aal },
        now: app.clock.now(),
      });
      if (!answered) throw new Fault('already_done');
      const service = textOf(payload.clientId);
      const actor = { kind: 'account', id: textOf(payload.accountId) } as const;
      const details = { service, aal };
      await appendAudit(
        tx,
        app,
        acting
          ? {
              action: 'oidc.device_approved_for_ward',
              actor,
              subject: { kind: 'account', id: acting.wardId },
              details,
            }
          : {
              action: 'oidc.device_approved',
              actor,
              subject: { kind: 'service', id: service },
              details,
            },
      );
    }),
  );
}

async function refuse(store: RequestStore, saved: Saved): Promise<void> {
  const { app, web } = store.scope;
  const service = textOf(saved.payload.clientId);
  await transact(app.db, async (tx) => {
    const answered = await answerDeviceCode(tx, {
      ...sealed(store, saved),
      approval: null,
      now: app.clock.now(),
    });
    if (!answered) return;
    await appendAudit(tx, app, {
      action: 'oidc.device_refused',
      actor: web ? { kind: 'account', id: web.accountId } : { kind: 'holder', id: null },
      subject: { kind: 'service', id: service },
      details: { service, error: String(saved.payload.error) },
    });
  });
}
