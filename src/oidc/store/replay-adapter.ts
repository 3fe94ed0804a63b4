import { errors } from 'oidc-provider';
import { addSeconds } from '../../lib/clock.ts';
import { insertReplay, isReplayKnown } from './artefact-store.ts';
import { found, lifetime, unsupported } from './adapter-parts.ts';
import type { MakeAdapter } from './adapter-parts.ts';

/** Identifiers that may be seen once: inserted if absent, at once, on whatever node. */
export const replayAdapter: MakeAdapter = (current) => ({
  ...unsupported('ReplayDetection'),
  async find(id) {
    const { app } = current().store.scope;
    const now = app.clock.now();
    // The library only asks whether there is one.
    return (await isReplayKnown(app.db, id, now)) ? found({ jti: id }) : undefined;
  },
  async upsert(id, _payload, seconds) {
    const { app } = current().store.scope;
    const now = app.clock.now();
    const expiresAt = addSeconds(now, lifetime(seconds));
    if (!(await insertReplay(app.db, { id, expiresAt, now }))) throw new errors.InvalidGrant();
  },
});
