import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { EVENTS_SUPPORTED, VERIFICATION } from '../../src/exchange/event-types.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { relyingParty } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { apiToken, call, startReceiver, until, verifySet } from './receiver.ts';
import type { Receiver } from './receiver.ts';

const PUSH = 'urn:ietf:rfc:8935';
const POLL = 'urn:ietf:rfc:8936';

let server: TestServer;
let lands: RelyingParty;
let tax: RelyingParty;
let manage: string;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  receiver = await startReceiver();
  const grants = { grant_types: ['authorization_code', 'client_credentials'] };
  lands = await relyingParty(server, grants);
  tax = await relyingParty(server, {
    ...grants,
    client_id: 'tax',
    agency: { code: 'revenue', name: 'Revenue', 'name#th': 'สรรพากร' },
  });
  manage = await apiToken(server, lands);
});

const streams = (method: string, body?: unknown, token: string | null = manage) =>
  call(server, token, { method, path: '/ssf/streams', body });
const byId = (method: string, id: unknown, token = manage) =>
  call(server, token, { method, path: `/ssf/streams?stream_id=${String(id)}` });
const status = (method: string, id: unknown, body?: object, token = manage) =>
  method === 'GET'
    ? call(server, token, { method, path: `/ssf/status?stream_id=${String(id)}` })
    : call(server, token, { method, path: '/ssf/status', body: { stream_id: id, ...body } });
const fresh = async (body: object = {}) => {
  for (const { stream_id: id } of (await streams('GET')).body as unknown as { stream_id: string }[])
    expect((await byId('DELETE', id)).status).toBe(204);
  const made = await streams('POST', body);
  expect(made).toMatchObject({ status: 201 });
  return made.body;
};
const pushTo = (url: string, more: object = {}) => ({
  delivery: { method: PUSH, endpoint_url: url, ...more },
});
const moveBack = (id: unknown, seconds: number) =>
  server.app
    .db('event_streams')
    .where({ id: id as string })
    .update({
      verification_asked_at: new Date(Date.now() - seconds * 1000),
    });

