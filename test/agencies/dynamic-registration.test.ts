import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { runClientToken } from '../../src/agencies/client-token-command.ts';
import { findService } from '../../src/agencies/find-service.ts';
import { issueRegistrationToken } from '../../src/agencies/registration-token.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CALLBACK, authorize } from '../oidc/relying-party.ts';
import { signUp } from '../walk.ts';

let server: TestServer;
let token: string;

const TERMS = {
  agency: { code: 'tax', name: 'Revenue Department', 'name#th': 'กรมสรรพากร' },
  purpose: 'To file your tax return.',
  'purpose#th': 'เพื่อยื่นแบบแสดงรายการภาษี',
  claims: ['name', 'nationality'],
  minimum_ial: 0,
};

async function tokenFor(more: Record<string, unknown> = {}): Promise<string> {
  const issued = await transact(server.app.db, (tx) =>
    issueRegistrationToken(tx, server.app, { terms: { ...TERMS, ...more }, actor: SYSTEM }),
  );
  if (!issued.ok) throw new Error(JSON.stringify(issued.faults));
  return issued.token;
}

beforeAll(async () => {
  server = await startTestServer();
  token = await tokenFor();
});

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

async function call(
  method: string,
  path: string,
  bearer: string | null,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const response = await fetch(new URL(path, server.url), {
    method,
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

const METADATA = {
  client_name: 'Tax filing',
  redirect_uris: [CALLBACK],
  software_version: 'unknown to us, so ignored',
};
const register = (metadata: unknown = METADATA, bearer: string | null = token) =>
  call('POST', '/oidc/registration', bearer, metadata);

describe('registering by program', () => {
  it('is discoverable, and a certified client registers and signs a person in', async () => {
    const config = await openid.dynamicClientRegistration(
      new URL(server.url),
      METADATA,
      openid.None(),
      { initialAccessToken: token, execute: [openid.allowInsecureRequests] },
    );
    const client = config.clientMetadata();
    const party = {
      clientId: client.client_id,
      secret: client.client_secret!,
      config: await openid.discovery(
        new URL(server.url),
        client.client_id,
        client,
        openid.ClientSecretBasic(client.client_secret),
        { execute: [openid.allowInsecureRequests] },
      ),
    };
    const { walker } = await signUp(server, { email: 'dynamic@example.org' });
    const { url, checks } = await authorize(walker, party, { scope: 'openid profile' });
    const tokens = await openid.authorizationCodeGrant(party.config, url, checks);
    expect(tokens.claims()).toMatchObject({ ial: 0, aal: 2 });
  });

  it('keeps a service to the response modes that it registers, fragment among them', async () => {
    const config = await openid.dynamicClientRegistration(
      new URL(server.url),
      { ...METADATA, response_modes: ['fragment', 'fragment.jwt'] },
      openid.None(),
      { initialAccessToken: await tokenFor(), execute: [openid.allowInsecureRequests] },
    );
    expect(config.clientMetadata().response_modes).toEqual(['fragment', 'fragment.jwt']);
    const { client_id: clientId } = config.clientMetadata();
    const party = { clientId, secret: null, config };
    const { walker } = await signUp(server, { email: 'fragment@example.org' });
    const { url } = await authorize(walker, party, { scope: 'openid', response_mode: 'fragment' });
    expect(new URLSearchParams(url.hash.slice(1)).has('code')).toBe(true);
    const refused = await authorize(walker, party, { scope: 'openid', response_mode: 'query' });
    expect(refused.url.searchParams.get('error')).toBe('invalid_request');
    expect(refused.url.searchParams.get('error_description')).toContain('response_mode');
    const odd = { ...METADATA, response_modes: ['web_message'] };
    const { status, body } = await call('POST', '/oidc/registration', await tokenFor(), odd);
    expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('takes policy from the token, whatever the program says', async () => {
    const { status, body } = await register({ ...METADATA, claims: ['birthdate'], minimum_ial: 0 });
    expect(status).toBe(201);
    const service = await findService(server.app.db, String(body.client_id));
    expect(service?.claims).toEqual(['name', 'nationality']);
    expect(service?.agency.code).toBe('tax');
    expect(service?.purpose.en).toBe(TERMS.purpose);
    expect(body.client_secret_expires_at).toBe(0);
  });

  it.each([
    ['no token', null, METADATA, 401, 'invalid_token'],
    ['an unknown token', 'A'.repeat(43), METADATA, 401, 'invalid_token'],
    ['no redirect address', undefined, { client_name: 'x' }, 400, 'invalid_redirect_uri'],
    [
      'a redirect with a fragment',
      undefined,
      { redirect_uris: ['https://tax.example/cb#x'] },
      400,
      'invalid_redirect_uri',
    ],
    [
      'the implicit flow',
      undefined,
      { ...METADATA, response_types: ['id_token'] },
      400,
      'invalid_client_metadata',
    ],
    ['a list', undefined, [METADATA], 400, 'invalid_client_metadata'],
    ['broken JSON', undefined, '{"redirect_uris":', 400, 'invalid_client_metadata'],
    ['__proto__', undefined, '{"__proto__":{"redirect_uris":["x"]}}', 400, 'invalid_redirect_uri'],
  ])('refuses %s', async (_what, bearer, metadata, status, error) => {
    const answer = await register(metadata, bearer === undefined ? token : bearer);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(String(answer.body.error_description).length).toBeGreaterThan(10);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('refuses a body that is too large or of another type', async () => {
    const large = { ...METADATA, client_name: 'x'.repeat(70_000) };
    expect((await register(large)).status).toBe(413);
    const form = await call('POST', '/oidc/registration', token, 'a=b', 'text/plain');
    expect(form.status).toBe(400);
  });

  it('counts: a token for one service registers one, however many ask at once', async () => {
    const once = await tokenFor({ services: 1 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(METADATA, once)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 401),
    ]);
  });

  it('does not use a token up for a registration that is refused', async () => {
    const once = await tokenFor({ services: 1 });
    expect((await register({ redirect_uris: [] }, once)).status).toBe(400);
    expect((await register(METADATA, once)).status).toBe(201);
  });
});

describe('managing a registration', () => {
  const registered = async () => {
    const { body } = await register();
    const path = new URL(String(body.registration_client_uri)).pathname;
    return { body, path, management: String(body.registration_access_token) };
  };

  it('reads, replaces and removes it', async () => {
    const { body, path, management } = await registered();
    const read = await call('GET', path, management);
    expect(read).toMatchObject({ status: 200, body: { client_id: body.client_id } });
    expect(read.body).not.toHaveProperty('client_secret');
    const changed = await call('PUT', path, management, {
      ...METADATA,
      client_id: body.client_id,
      client_name: 'Tax filing 2',
      client_secret: body.client_secret,
    });
    expect(changed).toMatchObject({ status: 200, body: { client_name: 'Tax filing 2' } });
    const before = (await findService(server.app.db, String(body.client_id)))!;
    expect(before.name.en).toBe('Tax filing 2');
    expect((await call('DELETE', path, management)).status).toBe(204);
    expect((await findService(server.app.db, before.clientId))?.state).toBe('removed');
    expect((await call('GET', path, management)).status).toBe(401);
  });

  it('is nobody else’s: not with another service’s token, nor the initial one', async () => {
    const one = await registered();
    const other = await registered();
    for (const bearer of [other.management, token, null])
      for (const method of ['GET', 'DELETE'])
        expect((await call(method, one.path, bearer)).status).toBe(401);
    expect((await call('GET', '/oidc/registration/no-such', one.management)).status).toBe(401);
  });

  it.each([
    ['another client id', { client_id: 'lands-condo' }],
    ['no client id', { client_id: undefined }],
    ['another secret', { client_secret: 'guessed' }],
    ['metadata that is refused', { redirect_uris: ['javascript:alert(1)'] }],
  ])('refuses %s and changes nothing', async (_what, wrong) => {
    const { body, path, management } = await registered();
    const answer = await call('PUT', path, management, {
      ...METADATA,
      client_id: body.client_id,
      ...wrong,
    });
    expect(answer.status).toBe(400);
    expect((await call('GET', path, management)).body.redirect_uris).toEqual([CALLBACK]);
  });
});

it('issues tokens by a command in the sandbox, and not in production', async () => {
  const file = join(server.app.config.DATA_DIR, 'terms.json');
  writeFileSync(file, JSON.stringify(TERMS));
  const lines: string[] = [];
  const io = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
  expect(await runClientToken([file], io, server.app)).toBe(0);
  const { initial_access_token: issued } = JSON.parse(lines.join('')) as Record<string, string>;
  expect((await register(METADATA, issued)).status).toBe(201);
  const production = { ...server.app, config: { ...server.app.config, sandbox: false } };
  expect(await runClientToken([file], io, production)).toBe(1);
  writeFileSync(file, JSON.stringify({ ...TERMS, claims: ['shoe_size'] }));
  expect(await runClientToken([file], io, server.app)).toBe(1);
  expect(await runClientToken([], io, server.app)).toBe(64);
});
