import { errors } from 'oidc-provider';
import { addSeconds } from '../../lib/clock.ts';
import { consumePushedRequest, findPushedRequest, insertPushedRequest } from './artefact-store.ts';
import { found, lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';
import { PLACES, digestOf } from './request-scope.ts';

/** Pushed requests are rare and used once: each act is its own statement. */
export const pushedRequestAdapter: MakeAdapter = (current) => ({
  ...unsupported('PushedAuthorizationRequest'),
  async find(id) {
    const { scope } = current().store;
    const idDigest = digestOf(scope, id);
    const row = await findPushedRequest(scope.app.db, idDigest);
    const payload = row && scope.seal.open(PLACES.pushed(idDigest), row.payload);
    if (!row || !payload) return undefined;
    return found({ ...payload, jti: id, ...(row.consumedAt ? { consumed: 1 } : {}) });
  },
  async upsert(id, { jti: _jti, ...payload }, seconds) {
    const { scope } = current().store;
    const idDigest = digestOf(scope, id);
    await insertPushedRequest(scope.app.db, {
      idDigest,
      payload: scope.seal.seal(PLACES.pushed(idDigest), payload),
      expiresAt: addSeconds(scope.app.clock.now(), lifetime(seconds)),
    });
  },
  async consume(id) {
    const { scope } = current().store;
    const at = scope.app.clock.now();
    if (!(await consumePushedRequest(scope.app.db, digestOf(scope, id), at)))
      throw new errors.InvalidRequestUri('request_uri was already used');
  },
});
