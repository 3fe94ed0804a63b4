import { beforeAll, beforeEach } from 'vitest';
import { deliverEvents } from '../../src/exchange/deliver-events.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { reactivateId, suspendId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { officer, somebody } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { apiToken, call, startReceiver, until, verifySet } from './receiver.ts';
import type { Receiver } from './receiver.ts';

/** A service with a stream, and people who have signed in there. In each test the stream and its receiver are new. */
export interface World {
  server: TestServer;
  lands: RelyingParty;
  /** The service's token for our API. */
  token: string;
  receiver: Receiver;
  streamId: string;
}

export function eventWorld(size: number) {
  const world = {} as World;
  let pool: Visitor[] = [];
  let taken = 0;
  let people = 0;

  beforeAll(async () => {
    world.server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
    world.lands = await relyingParty(world.server, {
      grant_types: ['authorization_code', 'client_credentials'],
      claims: ['name', 'stay'],
      // Nobody there; it has `sid` in ID tokens.
      backchannel_logout_uri: 'http://127.0.0.1:9/signed-out',
      backchannel_logout_session_required: true,
    });
    world.token = await apiToken(world.server, world.lands);
    pool = await Promise.all(Array.from({ length: size }, newcomer));
  });
  beforeEach(async () => {
    world.receiver = await startReceiver();
    taken = 0;
    for (const { personId } of pool) await reactivate(personId);
    await world.server.app.db('event_streams').delete();
    const made = await call(world.server, world.token, {
      method: 'POST',
      path: '/ssf/streams',
      body: { delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: world.receiver.url } },
    });
    world.streamId = String(made.body.stream_id);
  });

  /** One of some who have signed in, with an active ID; in each test another one at each call. */
  const visitor = (): Visitor => pool[taken++]!;

  type Visitor = Awaited<ReturnType<typeof newcomer>>;
  async function newcomer() {
    const { server, lands } = world;
    const person = await signUp(server, { email: `told-${(people += 1)}@example.org` });
    const { personId } = await enrol(server, person.accountId, somebody());
    const { claims } = await signInAt(person.walker, lands, { scope: 'openid stay' });
    return { ...person, personId, sub: claims.sub, sid: claims.sid as string };
  }

  const suspend = (personId: PersonId) =>
    transact(world.server.app.db, (tx) =>
      suspendId(tx, world.server.app, { personId, reason: 'suspected_fraud', actor: officer }),
    );
  const reactivate = (personId: PersonId) =>
    transact(world.server.app.db, (tx) =>
      reactivateId(tx, world.server.app, { personId, reason: 'question_settled', actor: officer }),
    );
  const verified = (set: string) => verifySet(world.server, set, world.lands.clientId);
  const accepted = async () => Promise.all(world.receiver.accepted.map(verified));
  const stream = () =>
    world.server.app
      .db('event_streams')
      .where({ id: world.streamId })
      .first<Record<string, unknown>>(
        'state',
        'reason',
        'failures',
        'last_failure',
        'retry_at',
        'lease',
      );
  /** Lets the next try be now. */
  async function hurry() {
    const { db } = world.server.app;
    // A job of the server's own may be at it.
    await until(async () => (await stream())?.lease === null);
    await db('event_streams').update({ retry_at: null });
    await db('event_tokens').where({ state: 'waiting' }).update({ due_at: new Date() });
    await deliverEvents({ streamId: world.streamId }, world.server.app);
  }
  /** What a service that polls gets, each verified. */
  async function poll(as: { token: string; id: string; aud?: string }, body: object = {}) {
    const { body: answer } = await call(world.server, as.token, {
      method: 'POST',
      path: `/ssf/streams/${as.id}/events`,
      body: { returnImmediately: true, ...body },
    });
    const sets = Object.values(answer.sets as Record<string, string>);
    const aud = as.aud ?? world.lands.clientId;
    return Promise.all(sets.map((set) => verifySet(world.server, set, aud)));
  }
  const waiting = (count: number) =>
    until(
      async () =>
        (await world.server.app.db('event_tokens').where({ state: 'waiting' })).length === count,
    );
  return {
    world,
    visitor,
    newcomer,
    suspend,
    reactivate,
    verified,
    accepted,
    stream,
    hurry,
    poll,
    waiting,
  };
}
