import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { endSessionsOfPasskey } from '../../src/web/sessions.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer, tomas } from '../registry/enrolment.ts';
import { newWalker, signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server, { claims: ['name', 'stay', 'foreign_national_id'] });
});

const scope = 'openid profile stay';

/** Every way to use what was issued, and whether it still works. */
async function worth(party: RelyingParty, tokens: Awaited<ReturnType<typeof signInAt>>['tokens']) {
  const sub = tokens.claims()!.sub;
  const [info, active, refresh] = await Promise.allSettled([
    openid.fetchUserInfo(party.config, tokens.access_token, sub),
    openid.tokenIntrospection(party.config, tokens.access_token),
    openid.refreshTokenGrant(party.config, tokens.refresh_token!),
  ]);
  return {
    userinfo: info.status === 'fulfilled',
    introspection: active.status === 'fulfilled' && active.value.active,
    refresh: refresh.status === 'fulfilled',
  };
}

const ALL = { userinfo: true, introspection: true, refresh: true };
const NOTHING = { userinfo: false, introspection: false, refresh: false };

const suspend = (personId: PersonId) =>
  transact(server.app.db, (tx) =>
    transitionId(tx, server.app, {
      personId,
      to: 'suspended',
      reason: 'suspected_fraud',
      actor: officer,
    }),
  );

it('ends what was issued when the ID is suspended, and says so on a page instead of failing', async () => {
  const person = await signUp(server, { email: 'anna@example.org' });
  const { personId } = await enrol(server, person.accountId, anna);
  const { tokens } = await signInAt(person.walker, lands, { scope });
  expect(await worth(lands, tokens)).toEqual(ALL);
  await suspend(personId);
  expect(await worth(lands, tokens)).toEqual(NOTHING);

  const request = await authorizationRequest(lands, { scope });
  const page = await follow(person.walker, request.path);
  if (page.at !== 'page') throw new Error('it went on');
  expect(page.answer.status).toBe(403);
  expect(page.answer.text).toContain('Your ID is on hold');
  const silent = await authorizationRequest(lands, { scope, prompt: 'none' });
  const back = await follow(person.walker, silent.path);
  expect(back.at === 'service' && back.url.searchParams.get('error')).toBe('access_denied');
});

it('ends what a passkey signed in when it is removed, and when its person signs out', async () => {
  const removed = await signUp(server, { email: 'removed@example.org' });
  const first = await signInAt(removed.walker, lands, { scope });
  const passkeys = server.app.db('passkeys').where({ account_id: removed.accountId });
  const [{ id }] = (await passkeys.clone().select('id')) as [{ id: never }];
  await transact(server.app.db, async (tx) => {
    await tx('passkeys').where({ id }).update({ removed_at: new Date() });
    await endSessionsOfPasskey(tx, server.app, id);
  });
  expect(await worth(lands, first.tokens)).toEqual(NOTHING);

  const left = await signUp(server, { email: 'left@example.org' });
  const second = await signInAt(left.walker, lands, { scope });
  await left.walker.post('/sign-out');
  expect(await worth(lands, second.tokens)).toEqual(NOTHING);
  const request = await authorizationRequest(lands, { scope });
  const page = await follow(left.walker, request.path);
  expect(page.at === 'page' && page.answer.text).toContain('Sign in with a passkey');
});

it('tells the stay as it is now, and refuses it where a service demands a lawful one', async () => {
  const demanding = await relyingParty(server, {
    client_id: 'lands-stay',
    demands_lawful_stay: true,
    minimum_ial: 2,
    claims: ['stay'],
  });
  const person = await signUp(server, { email: 'tomas@example.org' });
  const { personId } = await enrol(server, person.accountId, tomas);
  const plain = await signInAt(person.walker, lands, { scope });
  const strict = await signInAt(person.walker, demanding, { scope: 'openid stay' });
  await transact(server.app.db, (tx) =>
    recordStay(tx, server.app, {
      personId,
      stay: {
        status: 'expired',
        admittedUntil: '2026-01-01',
        basis: 'ED',
        asOf: new Date().toISOString(),
        source: 'sandbox',
      },
      actor: officer,
    }),
  );
  const info = await openid.fetchUserInfo(
    lands.config,
    plain.tokens.access_token,
    plain.claims.sub,
  );
  expect(info.stay).toMatchObject({ status: 'expired', admitted_until: '2026-01-01' });
  expect(await worth(lands, plain.tokens)).toEqual(ALL);
  expect(await worth(demanding, strict.tokens)).toEqual(NOTHING);
  const request = await authorizationRequest(demanding, { scope: 'openid stay' });
  const page = await follow(person.walker, request.path);
  expect(page.at === 'page' && page.answer.text).toContain('people whose stay is permitted today');
});

