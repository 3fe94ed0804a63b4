import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EVENT_TYPES } from '../../src/exchange/event-types.ts';
import { sweepEvents } from '../../src/exchange/sweep-events.ts';
import type { RowId } from '../../src/lib/ids.ts';
import { relyingParty } from '../oidc/relying-party.ts';
import { eventWorld } from './event-world.ts';
import { apiToken, call } from './receiver.ts';

const { world, visitor, suspend, reactivate, stream, poll, waiting } = eventWorld(1);
const { account_disabled: DISABLED, account_enabled: ENABLED } = EVENT_TYPES;
const mine = () => ({ token: world.token, id: world.streamId });
const POLL = 'urn:ietf:rfc:8936';

describe('a world.receiver that polls', () => {
  beforeEach(async () => {
    await call(world.server, world.token, {
      method: 'PATCH',
      path: '/ssf/streams',
      body: { stream_id: world.streamId, delivery: { method: POLL } },
    });
  });
  it('gets each until it acknowledges it, and of one person the next one then', async () => {
    const { personId, sub } = visitor();
    await suspend(personId);
    await reactivate(personId);
    await waiting(2);
    const [first] = await poll(mine());
    expect(first).toMatchObject({ sub_id: { sub }, events: { [DISABLED]: {} } });
    expect((await poll(mine())).map(({ jti }) => jti)).toEqual([first!.jti]);
    const second = await poll(mine(), { ack: [first!.jti] });
    expect(second).toMatchObject([{ sub_id: { sub }, events: { [ENABLED]: {} } }]);
    expect(await poll(mine(), { ack: [second[0]!.jti], maxEvents: 0 })).toEqual([]);
    expect(await poll(mine())).toEqual([]);
    expect(world.receiver.requests.length).toBe(0);
  });

  it('waits for what comes, where it asks so', async () => {
    const { personId } = visitor();
    const started = poll(mine(), { returnImmediately: false });
    await suspend(personId);
    expect(await started).toHaveLength(1);
  });

  it('may refuse one; what is another’s to acknowledge stays', async () => {
    const { personId } = visitor();
    await suspend(personId);
    await waiting(1);
    const [set] = await poll(mine());
    const other = await relyingParty(world.server, {
      client_id: `other-${Date.now()}`,
      grant_types: ['authorization_code', 'client_credentials'],
    });
    const own = await apiToken(world.server, other);
    const { body } = await call(world.server, own, {
      method: 'POST',
      path: '/ssf/streams',
      body: {},
    });
    await poll({ token: own, id: String(body.stream_id) }, { ack: [set!.jti] });
    expect(await poll(mine())).toHaveLength(1);
    await poll(mine(), {
      maxEvents: 0,
      setErrs: { [set!.jti!]: { err: 'invalid_audience', description: 'who?' } },
    });
    expect(await poll(mine())).toEqual([]);
    const rows = await world.server.app.db('event_tokens').where({ id: set!.jti as RowId });
    expect(rows).toMatchObject([{ state: 'refused', last_error: 'invalid_audience' }]);
  });

  it('and does not come for a week loses what waited, and is told so', async () => {
    const { personId } = visitor();
    await suspend(personId);
    await waiting(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 86_400 * 1000 });
    await sweepEvents({}, world.server.app);
    vi.useRealTimers();
    expect(await stream()).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('dropped'),
    });
    expect(await poll(mine())).toEqual([]);
    const rows = await world.server.app.db('event_tokens').where({ stream_id: world.streamId });
    expect(rows).toMatchObject([{ state: 'dropped', body: null }]);
  });
});
