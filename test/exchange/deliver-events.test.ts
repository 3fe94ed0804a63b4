import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliverEvents } from '../../src/exchange/deliver-events.ts';
import { EVENT_TYPES } from '../../src/exchange/event-types.ts';
import { listNotices } from '../../src/exchange/status-notice-store.ts';
import { sweepEvents } from '../../src/exchange/sweep-events.ts';
import { findService } from '../../src/agencies/find-service.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonId, RowId } from '../../src/lib/ids.ts';
import { recordStatusEvent } from '../../src/registry/status-events.ts';
import { reactivateId, suspendId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { officer, somebody } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import { apiToken, call, startReceiver, until, verifySet } from './receiver.ts';
import type { Receiver } from './receiver.ts';

const POLL = 'urn:ietf:rfc:8936';
const { account_disabled: DISABLED, account_enabled: ENABLED } = EVENT_TYPES;

let server: TestServer;
let lands: RelyingParty;
let receiver: Receiver;
let token: string;
let streamId: string;

beforeAll(async () => {
  server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  lands = await relyingParty(server, {
    grant_types: ['authorization_code', 'client_credentials'],
    claims: ['name', 'stay'],
    // Nobody there; it has `sid` in ID tokens.
    backchannel_logout_uri: 'http://127.0.0.1:9/signed-out',
    backchannel_logout_session_required: true,
  });
  token = await apiToken(server, lands);
});

/** A stream anew, and a receiver that knows of nothing. */
beforeEach(async () => {
  receiver = await startReceiver();
  await server.app.db('event_streams').delete();
  const made = await call(server, token, {
    method: 'POST',
    path: '/ssf/streams',
    body: { delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: receiver.url } },
  });
  streamId = String(made.body.stream_id);
});

let people = 0;
async function visitor() {
  const person = await signUp(server, { email: `told-${(people += 1)}@example.org` });
  const { personId } = await enrol(server, person.accountId, somebody());
  const { claims } = await signInAt(person.walker, lands, { scope: 'openid stay' });
  return { ...person, personId, sub: claims.sub, sid: claims.sid as string };
}

const suspend = (personId: PersonId) =>
  transact(server.app.db, (tx) =>
    suspendId(tx, server.app, { personId, reason: 'suspected_fraud', actor: officer }),
  );
const reinstate = (personId: PersonId) =>
  transact(server.app.db, (tx) =>
    reactivateId(tx, server.app, { personId, reason: 'question_settled', actor: officer }),
  );
const verified = (set: string) => verifySet(server, set, lands.clientId);
const accepted = async () => Promise.all(receiver.accepted.map(verified));
const stream = () =>
  server.app
    .db('event_streams')
    .where({ id: streamId })
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
  // A job of the server's own may be at it.
  await until(async () => (await stream())?.lease === null);
  await server.app.db('event_streams').update({ retry_at: null });
  await server.app.db('event_tokens').where({ state: 'waiting' }).update({ due_at: new Date() });
  await deliverEvents({ streamId }, server.app);
}

describe('an event', () => {
  it('is pushed to the service that holds a consent: signed, by its own sub, with nothing more', async () => {
    const { personId, sub } = await visitor();
    await suspend(personId);
    await until(() => receiver.accepted.length === 1);
    const [payload] = await accepted();
    expect(payload).toEqual({
      iss: server.url,
      aud: lands.clientId,
      iat: expect.any(Number),
      jti: expect.any(String),
      txn: expect.any(String),
      sub_id: { format: 'iss_sub', iss: server.url, sub },
      // Why stays with us.
      events: { [DISABLED]: { event_timestamp: expect.any(Number) } },
    });
    const { agency } = (await findService(server.app.db, lands.clientId))!;
    const sent = async () =>
      (await listNotices(server.app.db, agency.id)).find(({ eventId }) => eventId === payload!.txn);
    await until(async () => (await sent())?.endedAt !== null);
    expect(await sent()).toMatchObject({ sub, sentAt: expect.any(Date) });
    // What it said is not kept.
    const rows = await server.app.db('event_tokens').where({ id: payload!.jti });
    expect(rows).toMatchObject([{ state: 'sent', body: null }]);
  });

  it('of a stay is told with its new value to who was granted it, and as ended', async () => {
    const { personId } = await visitor();
    await server.app
      .db('stay_facts')
      .where({ person_id: personId })
      .update({ status: 'lawful_until', admitted_until: '2020-01-01' });
    await transact(server.app.db, (tx) =>
      recordStatusEvent(tx, server.app, {
        kind: 'assurance_changed',
        personId,
        reason: 'stay_ended',
      }),
    );
    await until(() => receiver.accepted.length === 2);
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
    const bare = await relyingParty(server, {
      client_id: `bare-${Date.now()}`,
      grant_types: ['authorization_code', 'client_credentials'],
      claims: ['name'],
    });
    const own = await apiToken(server, bare);
    const made = await call(server, own, { method: 'POST', path: '/ssf/streams', body: {} });
    const { personId, walker } = await visitor();
    await signInAt(walker, bare, { scope: 'openid' });
    await transact(server.app.db, async (tx) => {
      for (const reason of ['stay_ended', 'document_expired', 'proof_ended'])
        await recordStatusEvent(tx, server.app, { kind: 'assurance_changed', personId, reason });
    });
    await until(() => receiver.accepted.length >= 2);
    const polled = await poll(own, String(made.body.stream_id));
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
    const person = await visitor();
    const other = newWalker(server.url);
    await signIn(other, person.device);
    await other.post('/sessions/others/end');
    await until(() => receiver.accepted.length === 1);
    expect(await accepted()).toMatchObject([
      {
        sub_id: {
          format: 'complex',
          user: { format: 'iss_sub', iss: server.url, sub: person.sub },
          session: { format: 'opaque', id: person.sid },
        },
        events: { [EVENT_TYPES.session_revoked]: {} },
      },
    ]);
    await signInAt(other, lands, { scope: 'openid stay' });
    await other.post('/sign-out');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(receiver.accepted.length).toBe(1);
  });
});

