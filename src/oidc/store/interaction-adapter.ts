import { act, found, lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';

/** Sign-ins under way. */
export const interactionAdapter: MakeAdapter = (current) => ({
  ...unsupported('Interaction'),
  find: async (uid) => found(await current().store.reads.interaction(uid)),
  upsert: (uid, payload, seconds) =>
    act(current, ({ writes }) => writes.interaction(uid, { ...payload }, lifetime(seconds))),
  destroy: (uid) => act(current, ({ writes }) => writes.destroyInteraction(uid)),
});
