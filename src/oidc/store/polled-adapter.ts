import { errors, Provider } from 'oidc-provider';
import { found } from './adapter-parts.ts';
import type { Current } from './adapter-parts.ts';
import { consumePolledRow, findPolledRow, pollRow } from './polled-store.ts';
import type { PolledTable } from './polled-store.ts';
import { digestOf, PLACES } from './request-scope.ts';

/** Finds a request that a service polls for, and uses it up: the same for device codes and CIBA. */
export function polledParts(current: Current, table: PolledTable) {
  return {
    async find(id: string) {
      const { scope, reads } = current().store;
      const { app } = scope;
      const idDigest = digestOf(scope, id);
      const ctx = Provider.ctx;
      const isPoll = ctx?.oidc.route === 'token';
      const polled = isPoll
        ? await pollRow(app.db, table, {
            idDigest,
            serviceId: ctx.oidc.client?.clientId ?? '',
            now: app.clock.now(),
          })
        : null;
      if (polled?.tooFast) throw new errors.SlowDown();
      const row = isPoll ? polled?.row : await findPolledRow(app.db, table, idDigest);
      const payload = row && scope.seal.open(PLACES.polled(table, idDigest), row.payload);
      if (!row || !payload) return undefined;
      // What is issued has the level of the sign-in that approved it.
      if (isPoll && row.aal !== null) reads.actOn({ aal: row.aal });
      return found({ ...payload, ...(row.consumedAt ? { consumed: true } : {}) });
    },
    /** At once: of two nodes that poll for the same, one gets tokens. A refusal may be heard again. */
    async consume(id: string) {
      const { scope } = current().store;
      const { app } = scope;
      const idDigest = digestOf(scope, id);
      const row = await findPolledRow(app.db, table, idDigest);
      if (row?.grantId === null) return;
      const isFirst = await consumePolledRow(app.db, table, { idDigest, now: app.clock.now() });
      if (!isFirst) throw new errors.InvalidGrant('already consumed');
    },
    /** The row stays, so that a replay is known for one; what hung on the grant is gone. */
    revokeByGrantId: async () => {},
  };
}