const poll = async (as: string, id: string, body: object = {}) => {
  const { body: answer } = await call(server, as, {
    method: 'POST',
    path: `/ssf/streams/${id}/events`,
    body: { returnImmediately: true, ...body },
  });
  const sets = Object.values(answer.sets as Record<string, string>);
  return Promise.all(
    sets.map(async (set) => {
      const [, middle = ''] = set.split('.');
      const { aud } = JSON.parse(Buffer.from(middle, 'base64url').toString()) as { aud: string };
      return verifySet(server, set, aud);
    }),
  );
};

describe('a receiver', () => {
  it.each([[500], [429], [404], [302], ['hang' as const]])(
    'that answers %s is tried again later with the same jti, and misses nothing',
    async (answer) => {
      receiver.answers = [answer];
      const { personId } = await visitor();
      await suspend(personId);
      await until(async () => (await stream())?.failures === 1);
      expect(await stream()).toMatchObject({
        state: 'enabled',
        last_failure: expect.stringMatching(/^http_|^redirect$|^timeout$/),
      });
      expect((await stream())?.retry_at).toBeInstanceOf(Date);
      // Not before its time.
      await deliverEvents({ streamId }, server.app);
      expect(receiver.requests.length).toBe(1);
      await hurry();
      const jtis = await Promise.all(
        receiver.requests.map(async ({ token: set }) => (await verified(set)).jti),
      );
      expect(jtis.length).toBe(2);
      expect(jtis[1]).toBe(jtis[0]);
      expect(await stream()).toMatchObject({ failures: 0, last_failure: null });
    },
    15_000,
  );

  it('that refuses one token gets what follows for others at once, and that person’s later', async () => {
    const [one, other] = [await visitor(), await visitor()];
    receiver.answers = [{ status: 400, body: { err: 'invalid_request', description: 'no' } }];
    await suspend(one.personId);
    await until(() => receiver.requests.length === 1);
    await reinstate(one.personId);
    await suspend(other.personId);
    await until(() => receiver.accepted.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await accepted()).map(({ sub_id: about }) => about)).toMatchObject([
      { sub: other.sub },
    ]);
    await hurry();
    const told = await accepted();
    expect(told.slice(1).map(({ sub_id: about, events }) => [about, Object.keys(events)])).toEqual([
      [{ format: 'iss_sub', iss: server.url, sub: one.sub }, [DISABLED]],
      [{ format: 'iss_sub', iss: server.url, sub: one.sub }, [ENABLED]],
    ]);
  });

  it('that refuses a token five times is not asked again, and gets what follows', async () => {
    const { personId } = await visitor();
    receiver.answers = Array.from({ length: 5 }, () => 400);
    await suspend(personId);
    await until(() => receiver.requests.length === 1);
    await reinstate(personId);
    await until(async () => {
      await hurry();
      return receiver.accepted.length === 1;
    });
    expect((await accepted()).map(({ events }) => Object.keys(events))).toEqual([[ENABLED]]);
    const refused = await server.app.db('event_tokens').where({ state: 'refused' });
    expect(refused).toMatchObject([{ attempts: 4, last_error: 'invalid_request', body: null }]);
  });

  it('that fails for a day has its stream paused with the reason; enabled again, it gets what waited', async () => {
    receiver.answers = Array.from({ length: 9 }, () => 503);
    const { personId } = await visitor();
    await suspend(personId);
    await until(async () => (await stream())?.failures === 1);
    for (let tries = 0; tries < 6; tries++) await hurry();
    expect(await stream()).toMatchObject({ state: 'enabled', failures: 7 });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3600 * 1000 });
    await hurry();
    vi.useRealTimers();
    const { body } = await call(server, token, {
      method: 'GET',
      path: `/ssf/status?stream_id=${streamId}`,
    });
    expect(body).toMatchObject({
      status: 'paused',
      reason: expect.stringMatching(/8 tries, the last: http_503.*status to enabled/),
    });
    receiver.answers = [];
    await call(server, token, {
      method: 'POST',
      path: '/ssf/status',
      body: { stream_id: streamId, status: 'enabled' },
    });
    await until(() => receiver.accepted.length === 1);
  });

  it('is asked by one node at a time, and told each event once', async () => {
    receiver.slowMs = 30;
    const persons = await Promise.all(Array.from({ length: 4 }, visitor));
    await server.app.db('event_streams').update({ state: 'paused', reason: 'x' });
    for (const { personId } of persons) {
      await suspend(personId);
      await reinstate(personId);
    }
    await until(
      async () => (await server.app.db('event_tokens').where({ state: 'waiting' })).length === 8,
    );
    await server.app.db('event_streams').update({ state: 'enabled', reason: null });
    await Promise.all(Array.from({ length: 6 }, () => deliverEvents({ streamId }, server.app)));
    await until(() => receiver.accepted.length === 8);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const told = await accepted();
    expect(new Set(told.map(({ jti }) => jti)).size).toBe(8);
    expect(receiver.requests.length).toBe(8);
    // Of one person never two at once, and in order.
    expect(receiver.atOnce).toBeLessThanOrEqual(4);
    for (const { sub } of persons)
      expect(
        told
          .filter(({ sub_id: about }) => (about as { sub: string }).sub === sub)
          .flatMap(({ events }) => Object.keys(events)),
      ).toEqual([DISABLED, ENABLED]);
  });
});

