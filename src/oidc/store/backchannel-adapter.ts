import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { AccountId } from '../../lib/ids.ts';
import { enqueue } from '../../lib/outbox.ts';
import { lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';
import { insertBackchannelRequest } from './backchannel-store.ts';
import { polledParts } from './polled-adapter.ts';
import { digestOf, PLACES, textOf } from './request-scope.ts';

const TABLE = 'oidc_backchannel_requests';

/**
 * Backchannel authentication requests (CIBA). The library only asks and polls; the answer is ours (oidc/ciba). Whom
 * the hint named, and whether they are asked, is worked out by a job: a hint for nobody takes as long as one for somebody.
 */
export const backchannelAdapter: MakeAdapter = (current) => ({
  ...unsupported('BackchannelAuthenticationRequest'),
  ...polledParts(current, TABLE),
  async upsert(id, payload, seconds) {
    const { scope } = current().store;
    const { app } = scope;
    const idDigest = digestOf(scope, id);
    const now = app.clock.now();
    const approvalId = RowId.make(app);
    await transact(app.db, async (tx) => {
      await insertBackchannelRequest(tx, {
        id: approvalId,
        idDigest,
        serviceId: textOf(payload.clientId),
        hintedAccountId: textOf(payload.accountId) as AccountId,
        payload: scope.seal.seal(PLACES.polled(TABLE, idDigest), { ...payload }),
        now,
        expiresAt: addSeconds(now, lifetime(seconds)),
      });
      await enqueue(tx, 'admit_approval', { approvalId });
    });
  },
});
