import { deleteToken } from './artefact-store.ts';
import type { TokenKind } from './artefact-store.ts';
import { act, found, lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';
import { digestOf } from './request-scope.ts';

/** Codes and tokens: found by digest, stored with the request's other writes. */
export function tokenAdapter(kind: TokenKind): MakeAdapter {
  return (current) => ({
    ...unsupported(kind),
    find: async (id) => found(await current().store.reads.token(kind, id)),
    upsert: (id, payload, seconds) =>
      act(current, ({ writes }) => writes.token(kind, id, { ...payload }, lifetime(seconds))),
    consume: (id) => act(current, ({ writes }) => writes.consume(id)),
    destroy: (id) => act(current, ({ scope }) => deleteToken(scope.app.db, digestOf(scope, id))),
    revokeByGrantId: (id) => act(current, ({ writes }) => writes.revokeGrant(id)),
  });
}
