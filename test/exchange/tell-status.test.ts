import { describe, expect, it } from 'vitest';
import { findService } from '../../src/agencies/find-service.ts';
import { EVENT_TYPES } from '../../src/exchange/event-types.ts';
import { listNotices } from '../../src/exchange/status-notice-store.ts';
import { transact } from '../../src/lib/database.ts';
import { recordStatusEvent } from '../../src/registry/status-events.ts';
import { relyingParty, signInAt } from '../oidc/relying-party.ts';
import { newWalker, signIn } from '../walk.ts';
import { eventWorld } from './event-world.ts';
import { apiToken, call, until } from './receiver.ts';

const { world, visitor, newcomer, suspend, accepted, poll } = eventWorld(1);
const DISABLED = EVENT_TYPES.account_disabled;

describe('an event', () => {
  it('is pushed to the service that holds a consent: signed, by its own sub, with nothing more', async () => {
    const { personId, sub } = visitor();
    await suspend(personId);
    await until(() => world.receiver.accepted.length === 1);
    const [payload] = await accepted();
    expect(payload).toEqual({
      iss: world.server.url,
      aud: world.lands.clientId,
      iat: expect.any(Number),
      jti: expect.any(String),
      txn: expect.any(String),
      sub_id: { format: 'iss_sub', iss: world.server.url, sub },
      // Why stays with us.
      events: { [DISABLED]: { event_timestamp: expect.any(Number) } },
    });
    const { agency } = (await findService(world.server.app.db, world.lands.clientId))!;
    const sent = async () =>
      (await listNotices(world.server.app.db, agency.id)).find(
        ({ eventId }) => eventId === payload!.txn,
      );
    await until(async () => (await sent())?.endedAt !== null);
    expect(await sent()).toMatchObject({ sub, sentAt: expect.any(Date) });
    // What it said is not kept.
    const rows = await world.server.app.db('event_tokens').where({ id: payload!.jti });
    expect(rows).toMatchObject([{ state: 'sent', body: null }]);
  });

  it('of a stay is told with its new value to who was granted it, and as ended', async () => {
    const { personId } = visitor();
    await world.server.app
      .db('stay_facts')
      .where({ person_id: personId })
      .update({ status: 'lawful_until', admitted_until: '2020-01-01' });
    await transact(world.server.app.db, (tx) =>
      recordStatusEvent(tx, world.server.app, {
        kind: 'assurance_changed',
        personId,
        reason: 'stay_ended',
      }),
    );
    await until(() => world.receiver.accepted.length === 2);
    const events = (await accepted()).map((payload) => payload.events);
    expect(events).toMatchObject([
      { [EVENT_TYPES.stay_ended]: {} },
      {
        [EVENT_TYPES.token_claims_change]: {
          claims: { stay: { status: 'expired', admitted_until: '2020-01-01' } },
        },
      },
    ]);
  });

  it('tells a service that was granted no stay and demands none nothing of it', async () => {
    const bare = await relyingParty(world.server, {
      client_id: `bare-${Date.now()}`,
      grant_types: ['authorization_code', 'client_credentials'],
      claims: ['name'],
    });
    const own = await apiToken(world.server, bare);
    const made = await call(world.server, own, { method: 'POST', path: '/ssf/streams', body: {} });
    const { personId, walker } = visitor();
    await signInAt(walker, bare, { scope: 'openid' });
    await transact(world.server.app.db, async (tx) => {
      for (const reason of ['stay_ended', 'document_expired', 'proof_ended'])
        await recordStatusEvent(tx, world.server.app, {
          kind: 'assurance_changed',
          personId,
          reason,
        });
    });
    await until(() => world.receiver.accepted.length === 3);
    const polled = await poll({
      token: own,
      id: String(made.body.stream_id),
      aud: bare.clientId,
    });
    expect(polled.map((payload) => payload.events)).toMatchObject([
      {
        [EVENT_TYPES.assurance_level_change]: {
          namespace: 'NIST-IAL',
          current_level: 'nist-ial2',
          change_direction: 'decrease',
        },
      },
    ]);
  });

  it('of a session that was ended from elsewhere names that session; signing out is none', async () => {
    const person = await newcomer();
    const other = newWalker(world.server.url);
    await signIn(other, person.device);
    await other.post('/sessions/others/end');
    await until(() => world.receiver.accepted.length === 1);
    expect(await accepted()).toMatchObject([
      {
        sub_id: {
          format: 'complex',
          user: { format: 'iss_sub', iss: world.server.url, sub: person.sub },
          session: { format: 'opaque', id: person.sid },
        },
        events: { [EVENT_TYPES.session_revoked]: {} },
      },
    ]);
    await signInAt(other, world.lands, { scope: 'openid stay' });
    await other.post('/sign-out');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(world.receiver.accepted.length).toBe(1);
  });
});
