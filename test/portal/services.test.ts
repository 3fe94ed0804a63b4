import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { anna as annaOnRecord } from '../registry/enrolment.ts';
import { TITLES, protectedApi } from '../oidc/protected-api.ts';
import {
  authorizationRequest,
  authorize,
  follow,
  relyingParty,
  signInAt,
} from '../oidc/relying-party.ts';
import { signUp } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

it('shows each service with what it gets, and ends it at once with its tokens', async () => {
  const party = await relyingParty(server, { claims: ['name', 'nationality'] });
  const person = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, person.accountId, annaOnRecord);
  expect((await person.walker.get('/services')).text).toContain('You have not shared anything yet');
  const { tokens } = await signInAt(person.walker, party);
  const shown = await person.walker.get('/services');
  for (const text of ['Name', 'Nationality', `/services/${party.clientId}/withdrawal`])
    expect(shown.text).toContain(text);

  const ended = await person.walker.post(`/services/${party.clientId}/withdrawal`);
  expect(ended.status).toBe(303);
  expect((await person.walker.get(ended.location!)).text).toContain(
    'gets nothing more from now on',
  );
  const info = openid.fetchUserInfo(party.config, tokens.access_token, tokens.claims()!.sub);
  await expect(info).rejects.toThrow();
  const introspected = await openid.tokenIntrospection(party.config, tokens.access_token);
  expect(introspected.active).toBe(false);

  // The receipt stays, with what was shown then.
  const receipts = (await person.walker.get('/services')).text;
  for (const text of [
    'Receipts',
    'To enter you as the owner of a condominium unit.',
    'you ended it on',
    'You share nothing at present',
  ])
    expect(receipts).toContain(text);

  // The next sign-in asks again.
  const request = await authorizationRequest(party);
  expect(await follow(person.walker, request.path)).toMatchObject({ at: 'page' });
});

it('ends nothing of anybody else, and knows no service that is not there', async () => {
  const party = await relyingParty(server, { client_id: 'another', claims: ['name'] });
  const anna = await signUp(server, { email: 'anna.two@example.org' });
  const { tokens } = await signInAt(anna.walker, party, { scope: 'openid profile' });
  const mai = await signUp(server, { email: 'mai@example.org' });
  expect((await mai.walker.post(`/services/${party.clientId}/withdrawal`)).status).toBe(303);
  expect((await mai.walker.post('/services/no-such-service/withdrawal')).status).toBe(404);
  const introspected = await openid.tokenIntrospection(party.config, tokens.access_token);
  expect(introspected.active).toBe(true);
});

it('tells what a service may do at resources, in the words of the consent', async () => {
  const party = await relyingParty(server, { client_id: 'reader', claims: ['name'] });
  await protectedApi(server, { services: [party.clientId] });
  const person = await signUp(server, { email: 'anna.three@example.org' });
  const request = { scope: 'openid titles:read', resource: TITLES };
  await authorize(person.walker, party, request);
  const shown = (await person.walker.get('/services')).text;
  // Once on the card, once in the receipt.
  expect(shown.split('Land titles: See the land titles in your name')).toHaveLength(3);
});
