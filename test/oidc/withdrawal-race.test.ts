import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { approve, beginDevice, confirm, DEVICE, pollDevice } from './device.ts';
import {
  authorizationRequest,
  authorize,
  CALLBACK,
  follow,
  relyingParty,
  tokenRequest,
} from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * A person withdraws a consent while a request that read it is under way. Whichever of the two commits last, nothing that
 * lives may be left: a grant is stored only while the consent that it was made from is in force and held.
 */
let server: TestServer;
let lands: RelyingParty;
let app: RelyingParty;
let tv: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
  app = await relyingParty(server, { client_id: 'lands-app', token_endpoint_auth_method: 'none' });
  tv = await relyingParty(server, {
    ...DEVICE,
    client_id: 'lands-tv',
    token_endpoint_auth_method: 'none',
  });
});

let serial = 0;
const somebody = () => signUp(server, { email: `person${(serial += 1)}@example.org` });

const grantsOf = ({ accountId }: SignedIn) =>
  server.app.db('oidc_grants').where({ account_id: accountId }).pluck('id');
const tokensOf = async (person: SignedIn) =>
  server.app
    .db('oidc_tokens')
    .whereIn('grant_id', await grantsOf(person))
    .pluck('kind');

const someoneWaits = async () => {
  const { rows } = await server.app.db.raw<{ rows: unknown[] }>(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
};

/** Withdraws, does `act` while that is not committed (so it reads a consent that is going), and commits once `act` waits for it, or is done. */
async function whileWithdrawing<Result>(
  person: SignedIn,
  party: RelyingParty,
  act: () => Promise<Result>,
): Promise<Result> {
  const tx = await server.app.db.transaction();
  const by = { accountId: person.accountId, serviceId: party.clientId };
  expect(await withdrawConsent(tx, server.app, by)).toBe(true);
  const state = { done: false };
  const acting = act().finally(() => (state.done = true));
  while (!state.done && !(await someoneWaits())) await setTimeout(5);
  await tx.commit();
  return acting;
}

/** A code of a sign-in at `party`, and how it is exchanged. */
async function codeOf(person: SignedIn, party: RelyingParty, scope = 'openid profile') {
  const { url, checks } = await authorize(person.walker, party, { scope });
  return exchangeOf(url, checks.pkceCodeVerifier);
}

const exchangeOf = (url: URL, verifier: string) => ({
  grant_type: 'authorization_code',
  code: url.searchParams.get('code') ?? '',
  code_verifier: verifier,
  redirect_uri: CALLBACK,
});

/** The same person in another browser. */
async function elsewhere(person: SignedIn): Promise<SignedIn> {
  const walker = newWalker(server.url);
  await signIn(walker, person.device);
  return { ...person, walker };
}

/** As far as the browser gets: the status of the last answer that is ours, or `code` back at the service. */
async function authorizeWhile(person: SignedIn, party: RelyingParty) {
  const { path, checks } = await authorizationRequest(party, { scope: 'openid profile' });
  const arrival = await whileWithdrawing(person, party, () => follow(person.walker, path));
  return arrival.at === 'page'
    ? { page: arrival.path, status: arrival.answer.status }
    : { code: exchangeOf(arrival.url, checks.pkceCodeVerifier) };
}

async function expectNothingLives(person: SignedIn, party: RelyingParty) {
  expect(await grantsOf(person)).toEqual([]);
  // And whoever comes again is asked again.
  const { path } = await authorizationRequest(party, { scope: 'openid profile' });
  const arrival = await follow(person.walker, path);
  expect(arrival).toMatchObject({ at: 'page', path: expect.stringMatching(/^\/interaction\//) });
}

describe('a consent that is withdrawn while', () => {
  it('a browser comes for its first code in a session leaves no grant, and tells the person', async () => {
    const person = await somebody();
    await authorize(person.walker, lands, { scope: 'openid profile' });
    // The consent is on record, a grant of that session is not.
    const there = await elsewhere(person);
    expect(await authorizeWhile(there, lands)).toMatchObject({ status: 409 });
    await expectNothingLives(there, lands);
  });

  it('a browser comes for another code under a grant that there is leaves nothing under it', async () => {
    const person = await somebody();
    await authorize(person.walker, lands, { scope: 'openid profile' });
    expect(await authorizeWhile(person, lands)).toMatchObject({ status: 409 });
    await expectNothingLives(person, lands);
  });

  it.each([
    ['a confidential service', () => lands],
    ['a public one', () => app],
  ])('%s exchanges a code, refreshes: it gets nothing', async (_name, partyOf) => {
    const party = partyOf();
    const person = await somebody();
    const code = await codeOf(person, party);
    const exchanged = await whileWithdrawing(person, party, () =>
      tokenRequest(server, party, code),
    );
    expect(exchanged).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await tokensOf(person)).toEqual([]);
    const { body } = await tokenRequest(server, party, await codeOf(person, party));
    const refreshed = await whileWithdrawing(person, party, () =>
      tokenRequest(server, party, {
        grant_type: 'refresh_token',
        refresh_token: String(body.refresh_token),
      }),
    );
    expect(refreshed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await expectNothingLives(person, party);
  });

  it('a device is approved, or polls: it gets nothing', async () => {
    const person = await somebody();
    const first = await beginDevice(server, tv);
    await approve(person.walker, first.user_code);
    const polled = await whileWithdrawing(person, tv, () =>
      pollDevice(server, tv, first.device_code),
    );
    expect(polled).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await grantsOf(person)).toEqual([]);
    // Under the grant of this browser's session, and in another browser, which has none yet.
    const { walker } = await elsewhere(person);
    for (const browser of [person.walker, walker]) {
      await approve(person.walker, (await beginDevice(server, tv)).user_code);
      const { user_code: userCode, device_code: deviceCode } = await beginDevice(server, tv);
      const arrival = await whileWithdrawing(person, tv, () => confirm(browser, userCode));
      const status = browser === walker ? 409 : 200;
      expect(arrival).toMatchObject({ at: 'page', answer: { status } });
      expect(await grantsOf(person)).toEqual([]);
      expect((await pollDevice(server, tv, deviceCode)).status).toBe(400);
    }
  });
});

it('leaves nothing alive, whenever a withdrawal comes', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, somebody));
  let withdrawn = 0;
  const run = async (person: SignedIn) => {
    for (let round = 0; round < 8; round++) {
      await authorize(person.walker, lands, { scope: 'openid profile' });
      const { path, checks } = await authorizationRequest(lands, { scope: 'openid profile' });
      const by = { accountId: person.accountId, serviceId: lands.clientId };
      const using = follow(person.walker, path).then(async (arrival) =>
        arrival.at === 'service'
          ? tokenRequest(server, lands, exchangeOf(arrival.url, checks.pkceCodeVerifier))
          : { status: arrival.answer.status },
      );
      await setTimeout(Math.random() * 25);
      if (await transact(server.app.db, (tx) => withdrawConsent(tx, server.app, by)))
        withdrawn += 1;
      expect((await using).status).toBeLessThan(500);
      expect(await grantsOf(person)).toEqual([]);
    }
  };
  await Promise.all(people.map(run));
  expect(withdrawn).toBe(32);
});
