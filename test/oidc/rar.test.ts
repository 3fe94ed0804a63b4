import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { TRANSFER_TYPE } from '../agencies/resource-files.ts';
import { signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { TITLES, introspect, protectedApi, verifyAccessToken } from './protected-api.ts';
import {
  agree,
  authorizationRequest,
  authorize,
  follow,
  relyingParty,
  tokenRequest,
} from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;
let person: SignedIn;

const OPAQUE = 'https://api.lands.example/ledger';
const transfer = {
  type: 'land_transfer',
  title_number: '12345',
  price: { currency: 'THB', amount: '4500000.00' },
  on: '2026-12-24',
  copies: 2,
  mortgage: false,
  role: 'buyer',
  actions: ['enter', 'certify'],
};

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
  await protectedApi(server, { authorization_details_types: [TRANSFER_TYPE] });
  await protectedApi(server, {
    resource: OPAQUE,
    token_format: 'opaque',
    authorization_details_types: [{ ...TRANSFER_TYPE, type: 'ledger_entry' }],
  });
  person = await signUp(server, { email: 'anna@example.org' });
});

const asking = (details: unknown, more: Record<string, string> = {}) => ({
  scope: 'openid titles:read',
  resource: TITLES,
  authorization_details: typeof details === 'string' ? details : JSON.stringify(details),
  ...more,
});

it('shows each field in words, then tells it in the token response and the JWT', async () => {
  const request = await authorizationRequest(lands, asking([transfer]));
  const page = await follow(person.walker, request.path);
  if (page.at !== 'page') throw new Error('no consent asked');
  const text = page.answer.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  for (const words of [
    'Transfer of a condominium unit',
    'You agree to this once, for Land titles of Department of Lands.',
    'Title number 12345',
    'Price 4,500,000.00 THB',
    'Date of transfer 24 December 2026',
    'With a mortgage no',
    'You are the buyer',
    'What is done enter it, certify it',
  ])
    expect(text).toContain(words);
  const back = await agree(person.walker, page);
  if (back.at !== 'service') throw new Error('stuck');
  const tokens = await openid.authorizationCodeGrant(lands.config, back.url, request.checks, {
    resource: TITLES,
  });
  expect(tokens.authorization_details).toEqual([transfer]);
  const { payload } = await verifyAccessToken(server, tokens.access_token, TITLES);
  expect(payload.authorization_details).toEqual([transfer]);
  // A token for userinfo does not carry it, a refreshed one for the resource does.
  const plain = await openid.refreshTokenGrant(lands.config, tokens.refresh_token!);
  expect(plain.authorization_details).toBeUndefined();
  const fresh = await openid.refreshTokenGrant(lands.config, tokens.refresh_token!, {
    resource: TITLES,
  });
  expect(fresh.authorization_details).toEqual([transfer]);
  // The trail knows that and what, not the details.
  const [event] = await server.app
    .db('audit_events')
    .where({ action: 'oidc.details_agreed' })
    .select('details');
  expect(JSON.stringify(event)).toContain('land_transfer');
  expect(JSON.stringify(event)).not.toContain('12345');
});

it('is asked each time, in Thai too, and never silently', async () => {
  await authorize(person.walker, lands, asking([transfer]));
  const silent = await authorizationRequest(lands, asking([transfer], { prompt: 'none' }));
  const back = await follow(person.walker, silent.path);
  expect(back.at === 'service' && back.url.searchParams.get('error')).toBe('consent_required');
  const request = await authorizationRequest(lands, asking([transfer], { ui_locales: 'th' }));
  const page = await follow(person.walker, request.path);
  if (page.at !== 'page') throw new Error('no consent asked');
  const thai = await person.walker.get(`${page.path}?lang=th`);
  expect(thai.text).toContain('การโอนห้องชุด');
  expect(thai.text).toContain('ผู้ซื้อ');
  await person.walker.get(`${page.path}?lang=en`);
});

it('tells it at introspection, and a service gets no other than what was agreed to', async () => {
  const entry = { ...transfer, type: 'ledger_entry' };
  const { url, checks } = await authorize(
    person.walker,
    lands,
    asking([entry], { resource: OPAQUE }),
  );
  const tokens = await openid.authorizationCodeGrant(lands.config, url, checks, {
    resource: OPAQUE,
  });
  const { json } = await introspect(server, lands, tokens.access_token);
  expect(json.authorization_details).toEqual([entry]);
  const refresh = {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token!,
    resource: OPAQUE,
  };
  const same = await tokenRequest(server, lands, {
    ...refresh,
    authorization_details: JSON.stringify([entry]),
  });
  expect(same.body.authorization_details).toEqual([entry]);
  const dearer = { ...entry, price: { currency: 'THB', amount: '9.00' } };
  const other = await tokenRequest(server, lands, {
    ...refresh,
    authorization_details: JSON.stringify([dearer]),
  });
  expect(other).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_authorization_details',
      error_description: expect.stringContaining('differs from what the person agreed to'),
    },
  });
});

