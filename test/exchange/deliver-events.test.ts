import { describe, expect, it, vi } from 'vitest';
import { deliverEvents } from '../../src/exchange/deliver-events.ts';
import { EVENT_TYPES } from '../../src/exchange/event-types.ts';
import { eventWorld } from './event-world.ts';
import { call, until } from './receiver.ts';

const { world, visitor, suspend, reactivate, verified, accepted, stream, hurry } = eventWorld(4);
const { account_disabled: DISABLED, account_enabled: ENABLED } = EVENT_TYPES;

describe('a receiver', () => {
  it.each([[500], [404], [302], ['hang' as const]])(
    'that answers %s is tried again later with the same jti, and misses nothing',
    async (answer) => {
      world.receiver.answers = [answer];
      const { personId } = visitor();
      await suspend(personId);
      await until(async () => (await stream())?.failures === 1);
      expect(await stream()).toMatchObject({
        state: 'enabled',
        last_failure: expect.stringMatching(/^http_|^redirect$|^timeout$/),
      });
      expect((await stream())?.retry_at).toBeInstanceOf(Date);
      // Not before its time.
      await deliverEvents({ streamId: world.streamId }, world.server.app);
      expect(world.receiver.requests.length).toBe(1);
      await hurry();
      const jtis = await Promise.all(
        world.receiver.requests.map(async ({ token: set }) => (await verified(set)).jti),
      );
      expect(jtis.length).toBe(2);
      expect(jtis[1]).toBe(jtis[0]);
      expect(await stream()).toMatchObject({ failures: 0, last_failure: null });
    },
    15_000,
  );

  it('that refuses one token gets what follows for others at once, and that person’s later', async () => {
    const [one, other] = [visitor(), visitor()];
    world.receiver.answers = [{ status: 400, body: { err: 'invalid_request', description: 'no' } }];
    await suspend(one.personId);
    await until(() => world.receiver.requests.length === 1);
    await reactivate(one.personId);
    await suspend(other.personId);
    await until(() => world.receiver.accepted.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await accepted()).map(({ sub_id: about }) => about)).toMatchObject([
      { sub: other.sub },
    ]);
    await hurry();
    const told = await accepted();
    expect(told.slice(1).map(({ sub_id: about, events }) => [about, Object.keys(events)])).toEqual([
      [{ format: 'iss_sub', iss: world.server.url, sub: one.sub }, [DISABLED]],
      [{ format: 'iss_sub', iss: world.server.url, sub: one.sub }, [ENABLED]],
    ]);
  });

  it('that refuses a token five times is not asked again, and gets what follows', async () => {
    const { personId } = visitor();
    world.receiver.answers = Array.from({ length: 5 }, () => 400);
    await suspend(personId);
    await until(() => world.receiver.requests.length === 1);
    await reactivate(personId);
    await until(async () => {
      await hurry();
      return world.receiver.accepted.length === 1;
    });
    expect((await accepted()).map(({ events }) => Object.keys(events))).toEqual([[ENABLED]]);
    const refused = await world.server.app.db('event_tokens').where({ state: 'refused' });
    expect(refused).toMatchObject([{ attempts: 4, last_error: 'invalid_request', body: null }]);
  });

  it('that fails for a day has its stream paused with the reason; enabled again, it gets what waited', async () => {
    world.receiver.answers = Array.from({ length: 9 }, () => 503);
    const { personId } = visitor();
    await suspend(personId);
    await until(async () => (await stream())?.failures === 1);
    for (let tries = 0; tries < 6; tries++) await hurry();
    expect(await stream()).toMatchObject({ state: 'enabled', failures: 7 });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3600 * 1000 });
    await hurry();
    vi.useRealTimers();
    const { body } = await call(world.server, world.token, {
      method: 'GET',
      path: `/ssf/status?stream_id=${world.streamId}`,
    });
    expect(body).toMatchObject({
      status: 'paused',
      reason: expect.stringMatching(/8 tries, the last: http_503.*status to enabled/),
    });
    world.receiver.answers = [];
    await call(world.server, world.token, {
      method: 'POST',
      path: '/ssf/status',
      body: { stream_id: world.streamId, status: 'enabled' },
    });
    await until(() => world.receiver.accepted.length === 1);
  });

  it('is asked by one node at a time, and told each event once', async () => {
    world.receiver.slowMs = 30;
    const persons = Array.from({ length: 4 }, visitor);
    await world.server.app.db('event_streams').update({ state: 'paused', reason: 'x' });
    for (const { personId } of persons) {
      await suspend(personId);
      await reactivate(personId);
    }
    await until(
      async () =>
        (await world.server.app.db('event_tokens').where({ state: 'waiting' })).length === 8,
    );
    await world.server.app.db('event_streams').update({ state: 'enabled', reason: null });
    await Promise.all(
      Array.from({ length: 6 }, () =>
        deliverEvents({ streamId: world.streamId }, world.server.app),
      ),
    );
    await until(() => world.receiver.accepted.length === 8);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const told = await accepted();
    expect(new Set(told.map(({ jti }) => jti)).size).toBe(8);
    expect(world.receiver.requests.length).toBe(8);
    // Of one person never two at once, and in order.
    expect(world.receiver.atOnce).toBeLessThanOrEqual(4);
    for (const { sub } of persons)
      expect(
        told
          .filter(({ sub_id: about }) => (about as { sub: string }).sub === sub)
          .flatMap(({ events }) => Object.keys(events)),
      ).toEqual([DISABLED, ENABLED]);
  });
});
