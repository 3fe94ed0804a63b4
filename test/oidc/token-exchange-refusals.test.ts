import * as openid from 'openid-client';
import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { endAgreement } from '../../src/agencies/add-agreement.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import {
  ACCESS_TOKEN,
  EXCHANGE,
  LEDGER,
  PERMITS,
  agenciesWithAgreements,
} from './exchange-parties.ts';
import type { Agencies } from './exchange-parties.ts';
import { REVENUE, TITLES } from './protected-api.ts';
import { authorize, relyingParty, signInAt } from './relying-party.ts';

let all: Agencies;

beforeAll(async () => {
  all = await agenciesWithAgreements();
});

const NO_ALG = new UnsecuredJWT({ sub: 'anna' }).setIssuer('https://evil.example').encode();
const FOREIGN = await new SignJWT({ sub: 'anna' })
  .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
  .sign(new Uint8Array(32));

it.each([
  [
    'no subject token',
    { subject_token: '' },
    'invalid_request',
    'subject_token: expected the access token',
  ],
  [
    'another type of token',
    { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    'invalid_request',
    'subject_token_type: expected urn:ietf',
  ],
  [
    'a JWT without a signature',
    { subject_token: NO_ALG },
    'invalid_request',
    'expected an opaque access token',
  ],
  [
    'a JWT of somebody',
    { subject_token: FOREIGN },
    'invalid_request',
    'expected an opaque access token',
  ],
  [
    'a token that nobody issued',
    { subject_token: 'x'.repeat(43) },
    'invalid_request',
    'expected a live access token',
  ],
  [
    'an actor token',
    { actor_token: 'x', actor_token_type: ACCESS_TOKEN },
    'invalid_request',
    'actor_token: leave it out',
  ],
  [
    'a wish for an ID token',
    { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    'invalid_request',
    'requested_token_type: expected',
  ],
  ['an audience', { audience: 'lands' }, 'invalid_target', 'audience: leave it out'],
  ['no resource', { resource: '' }, 'invalid_target', 'expected exactly one'],
  [
    'a relative resource',
    { resource: '/titles' },
    'invalid_target',
    'expected an absolute address',
  ],
  [
    'a resource with a fragment',
    { resource: `${TITLES}#a` },
    'invalid_target',
    'without a fragment',
  ],
  [
    'a resource that nobody knows',
    { resource: 'https://nobody.example/' },
    'invalid_target',
    'is not registered',
  ],
  [
    'a resource without an agreement',
    { resource: PERMITS },
    'invalid_target',
    'there is no agreement in force',
  ],
  ['no scope', { scope: '' }, 'invalid_request', 'scope: expected at least one'],
  [
    'a scope beyond the agreement',
    { scope: 'titles:read titles:write' },
    'invalid_scope',
    'covers titles:read and nothing else',
  ],
])('refuses %s with a sentence', async (_what, more, error, said) => {
  const { status, body } = await all.exchange(more);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error, error_description: expect.stringContaining(said) });
});

it('refuses what is not an access token, or not the business of the calling service', async () => {
  const { tokens } = await signInAt(all.person.walker, all.labour);
  const foreign = await all.exchange({ subject_token: tokens.access_token });
  expect(foreign).toMatchObject({
    status: 400,
    body: { error_description: expect.stringContaining('that this service got for its user') },
  });
  const own = await signInAt(all.person.walker, all.revenue);
  const refresh = await all.exchange({ subject_token: own.tokens.refresh_token! });
  expect(refresh.status).toBe(400);
  const { url, checks } = await authorize(all.person.walker, all.revenue);
  const code = url.searchParams.get('code')!;
  await openid.authorizationCodeGrant(all.revenue.config, url, checks);
  expect((await all.exchange({ subject_token: code })).status).toBe(400);
  const plain = await relyingParty(all.server, { client_id: 'revenue-plain', agency: REVENUE });
  expect((await all.exchange({}, plain)).body.error).toBe('invalid_request');
});

it('refuses several resources, and ends with the agreement', async () => {
  const body = new URLSearchParams({
    grant_type: EXCHANGE,
    subject_token: all.subjectToken,
    subject_token_type: ACCESS_TOKEN,
    scope: 'titles:read',
  });
  for (const resource of [TITLES, LEDGER]) body.append('resource', resource);
  const basic = Buffer.from(`revenue-tax:${all.revenue.secret}`).toString('base64');
  const both = await fetch(`${all.server.url}/oidc/token`, {
    method: 'POST',
    body,
    headers: { authorization: `Basic ${basic}` },
  });
  expect(await both.json()).toMatchObject({ error: 'invalid_target' });
  await transact(all.server.app.db, (tx) =>
    endAgreement(tx, all.server.app, { id: all.agreementId, actor: SYSTEM }),
  );
  const after = await all.exchange();
  expect(after).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
});