it('takes no agreement to what could not be shown, since its type changed meanwhile', async () => {
  const request = await authorizationRequest(lands, asking([transfer]));
  const page = await follow(person.walker, request.path);
  const [first, ...fields] = TRANSFER_TYPE.fields;
  const shorter = { ...TRANSFER_TYPE, fields: [{ ...first, max_length: 2 }, ...fields] };
  await protectedApi(server, { authorization_details_types: [shorter] });
  const back = await agree(person.walker, page);
  expect(back.at === 'service' && back.url.searchParams.get('error')).toBe(
    'invalid_authorization_details',
  );
  await protectedApi(server, { authorization_details_types: [TRANSFER_TYPE] });
});

it('takes it pushed', async () => {
  const verifier = openid.randomPKCECodeVerifier();
  const url = await openid.buildAuthorizationUrlWithPAR(lands.config, {
    redirect_uri: 'http://127.0.0.1:4002/callback',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...asking([transfer]),
  });
  const page = await follow(person.walker, `${url.pathname}${url.search}`);
  expect(page.at === 'page' && page.answer.text).toContain('Transfer of a condominium unit');
});

it.each([
  ['a type that nobody registered', [{ type: 'payment' }], 'the type payment is none'],
  ['a type named constructor', [{ type: 'constructor' }], 'authorization details type'],
  ['a type named __proto__', '[{"type":"__proto__"}]', 'the type __proto__ is none'],
  [
    'a type of another resource',
    [{ ...transfer, type: 'ledger_entry' }],
    `needs resource=${OPAQUE}`,
  ],
  [
    'a missing field',
    [{ ...transfer, title_number: undefined }],
    'land_transfer.title_number: expected text of 1 to 20',
  ],
  [
    'an unknown field',
    [{ ...transfer, colour: 'red' }],
    'land_transfer.colour: expected no such field',
  ],
  [
    'text with an override of direction',
    [{ ...transfer, title_number: '12\u202E34' }],
    'visible characters',
  ],
  [
    'an amount as a number',
    [{ ...transfer, price: { currency: 'THB', amount: 5 } }],
    'an object with amount as 1200.50',
  ],
  [
    'an amount in another currency',
    [{ ...transfer, price: { currency: 'USD', amount: '5' } }],
    'currency: THB',
  ],
  ['a day that is none', [{ ...transfer, on: '2026-02-30' }], 'a date as 2026-11-23'],
  ['a number out of bounds', [{ ...transfer, copies: 6 }], 'a whole number from 1 to 5'],
  ['a choice that is none', [{ ...transfer, role: 'thief' }], 'one of buyer, seller'],
  ['a choice twice', [{ ...transfer, actions: ['enter', 'enter'] }], 'a list, each once'],
  [
    'another location',
    [{ ...transfer, locations: ['https://evil.example/'] }],
    'land_transfer.locations: expected',
  ],
  ['no JSON', '{', 'could not parse'],
  ['no list', '{"type":"land_transfer"}', 'should be a JSON array'],
])('refuses %s, and says what was expected', async (_what, details, said) => {
  const request = await authorizationRequest(lands, asking(details));
  const back = await follow(person.walker, request.path);
  if (back.at !== 'service') throw new Error(back.answer.text);
  expect(back.url.searchParams.get('error')).toBe('invalid_authorization_details');
  expect(back.url.searchParams.get('error_description')).toContain(said);
});

it('refuses details without a resource, without a person, and of types not registered for', async () => {
  const without = await authorizationRequest(lands, {
    scope: 'openid',
    authorization_details: JSON.stringify([transfer]),
  });
  const back = await follow(person.walker, without.path);
  expect(back.at === 'service' && back.url.searchParams.get('error_description')).toContain(
    `land_transfer needs resource=${TITLES}`,
  );

  const batch = await relyingParty(server, {
    client_id: 'lands-batch',
    grant_types: ['authorization_code', 'client_credentials'],
    authorization_details_types: ['ledger_entry'],
  });
  for (const [resource, types] of [
    [TITLES, TRANSFER_TYPE],
    [OPAQUE, { ...TRANSFER_TYPE, type: 'ledger_entry' }],
  ] as const)
    await protectedApi(server, {
      resource,
      token_format: resource === OPAQUE ? 'opaque' : 'jwt',
      services: ['lands-condo', 'lands-batch'],
      authorization_details_types: [types],
    });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const request = await authorizationRequest(batch, asking([transfer]));
  const refused = await follow(person.walker, request.path);
  expect(refused.at === 'service' && refused.url.searchParams.get('error_description')).toContain(
    'the type land_transfer is none that this service is registered for',
  );
  const alone = await tokenRequest(server, batch, {
    grant_type: 'client_credentials',
    resource: OPAQUE,
    scope: 'registry:count',
    authorization_details: JSON.stringify([{ ...transfer, type: 'ledger_entry' }]),
  });
  expect(alone).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_authorization_details',
      error_description: expect.stringContaining('is agreed to by a person'),
    },
  });
});
