import { act, found, lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';

/** The library's session of a browser: by cookie for single sign-on, by uid for what is bound to it. */
export const sessionAdapter: MakeAdapter = (current) => ({
  ...unsupported('Session'),
  find: async (id) => found(await current().store.reads.session(id)),
  findByUid: async (uid) => found(await current().store.reads.liveSession(uid)),
  upsert: (id, payload, seconds) =>
    act(current, ({ writes }) => writes.session(id, { ...payload }, lifetime(seconds))),
  destroy: (id) => act(current, ({ writes }) => writes.destroySession(id)),
});