describe('a receiver that polls', () => {
  beforeEach(async () => {
    await call(server, token, {
      method: 'PATCH',
      path: '/ssf/streams',
      body: { stream_id: streamId, delivery: { method: POLL } },
    });
  });
  const waiting = async (count: number) =>
    until(
      async () =>
        (await server.app.db('event_tokens').where({ state: 'waiting' })).length === count,
    );

  it('gets each until it acknowledges it, and of one person the next one then', async () => {
    const { personId, sub } = await visitor();
    await suspend(personId);
    await reinstate(personId);
    await waiting(2);
    const [first] = await poll(token, streamId);
    expect(first).toMatchObject({ sub_id: { sub }, events: { [DISABLED]: {} } });
    expect((await poll(token, streamId)).map(({ jti }) => jti)).toEqual([first!.jti]);
    const second = await poll(token, streamId, { ack: [first!.jti] });
    expect(second).toMatchObject([{ sub_id: { sub }, events: { [ENABLED]: {} } }]);
    expect(await poll(token, streamId, { ack: [second[0]!.jti], maxEvents: 0 })).toEqual([]);
    expect(await poll(token, streamId)).toEqual([]);
    expect(receiver.requests.length).toBe(0);
  });

  it('waits for what comes, where it asks so', async () => {
    const { personId } = await visitor();
    const started = poll(token, streamId, { returnImmediately: false });
    await suspend(personId);
    expect(await started).toHaveLength(1);
  });

  it('may refuse one; what is another’s to acknowledge stays', async () => {
    const { personId } = await visitor();
    await suspend(personId);
    await waiting(1);
    const [set] = await poll(token, streamId);
    const other = await relyingParty(server, {
      client_id: `other-${Date.now()}`,
      grant_types: ['authorization_code', 'client_credentials'],
    });
    const own = await apiToken(server, other);
    const { body } = await call(server, own, { method: 'POST', path: '/ssf/streams', body: {} });
    await poll(own, String(body.stream_id), { ack: [set!.jti] });
    expect(await poll(token, streamId)).toHaveLength(1);
    await poll(token, streamId, {
      maxEvents: 0,
      setErrs: { [set!.jti!]: { err: 'invalid_audience', description: 'who?' } },
    });
    expect(await poll(token, streamId)).toEqual([]);
    const rows = await server.app.db('event_tokens').where({ id: set!.jti as RowId });
    expect(rows).toMatchObject([{ state: 'refused', last_error: 'invalid_audience' }]);
  });

  it('and does not come for a week loses what waited, and is told so', async () => {
    const { personId } = await visitor();
    await suspend(personId);
    await waiting(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 86_400 * 1000 });
    await sweepEvents({}, server.app);
    vi.useRealTimers();
    expect(await stream()).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('dropped'),
    });
    expect(await poll(token, streamId)).toEqual([]);
    const rows = await server.app.db('event_tokens').where({ stream_id: streamId });
    expect(rows).toMatchObject([{ state: 'dropped', body: null }]);
  });
});
