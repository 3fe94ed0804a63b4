import { Provider } from 'oidc-provider';
import { act, found, lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';

/** Grants: of one browser session and service; deleting one ends every token under it. */
export const grantAdapter: MakeAdapter = (current) => ({
  ...unsupported('Grant'),
  find: async (id) => found(await current().store.reads.grant(id)),
  upsert: (id, payload, seconds) =>
    act(current, ({ writes }) => {
      const sessionUid = Provider.ctx?.oidc.session?.uid ?? null;
      writes.grant(id, { ...payload }, lifetime(seconds), sessionUid);
    }),
  destroy: (id) => act(current, ({ writes }) => writes.revokeGrant(id)),
});
