import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { relyingParty, tokenRequest } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { apiToken, call, startReceiver, until } from './receiver.ts';

let server: TestServer;
let lands: RelyingParty;
beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server, {
    grant_types: ['authorization_code', 'client_credentials'],
  });
});

describe('the transmitter', () => {
  it('is found by its well-known document', async () => {
    const { body, status: code } = await call(server, null, {
      method: 'GET',
      path: '/.well-known/ssf-configuration',
    });
    expect([code, body]).toEqual([
      200,
      {
        spec_version: '1_0',
        issuer: server.url,
        jwks_uri: `${server.url}/oidc/jwks`,
        delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
        configuration_endpoint: `${server.url}/ssf/streams`,
        status_endpoint: `${server.url}/ssf/status`,
        verification_endpoint: `${server.url}/ssf/verification`,
        authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
        default_subjects: 'ALL',
      },
    ]);
    const { body: resource } = await call(server, null, {
      method: 'GET',
      path: '/.well-known/oauth-protected-resource/ssf',
    });
    expect(resource).toMatchObject({
      resource: `${server.url}/ssf`,
      scopes_supported: ['ssf.manage', 'ssf.read'],
    });
  });

  it.each([
    ['a scope that is not offered', { scope: 'ssf.everything' }, 'invalid_scope'],
    ['no scope', {}, 'invalid_scope'],
    ['a scope of people', { scope: 'openid ssf.manage' }, 'invalid_scope'],
  ])('gives no token for %s', async (_what, fields, error) => {
    const { status: code, body } = await tokenRequest(server, lands, {
      grant_type: 'client_credentials',
      resource: `${server.url}/ssf`,
      ...fields,
    });
    expect([code, body.error]).toEqual([400, error]);
  });
});

it('pushes to no loopback address where that is not allowed', async () => {
  const receiver = await startReceiver();
  const token = await apiToken(server, lands);
  const make = (url: string) =>
    call(server, token, {
      method: 'POST',
      path: '/ssf/streams',
      body: { delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: url } },
    });
  for (const url of [receiver.url, 'https://localhost/x', 'https://127.0.0.1/x', 'https://[::1]/x'])
    expect([url, (await make(url)).status]).toEqual([url, 400]);
  // A name that leads there is found out when it is called.
  const { body, status: made } = await make('https://stream.example/events');
  expect(made).toBe(201);
  await server.app
    .db('event_streams')
    .update({ endpoint_url: receiver.url.replace('http:', 'https:') });
  const before = receiver.requests.length;
  const { stream_id: id } = body;
  await call(server, token, {
    method: 'POST',
    path: '/ssf/verification',
    body: { stream_id: id },
  });
  const read = () =>
    call(server, token, { method: 'GET', path: `/ssf/status?stream_id=${String(id)}` });
  await until(async () => (await read()).body.status === 'paused');
  expect((await read()).body.reason).toContain('not public');
  expect(receiver.requests.length).toBe(before);
});
