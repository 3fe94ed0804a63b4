import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLAIM_NAMES } from '../../src/agencies/claim-names.ts';
import { ROUTES } from '../../src/oidc/configuration.ts';
import { routes } from '../../src/routes.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { postForm } from './keyed-party.ts';
import { agree, authorizationRequest, follow, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/* The discovery document against what is served: what it lists works, and what works is listed. */
type Metadata = Partial<Record<string, string[]>> & Record<'token_endpoint', string>;

let server: TestServer;
let told: Metadata;
let walker: Walker;
let party: RelyingParty;

const readDocument = async (path: string) =>
  (await (await fetch(`${server.url}${path}`)).json()) as Metadata;

beforeAll(async () => {
  server = await startTestServer();
  told = await readDocument('/.well-known/openid-configuration');
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  party = await relyingParty(server);
});

/** The answers of a request with these parameters: a page, or where the service is sent. */
async function answerTo(parameters: Record<string, string>, from = party) {
  const request = await authorizationRequest(from, parameters);
  const arrival = await follow(walker, request.path);
  const asksConsent = arrival.at === 'page' && arrival.answer.text.includes('value="share"');
  return asksConsent ? agree(walker, arrival) : arrival;
}

it('says the same in both forms, and leaves out what has no elements', async () => {
  expect(await readDocument('/.well-known/oauth-authorization-server')).toEqual(told);
  const empty = Object.entries(told).filter(([, value]) => value?.length === 0);
  expect(empty).toEqual([]);
});

it('says what it says: a new line here is a promise to every integrator', () => {
  const lists = Object.fromEntries(
    Object.entries(told).filter(([name]) => !/_(?:alg|enc)_values_supported$|^acr_/.test(name)),
  );
  expect(JSON.parse(JSON.stringify(lists).replaceAll(server.url, 'https://id'))).toMatchSnapshot();
});

describe('addresses', () => {
  it('all answer', async () => {
    const named = Object.entries(told).filter(([, value]) => String(value).startsWith(server.url));
    const addresses = named.map(([name, value]) => [name, String(value)] as const);
    expect(addresses.length).toBeGreaterThan(12);
    const missing = [];
    for (const [name, address] of addresses) {
      const answers = await Promise.all(
        ['GET', 'POST'].map((method) => fetch(address, { method, redirect: 'manual' })),
      );
      const statuses = answers.map(({ status }) => status);
      if (name !== 'issuer' && statuses.every((status) => [404, 405].includes(status)))
        missing.push([name, ...statuses]);
      expect([name, Math.max(...statuses) < 500]).toEqual([name, true]);
    }
    expect(missing).toEqual([]);
  });

  it('lead whoever builds a service to their own page, and on to the guide of this version', async () => {
    expect(told.service_documentation).toBe(`${server.url}/help/integrators`);
    const page = await (await fetch(`${server.url}/help/integrators`)).text();
    for (const href of ['/help/integrators/guide', '/help/errors', '/openapi.json']) {
      expect(page).toContain(`href="${href}"`);
      expect((await fetch(`${server.url}${href}`)).status).toBe(200);
    }
    const guide = await fetch(`${server.url}/help/integrators/guide`);
    expect(guide.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await guide.text()).toBe(readFileSync('docs/integrate.md', 'utf8'));
  });

  it('are all that there is', () => {
    const listed = new Set(
      Object.values(told).map((value) => String(value).slice(server.url.length)),
    );
    const own = routes.map(({ path }) => path).filter((path) => path.startsWith('/oidc/'));
    const served = [...Object.values(ROUTES), ...own];
    const unlisted = served.filter((path) => !listed.has(path));
    // The address that people type, told with each code, and a service's own registration, told at it.
    expect(new Set(unlisted)).toEqual(new Set(['/device', '/oidc/registration/:id']));
  });
});

describe('requests', () => {
  it.each(['query', 'fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'])(
    'are answered by %s',
    async (response_mode) => {
      expect(told.response_modes_supported).toContain(response_mode);
      expect(told.response_modes_supported).toHaveLength(7);
      const arrival = await answerTo({ response_mode });
      const parameter = response_mode.endsWith('jwt') ? 'response' : 'code';
      const found =
        arrival.at === 'page'
          ? /<input[^>]*name="(code|response)"/.exec(arrival.answer.text)?.[1]
          : [
              ...new URLSearchParams(arrival.url.hash.slice(1)).keys(),
              ...arrival.url.searchParams.keys(),
            ];
      expect([found].flat()).toContain(parameter);
      const where = response_mode.split('.')[0]!.replace('jwt', 'query');
      const isAt = arrival.at === 'page' ? 'form_post' : arrival.url.hash ? 'fragment' : 'query';
      expect(isAt).toBe(where);
    },
  );

  it.each(['web_message', 'none', 'okta_post_message'])('are not answered by %s', async (mode) => {
    const arrival = await answerTo({ response_mode: mode });
    const error = arrival.at === 'service' && arrival.url.searchParams.get('error');
    expect(error).toBe('unsupported_response_mode');
  });

  it.each([
    'token',
    'id_token',
    'none',
    'code token',
    'code id_token',
    'id_token token',
    'code id_token token',
  ])('for %s are refused: no implicit and no hybrid flow', async (response_type) => {
    expect(told.response_types_supported).toEqual(['code']);
    const arrival = await answerTo({ response_type });
    const answer = arrival.at === 'page' ? arrival.answer.text : arrival.url.href;
    expect(answer).toContain('unsupported_response_type');
    expect(answer).not.toMatch(/[?#&](?:code|access_token|id_token)=/);
  });

  it('have a challenge by S256, not plain', async () => {
    expect(told.code_challenge_methods_supported).toEqual(['S256']);
    const plain = await answerTo({ code_challenge_method: 'plain' });
    expect(plain.at === 'service' && plain.url.searchParams.get('error')).toBe('invalid_request');
  });

  it('may ask all scopes', async () => {
    const all = { client_id: 'lands-all', claims: [...CLAIM_NAMES] };
    const service = await relyingParty(server, all);
    const scope = told.scopes_supported!.join(' ');
    const arrival = await answerTo({ scope }, service);
    expect(arrival.at === 'service' && arrival.url.searchParams.has('code')).toBe(true);
  });

  it('bring no address to fetch, and no encrypted object', async () => {
    expect(told).toMatchObject({
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
    });
    expect(told).not.toHaveProperty('request_object_encryption_alg_values_supported');
    const arrival = await answerTo({ request_uri: 'https://lands.example/request.jwt' });
    const answer = arrival.at === 'page' ? arrival.answer.text : arrival.url.href;
    expect(answer).toMatch(/error|request_uri/);
  });
});

describe('grants', () => {
  const ask = (fields: Record<string, string>) => {
    const secret = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
    return postForm(told.token_endpoint, fields, { authorization: `Basic ${secret}` });
  };

  it('that are listed are known', async () => {
    for (const grant_type of told.grant_types_supported!)
      expect([grant_type, (await ask({ grant_type })).body.error]).not.toEqual([
        grant_type,
        'unsupported_grant_type',
      ]);
  });

  it.each([
    'password',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'urn:ietf:params:oauth:grant-type:pre-authorized_code',
  ])('%s is none of them', async (grant_type) => {
    expect(told.grant_types_supported).not.toContain(grant_type);
    const answer = await ask({ grant_type, username: 'a', password: 'b', assertion: 'c' });
    expect(answer.body.error).toBe('unsupported_grant_type');
  });
});
