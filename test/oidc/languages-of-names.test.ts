import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, arnault, tomas } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let party: RelyingParty;
beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server, { claims: ['name', 'family_name', 'given_name'] });
});

const inThai = { ...anna, documentNumber: 'THAI00001', fullNamePrinted: 'แอนนา มาเรีย อีริคสัน' };

async function namesOf(
  person: typeof anna,
  parameters: Record<string, string>,
): Promise<openid.UserInfoResponse> {
  const { walker, accountId } = await signUp(server, {
    email: `${person.documentNumber.toLowerCase()}@example.org`,
  });
  await enrol(server, accountId, person);
  const { tokens, claims } = await signInAt(walker, party, parameters);
  return openid.fetchUserInfo(party.config, tokens.access_token, claims.sub);
}

it('come in Thai script where the document prints them so, beside the letters of its zone', async () => {
  expect(await namesOf(inThai, { scope: 'openid profile', claims_locales: 'th en' })).toMatchObject(
    {
      name: 'ANNA MARIA ERIKSSON',
      'name#th': 'แอนนา มาเรีย อีริคสัน',
      family_name: 'ERIKSSON',
    },
  );
  for (const person of [tomas, arnault])
    expect(await namesOf(person, { scope: 'openid profile' })).not.toHaveProperty('name#th');
});

it('can be asked by their tagged name alone, plain or verified, under the same consent', async () => {
  const { walker, accountId } = await signUp(server, { email: 'tagged@example.org' });
  await enrol(server, accountId, { ...inThai, documentNumber: 'THAI00002' });
  const verified_claims = {
    verification: { trust_framework: null },
    claims: { 'name#th': null },
  };
  const parameters = {
    scope: 'openid',
    claims: JSON.stringify({
      id_token: { 'name#th': null },
      userinfo: { verified_claims },
    }),
  };
  const request = await authorizationRequest(party, parameters);
  const page = await follow(walker, request.path);
  if (page.at !== 'page') throw new Error('not asked');
  expect(page.answer.text).toContain('ANNA MARIA ERIKSSON · แอนนา มาเรีย อีริคสัน');
  const back = await agree(walker, page);
  if (back.at !== 'service') throw new Error('not back');
  const tokens = await openid.authorizationCodeGrant(party.config, back.url, request.checks);
  expect(tokens.claims()).toMatchObject({ 'name#th': 'แอนนา มาเรีย อีริคสัน' });
  expect(tokens.claims()).not.toHaveProperty('name');
  const info = await openid.fetchUserInfo(party.config, tokens.access_token, tokens.claims()!.sub);
  expect(info.verified_claims).toMatchObject({
    claims: { 'name#th': 'แอนนา มาเรีย อีริคสัน' },
  });
});

it('are refused in any language to a service that is not registered for them', async () => {
  const nameless = await relyingParty(server, { client_id: 'nameless', claims: ['birthdate'] });
  const { walker } = await signUp(server, { email: 'nameless@example.org' });
  const request = await authorizationRequest(nameless, {
    scope: 'openid',
    claims: JSON.stringify({ userinfo: { 'name#th': null } }),
  });
  const arrival = await follow(walker, request.path);
  expect(arrival.at === 'service' && arrival.url.searchParams.get('error_description')).toBe(
    'claims: this service is not registered for "name#th"',
  );
});
