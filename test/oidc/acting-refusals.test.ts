import * as openid from 'openid-client';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { civilDate } from '../../src/assurance/civil-date.ts';
import { transact } from '../../src/lib/database.ts';
import type { AccountId, PersonId } from '../../src/lib/ids.ts';
import { findWards, mayActFor } from '../../src/proofing/acting-for.ts';
import { withdrawGuardianship } from '../../src/proofing/guardianship.ts';
import { erasePerson } from '../../src/registry/erase-person.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, arnault, officer } from '../registry/enrolment.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { FOR_WHOM, childOf, choose, jun, mio, signInFor, worth } from './guardian.ts';
import { authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let officerId: string;
let guardian: SignedIn & { personId: PersonId };
let stranger: SignedIn;
let strangersChild: AccountId;
let school: RelyingParty;
/** Takes no guardians. */
let lands: RelyingParty;
let documents = 100;

beforeAll(async () => {
  server = await startTestServer();
  officerId = (await signUpOfficer(server, { name: 'Malee', roles: ['officer'] })).accountId;
  const signedUp = await signUp(server, { email: 'anna@example.org' });
  const { personId } = await enrol(server, signedUp.accountId, anna);
  guardian = { ...signedUp, personId };
  stranger = await signUp(server, { email: 'arnault@example.org' });
  await enrol(server, stranger.accountId, arnault);
  strangersChild = await childOf(server, stranger.accountId, { person: mio, officerId });
  school = await relyingParty(server, { client_id: 'school', representation: true });
  lands = await relyingParty(server);
});

/** A child of the guardian's, of its own passport. */
function child(more: { verified?: boolean; enrolled?: boolean } = {}): Promise<AccountId> {
  const documentNumber = `C00000${++documents}`;
  const person = { ...jun, secondaryIdentifier: `JUN ${documents}`, documentNumber };
  return childOf(server, guardian.accountId, { person, officerId, ...more });
}

const arrive = async (party = school, parameters: Record<string, string> = {}) =>
  follow(guardian.walker, (await authorizationRequest(party, parameters)).path);

async function personOf(account: AccountId): Promise<PersonId> {
  const row = await server.app.db('person_accounts').where({ account_id: account }).first();
  return row.person_id;
}

const move = (personId: PersonId, to: 'suspended' | 'active') =>
  transact(server.app.db, (tx) =>
    transitionId(tx, server.app, {
      personId,
      to,
      reason: to === 'suspended' ? 'suspected_fraud' : 'question_settled',
      actor: officer,
    }),
  );

const ALL = { userinfo: true, introspection: true, refresh: true };
const NOTHING = { userinfo: false, introspection: false, refresh: false };

describe('nobody acts for', () => {
  it.each([
    ['somebody else’s ward', () => Promise.resolve(strangersChild)],
    ['a child whose paper no officer saw', () => child({ verified: false })],
    ['a child that is not enrolled', () => child({ enrolled: false })],
    ['themselves as their own ward', () => Promise.resolve(guardian.accountId)],
    ['nobody', () => Promise.resolve('nobody')],
  ])('%s: not shown, and refused where it is sent all the same', async (_who, make) => {
    await child();
    const who = await make();
    const arrival = await arrive();
    if (arrival.at !== 'page') throw new Error('Nobody asks for whom.');
    expect(arrival.answer.text).toContain(FOR_WHOM);
    expect(arrival.answer.text).not.toContain(`value="${who}"`);
    const refused = await guardian.walker.post(`${arrival.path}/subject`, { for: who });
    expect([refused.status, refused.text.includes('You cannot sign in for this person')]).toEqual([
      422,
      true,
    ]);
    const unsaid = await guardian.walker.post(`${arrival.path}/subject`);
    expect([unsaid.status, unsaid.text.includes('Choose for whom')]).toEqual([422, true]);
  });

  it('anybody, where they have nobody: no page, and no way to say so', async () => {
    const person = await signUp(server, { email: 'mai@example.org' });
    const arrival = await follow(person.walker, (await authorizationRequest(school)).path);
    if (arrival.at !== 'page') throw new Error('no consent is asked');
    expect(arrival.answer.text).not.toContain(FOR_WHOM);
    const ward = await child();
    const pressed = await person.walker.post(`${arrival.path}/subject`, { for: ward });
    expect(pressed.location).toBe(arrival.path);
    const { claims } = await signInAt(person.walker, school);
    expect(claims).not.toHaveProperty('act');
  });

  it('anybody at a service that is not registered for it, in whatever way it is said', async () => {
    const ward = await child();
    const { tokens } = await signInFor(guardian.walker, ward, school);
    const own = await signInAt(guardian.walker, lands);
    expect(own.claims).not.toHaveProperty('act');
    // The same agency, so the same sub: named by a hint, it is still another person than who signed in.
    const named = await authorizationRequest(lands, {
      claims: JSON.stringify({ id_token: { sub: { value: tokens.claims()!.sub } } }),
    });
    const back = await follow(guardian.walker, named.path);
    expect(back.at === 'service' && back.url.searchParams.get('error')).toBe('login_required');
    const arrival = await arrive(lands, { prompt: 'select_account' });
    if (arrival.at === 'page')
      expect(
        (await guardian.walker.post(`${arrival.path}/subject`, { for: ward })).location,
      ).not.toBeNull();
  });

  it('anybody silently, before they chose', async () => {
    await child();
    const fresh = await relyingParty(server, { client_id: 'clinic', representation: true });
    const back = await follow(
      guardian.walker,
      (await authorizationRequest(fresh, { prompt: 'none' })).path,
    );
    expect(back.at === 'service' && back.url.searchParams.get('error')).toBe(
      'account_selection_required',
    );
  });

  it('another’s ward that the service names', async () => {
    const theirs = await signInFor(stranger.walker, strangersChild, school);
    const back = await arrive(school, { id_token_hint: theirs.tokens.id_token! });
    expect(back.at === 'service' && back.url.searchParams.get('error')).toBe('login_required');
  });
});

describe('what was issued ends at once on every node', () => {
  const past = '2020-01-01';
  const db = () => server.app.db;
  it.each<[string, (ward: AccountId) => Promise<unknown>]>([
    ['the ward’s ID is suspended', async (ward) => move(await personOf(ward), 'suspended')],
    [
      'the guardian gives the guardianship up',
      (ward) =>
        withdrawGuardianship(server.app, {
          guardianAccountId: guardian.accountId,
          childAccountId: ward,
        }),
    ],
    [
      'the ward came of age',
      (ward) =>
        db()('guardianships')
          .where({ child_account_id: ward })
          .update({ ends_on: civilDate(server.app.clock.now()) }),
    ],
    [
      'the ward’s account is closed',
      (ward) => db()('accounts').where({ id: ward }).update({ state: 'closed' }),
    ],
    [
      'the ward is erased',
      async (ward) => {
        const personId = await personOf(ward);
        await transact(db(), (tx) =>
          erasePerson(tx, server.app, { personId, reason: 'court_order', actor: officer }),
        );
      },
    ],
    [
      'the ward’s proof counts no more',
      async (ward) =>
        db()('identity_proofs')
          .where({ person_id: await personOf(ward) })
          .update({ reproof_due_on: past }),
    ],
  ])('where %s', async (_what, change) => {
    const strict = await relyingParty(server, {
      client_id: `strict-${documents}`,
      representation: true,
      minimum_ial: 2,
    });
    const ward = await child();
    const { tokens } = await signInFor(guardian.walker, ward, strict);
    expect(await worth(strict, tokens)).toEqual(ALL);
    await change(ward);
    expect(await worth(strict, tokens)).toEqual(NOTHING);
  });

  it('where the guardian’s own ID is suspended, or their proof counts no more, until that is mended', async () => {
    const ward = await child();
    const { tokens } = await signInFor(guardian.walker, ward, school);
    await move(guardian.personId, 'suspended');
    expect(await worth(school, tokens)).toEqual(NOTHING);
    await move(guardian.personId, 'active');
    expect(await worth(school, tokens)).toEqual(ALL);
    const proofs = db()('identity_proofs').where({ person_id: guardian.personId });
    const [{ reproof_due_on: due }] = await proofs.clone().select(db().raw('reproof_due_on::text'));
    await proofs.clone().update({ reproof_due_on: past });
    // A service without a minimum: for oneself it would do.
    expect(await worth(school, tokens)).toEqual(NOTHING);
    await proofs.clone().update({ reproof_due_on: due });
    expect(await worth(school, tokens)).toEqual(ALL);
  });

  it('where the guardian signs out', async () => {
    const person = await signUp(server, { email: 'parent@example.org' });
    await enrol(server, person.accountId, {
      ...anna,
      documentNumber: 'P90000001',
      secondaryIdentifier: 'EVA',
    });
    const ward = await childOf(server, person.accountId, {
      person: { ...jun, documentNumber: 'C90000001', secondaryIdentifier: 'EVA' },
      officerId,
    });
    const { tokens } = await signInFor(person.walker, ward, school);
    await person.walker.post('/sign-out');
    expect(await worth(school, tokens)).toEqual(NOTHING);
  });
});

describe('in the midst of a sign-in', () => {
  it.each<[string, (ward: AccountId) => Promise<unknown>, string]>([
    [
      'a guardianship that ended',
      (ward) =>
        withdrawGuardianship(server.app, {
          guardianAccountId: guardian.accountId,
          childAccountId: ward,
        }),
      'You no longer act for this person',
    ],
    [
      'a ward whose ID was suspended',
      async (ward) => move(await personOf(ward), 'suspended'),
      'The ID of the person you act for',
    ],
  ])('%s is a page, and no code', async (_what, change, says) => {
    const ward = await child();
    const consent = await choose(guardian.walker, await arrive(), ward);
    if (consent.at !== 'page') throw new Error('no consent is asked');
    await change(ward);
    const shown = await guardian.walker.get(consent.path);
    expect([shown.status, shown.text.includes(says)]).toEqual([403, true]);
    const sent = await follow(
      guardian.walker,
      await guardian.walker.post(`${consent.path}/consent`, { decision: 'share' }),
    );
    expect(sent.at).toBe('page');
    for (const table of ['oidc_grants', 'oidc_consents'])
      expect(await server.app.db(table).where({ ward_account_id: ward })).toEqual([]);
  });

  it('a choice counts for who made it alone: another person who signs in is asked anew', async () => {
    const ward = await child();
    const { tokens } = await signInFor(guardian.walker, ward, school);
    const theirs = await signInFor(stranger.walker, strangersChild, school);
    expect(theirs.claims.sub).not.toBe(tokens.claims()!.sub);
    expect(await worth(school, theirs.tokens)).toEqual(ALL);
    const mixed = openid.fetchUserInfo(school.config, tokens.access_token, theirs.claims.sub);
    await expect(mixed).rejects.toThrow();
  });
});

describe('the last day', () => {
  it('is over at midnight in Thailand', async () => {
    const ward = await child();
    const by = { guardianAccountId: guardian.accountId, childAccountId: ward };
    const at = async (now: string) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(now) });
      const wards = await findWards(server.app.db, server.app, guardian.accountId);
      const may = await mayActFor(server.app.db, server.app, by);
      vi.useRealTimers();
      return [may, wards.some(({ link }) => link.child.accountId === ward)];
    };
    expect(await at('2038-05-03T16:59:59Z')).toEqual([true, true]);
    expect(await at('2038-05-03T17:00:00Z')).toEqual([false, false]);
  });
});
