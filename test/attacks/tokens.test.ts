import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { anna, tomas } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp } from '../walk.ts';

/* What a service was given ends with the sign-in that it came from, and does not come back with another. */
let server: TestServer;
let party: RelyingParty;
beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server, { claims: ['name'] });
}, 30_000);

type Tokens = Awaited<ReturnType<typeof signInAt>>['tokens'];

const isGood = (tokens: Tokens): Promise<boolean> =>
  openid.fetchUserInfo(party.config, tokens.access_token, tokens.claims()!.sub).then(
    () => true,
    () => false,
  );

it('ends tokens with the sign-out of their browser, whoever else is signed in as the same person', async () => {
  const person = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, person.accountId, anna);
  const { tokens } = await signInAt(person.walker, party, { scope: 'openid profile' });
  // A step-up: the session goes on under another name, and the tokens with it.
  await signIn(person.walker, person.device);
  expect(await isGood(tokens)).toBe(true);
  await signIn(person.walker, person.device);
  expect(await isGood(tokens)).toBe(true);

  const elsewhere = newWalker(server.url);
  await signIn(elsewhere, person.device);
  await person.walker.post('/sign-out');
  expect(await isGood(tokens)).toBe(false);
  expect((await elsewhere.get('/home')).status).toBe(200);
});

it('keeps tokens of ended sessions dead when their holder signs in again', async () => {
  const person = await signUp(server, { email: 'tomas@example.org' });
  await enrol(server, person.accountId, tomas);
  const thief = newWalker(server.url);
  await signIn(thief, person.device);
  const { tokens } = await signInAt(thief, party, { scope: 'openid profile' });
  await signIn(thief, person.device);
  expect(await isGood(tokens)).toBe(true);
  await person.walker.post('/sessions/others/end');
  expect(await isGood(tokens)).toBe(false);
  await signIn(newWalker(server.url), person.device);
  await signIn(person.walker, person.device);
  expect(await isGood(tokens)).toBe(false);
});

it('ends tokens with the account', async () => {
  const person = await signUp(server, { email: 'ends@example.org' });
  const open = await relyingParty(server, { client_id: 'open-service' });
  const signedIn = await signInAt(person.walker, open, { scope: 'openid' });
  const use = () =>
    openid
      .tokenIntrospection(open.config, signedIn.tokens.access_token)
      .then(({ active }) => active);
  expect(await use()).toBe(true);
  await server.app.db('accounts').where({ id: person.accountId }).update({ state: 'blocked' });
  expect(await use()).toBe(false);
});