it('asks again when a service wants more, and shares nothing once consent is withdrawn', async () => {
  const { walker, accountId } = await signUp(server, { email: 'mai@example.org' });
  const first = await signInAt(walker, lands, { scope: 'openid profile' });
  const request = await authorizationRequest(lands, { scope });
  const more = await follow(walker, request.path);
  expect(more.at === 'page' && more.answer.text).toContain('more than you agreed to before');
  const second = await signInAt(walker, lands, { scope });
  expect(await worth(lands, first.tokens)).toEqual(ALL);

  const withdrawn = await transact(server.app.db, (tx) =>
    withdrawConsent(tx, server.app, { accountId, serviceId: lands.clientId }),
  );
  expect(withdrawn).toBe(true);
  expect(await worth(lands, second.tokens)).toEqual(NOTHING);
  const anew = await follow(walker, (await authorizationRequest(lands, { scope })).path);
  expect(anew.at === 'page' && anew.answer.text).toContain('will receive');
  const receipts = await server.app
    .db('oidc_consents')
    .where({ account_id: accountId })
    .orderBy('given_at')
    .pluck('ended_reason');
  expect(receipts).toEqual(['replaced', 'withdrawn']);
});

it('asks about what becomes known later, though it was asked for before', async () => {
  const { walker, accountId } = await signUp(server, { email: 'later@example.org' });
  const before = await signInAt(walker, lands, { scope });
  await enrol(server, accountId, { ...anna, documentNumber: 'LATER0001' });
  // Nothing that the person has not seen leaves: not by a refresh either.
  const fresh = await openid.refreshTokenGrant(lands.config, before.tokens.refresh_token!);
  const info = await openid.fetchUserInfo(lands.config, fresh.access_token, before.claims.sub);
  expect(info).not.toHaveProperty('name');
  const page = await follow(walker, (await authorizationRequest(lands, { scope })).path);
  expect(page.at === 'page' && page.answer.text).toContain('ANNA MARIA ERIKSSON');
});

it('does not ask for ever about levels that a request names as claims', async () => {
  const { walker } = await signUp(server, { email: 'levels@example.org' });
  const claims = JSON.stringify({ id_token: { ial: { essential: true }, aal: null, sid: null } });
  const signedIn = await signInAt(walker, lands, { scope: 'openid', claims });
  expect(signedIn.claims).toMatchObject({ ial: 0, aal: 2 });
});

it('keeps browsers apart: another person in the same browser gets another session and sub', async () => {
  const first = await signUp(server, { email: 'one@example.org' });
  const one = await signInAt(first.walker, lands, { scope });
  const second = await signUp(server, { email: 'two@example.org' });
  // The second person's own session in the first person's browser.
  const mixed = newWalker(server.url);
  for (const [name, value] of first.walker.cookies) mixed.cookies.set(name, value);
  for (const name of ['tangchat_session', 'tangchat_browser'])
    mixed.cookies.set(name, second.walker.cookies.get(name)!);
  const two = await signInAt(mixed, lands, { scope });
  expect(two.claims.sub).not.toBe(one.claims.sub);
  expect(await worth(lands, one.tokens)).toEqual(ALL);
});

it('signs out everywhere where the person says so, and goes back to the service', async () => {
  const party = await relyingParty(server, {
    client_id: 'lands-out',
    post_logout_redirect_uris: ['http://127.0.0.1:4002/bye'],
  });
  const { walker } = await signUp(server, { email: 'out@example.org' });
  const { tokens } = await signInAt(walker, party);
  const url = openid.buildEndSessionUrl(party.config, {
    id_token_hint: tokens.id_token!,
    post_logout_redirect_uri: 'http://127.0.0.1:4002/bye',
    state: 'x',
  });
  const page = await follow(walker, `${url.pathname}${url.search}`);
  if (page.at !== 'page') throw new Error('no page');
  expect(page.answer.text).toContain('Sign out everywhere?');
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.answer.text)![1]!;
  const done = await follow(
    walker,
    await walker.post('/oidc/sign-out/confirm', { xsrf, logout: 'yes' }),
  );
  expect(done.at === 'service' && done.url.href).toBe('http://127.0.0.1:4002/bye?state=x');
  expect(await worth(party, tokens)).toEqual(NOTHING);
  const home = await walker.get('/home');
  expect(home.location).toContain('/sign-in');
});