describe('a stream', () => {
  it('is made, read, changed, replaced and removed by its service', async () => {
    const made = await fresh({
      ...pushTo(receiver.url, { authorization_header: 'Bearer of-the-receiver' }),
      events_requested: [EVENTS_SUPPORTED[0], 'https://example.org/not-ours'],
      description: 'Land register',
    });
    expect(made).toEqual({
      stream_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iss: server.url,
      aud: lands.clientId,
      events_supported: [...EVENTS_SUPPORTED],
      events_requested: [EVENTS_SUPPORTED[0], 'https://example.org/not-ours'],
      events_delivered: [EVENTS_SUPPORTED[0]],
      delivery: { method: PUSH, endpoint_url: receiver.url },
      min_verification_interval: 60,
      inactivity_timeout: 604_800,
      description: 'Land register',
    });
    expect((await byId('GET', made.stream_id)).body).toEqual(made);
    expect((await streams('GET')).body).toEqual([made]);
    expect((await streams('POST', {})).status).toBe(409);

    const { body: changed } = await streams('PATCH', {
      ...made,
      description: 'Land register 2',
    });
    expect(changed).toEqual({ ...made, description: 'Land register 2' });
    const { body: replaced } = await streams('PUT', {
      stream_id: made.stream_id,
      delivery: { method: POLL },
    });
    expect(replaced).toMatchObject({
      events_delivered: [...EVENTS_SUPPORTED],
      delivery: {
        method: POLL,
        endpoint_url: `${server.url}/ssf/streams/${String(made.stream_id)}/events`,
      },
    });
    expect(replaced).not.toHaveProperty('description');

    expect((await byId('DELETE', made.stream_id)).status).toBe(204);
    expect((await byId('GET', made.stream_id)).status).toBe(404);
    expect((await byId('DELETE', made.stream_id)).status).toBe(404);
  });

  it('is shown to a token that may only read, and changed by none', async () => {
    const { stream_id: id } = await fresh();
    const read = await apiToken(server, lands, 'ssf.read');
    expect((await byId('GET', id, read)).status).toBe(200);
    expect((await status('GET', id, {}, read)).body).toEqual({ stream_id: id, status: 'enabled' });
    for (const answer of [
      await streams('POST', {}, read),
      await streams('PATCH', { stream_id: id }, read),
      await byId('DELETE', id, read),
      await status('POST', id, { status: 'disabled' }, read),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
    }
  });

  it('is nothing to another agency, whatever it does', async () => {
    const { stream_id: id } = await fresh();
    const foreign = await apiToken(server, tax, 'ssf.manage ssf.read');
    const answers = [
      await byId('GET', id, foreign),
      await streams('PATCH', { stream_id: id, description: 'mine' }, foreign),
      await streams('PUT', { stream_id: id }, foreign),
      await byId('DELETE', id, foreign),
      await status('GET', id, {}, foreign),
      await status('POST', id, { status: 'disabled' }, foreign),
      await call(server, foreign, {
        method: 'POST',
        path: '/ssf/verification',
        body: { stream_id: id },
      }),
      await call(server, foreign, {
        method: 'POST',
        path: `/ssf/streams/${String(id)}/events`,
        body: { returnImmediately: true },
      }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
    expect((await streams('GET', undefined, foreign)).body).toEqual([]);
    // As of one that never was.
    const never = await byId('GET', randomUUID(), foreign);
    expect({ ...never.body, instance: '' }).toEqual({ ...answers[0]!.body, instance: '' });
    expect((await status('GET', id)).body).toMatchObject({ status: 'enabled' });
  });

  it.each([
    ['no token', null],
    ['a token that nobody issued', 'x'.repeat(43)],
  ])('is not for %s', async (_what, token) => {
    const answer = await streams('GET', undefined, token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain(
      `resource_metadata="${server.url}/.well-known/oauth-protected-resource/ssf"`,
    );
  });

  it('is not for a token that expired, or of a suspended service', async () => {
    const expired = await apiToken(server, tax);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect((await streams('GET', undefined, expired)).status).toBe(401);
    vi.useRealTimers();
    const live = await apiToken(server, tax);
    expect((await streams('GET', undefined, live)).status).toBe(200);
    await server.app.db('services').where({ client_id: 'tax' }).update({ state: 'suspended' });
    await until(async () => (await streams('GET', undefined, live)).status === 401);
    await server.app.db('services').where({ client_id: 'tax' }).update({ state: 'active' });
    await until(async () => (await streams('GET', undefined, live)).status === 200);
  });

  it.each([
    ['a private address', pushTo('https://10.1.2.3/events'), /private network/],
    ['the metadata address of clouds', pushTo('https://169.254.169.254/latest'), /private network/],
    ['plain http elsewhere', pushTo('http://agency.example/events'), /https/],
    ['a user name', pushTo('https://me:secret@agency.example/'), /user name/],
    ['two headers', pushTo('https://a.example/', { authorization_header: 'a\r\nb: c' }), /header/],
    ['a method of its own', { delivery: { method: 'carrier-pigeon' } }, /delivery/],
    ['a list as everything', [], /body/],
  ])('refuses %s', async (_what, body, said) => {
    const { stream_id: id } = await fresh();
    const changed = await streams('PATCH', Array.isArray(body) ? body : { stream_id: id, ...body });
    expect(changed.status).toBe(400);
    expect(changed.body.detail).toMatch(said);
  });

  it('keeps what is ours to say', async () => {
    const { stream_id: id } = await fresh();
    for (const more of [{ aud: 'tax' }, { iss: 'https://evil.example' }, { events_supported: [] }])
      expect((await streams('PATCH', { stream_id: id, ...more })).status).toBe(400);
  });

  it('pushes a verification event, signed and with the header that was given, once a minute at most', async () => {
    const { stream_id: id } = await fresh(
      pushTo(receiver.url, { authorization_header: 'Bearer of-the-receiver' }),
    );
    const before = receiver.requests.length;
    const verify = (state: string) =>
      call(server, manage, {
        method: 'POST',
        path: '/ssf/verification',
        body: { stream_id: id, state },
      });
    expect((await verify('abc')).status).toBe(204);
    await until(() => receiver.requests.length > before);
    const request = receiver.requests.at(-1)!;
    expect(request).toMatchObject({
      authorization: 'Bearer of-the-receiver',
      type: 'application/secevent+jwt',
    });
    const payload = await verifySet(server, request.token, lands.clientId);
    expect(payload).toEqual({
      iss: server.url,
      aud: lands.clientId,
      iat: expect.any(Number),
      jti: expect.any(String),
      sub_id: { format: 'opaque', id },
      events: { [VERIFICATION]: { state: 'abc' } },
    });
    await expect(verifySet(server, request.token, 'tax')).rejects.toThrow();
    const again = await verify('def');
    expect(again.status).toBe(429);
    expect(again.headers.get('retry-after')).toBe('60');
    await moveBack(id, 61);
    expect((await verify('ghi')).status).toBe(204);
    await until(() => receiver.requests.length > before + 1);
    // The header does not lie about in the clear.
    const { rows } = await server.app.db.raw<{ rows: { text: string }[] }>(
      `select event_streams::text as text from event_streams`,
    );
    expect(rows.map(({ text }) => text).join()).not.toContain(
      Buffer.from('of-the-receiver').toString('hex'),
    );
  });

  it('keeps events while it is paused, and none while it is disabled', async () => {
    const { stream_id: id } = await fresh(pushTo(receiver.url));
    const verify = async (state: string) => {
      await moveBack(id, 61);
      return call(server, manage, {
        method: 'POST',
        path: '/ssf/verification',
        body: { stream_id: id, state },
      });
    };
    const paused = await status('POST', id, { status: 'paused', reason: 'at rest' });
    expect(paused.body).toEqual({ stream_id: id, status: 'paused', reason: 'at rest' });
    const before = receiver.requests.length;
    expect((await verify('kept')).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(receiver.requests.length).toBe(before);
    expect((await status('POST', id, { status: 'enabled' })).body).toEqual({
      stream_id: id,
      status: 'enabled',
    });
    await until(() => receiver.requests.length === before + 1);
    await status('POST', id, { status: 'disabled' });
    expect((await verify('lost')).status).toBe(409);
  });
});
