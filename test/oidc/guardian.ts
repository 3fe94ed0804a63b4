import * as openid from 'openid-client';
import type { FullApp } from '../../src/app.ts';
import { transact } from '../../src/lib/database.ts';
import type { AccountId, OfficerId } from '../../src/lib/ids.ts';
import { declareGuardianship, ofAgeOn } from '../../src/proofing/guardianship.ts';
import { findGuardianship, setEndsOn, setVerified } from '../../src/proofing/guardianship-store.ts';
import type { PersonAttributes, TravelDocumentFacts } from '../../src/registry/person.ts';
import { tomas } from '../registry/enrolment.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow } from './relying-party.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';
import type { Walker } from '../walk.ts';

type Child = PersonAttributes & TravelDocumentFacts;

/** A child of eight: nobody of the shared people is one. */
export const jun: Child = {
  ...tomas,
  secondaryIdentifier: 'JUN',
  fullNamePrinted: 'Ōkubo Jun',
  dateOfBirth: '2018-05-04',
  documentNumber: 'C00000001',
};

/** Jun's younger sister. */
export const mio: Child = {
  ...jun,
  secondaryIdentifier: 'MIO',
  fullNamePrinted: 'Ōkubo Mio',
  dateOfBirth: '2021-11-30',
  sex: 'F',
  documentNumber: 'C00000002',
};

/**
 * A proven guardian's child: declared, its paper seen by an officer unless told, and enrolled unless told; in an account of its
 * own where one is given.
 */
export async function childOf(
  server: { app: FullApp },
  guardianAccountId: AccountId,
  given: {
    person: Child;
    officerId: string;
    verified?: boolean;
    enrolled?: boolean;
    accountId?: AccountId;
  },
): Promise<AccountId> {
  const { app } = server;
  const { person, officerId, verified = true, enrolled = true } = given;
  const declared = await transact(app.db, (tx) =>
    declareGuardianship(tx, app, { guardianAccountId, basis: 'parent' }),
  );
  if (!declared.ok) throw new Error(declared.reason);
  const childAccountId = given.accountId ?? declared.childAccountId;
  if (given.accountId)
    await app
      .db('guardianships')
      .where({ child_account_id: declared.childAccountId })
      .update({ child_account_id: given.accountId });
  if (enrolled) await enrol(server, childAccountId, person);
  await transact(app.db, async (tx) => {
    const found = await findGuardianship(tx, { guardianAccountId, childAccountId });
    if (verified)
      await setVerified(tx, {
        id: found!.id,
        how: 'birth_certificate',
        document: Buffer.from('sealed'),
        by: officerId as OfficerId,
        at: app.clock.now(),
      });
    if (enrolled) await setEndsOn(tx, childAccountId, ofAgeOn(person.dateOfBirth));
  });
  return childAccountId;
}

/** Says on the page for whom one signs in, and goes on to the next page or the service. */
export async function choose(walker: Walker, arrival: Arrival, who: string): Promise<Arrival> {
  if (arrival.at !== 'page') throw new Error('Nobody asks for whom.');
  return follow(walker, await walker.post(`${arrival.path}/subject`, { for: who }));
}

export const FOR_WHOM = 'For whom are you signing in?';

/** Walks to the service for whoever is named, agreeing where asked. */
export async function signInFor(
  walker: Walker,
  who: string,
  party: RelyingParty,
  parameters: Record<string, string> = {},
) {
  const request = await authorizationRequest(party, parameters);
  let arrival = await follow(walker, request.path);
  if (arrival.at === 'page' && arrival.answer.text.includes(FOR_WHOM))
    arrival = await choose(walker, arrival, who);
  if (arrival.at === 'page') arrival = await agree(walker, arrival);
  if (arrival.at !== 'service') throw new Error(`Stuck at ${arrival.path}`);
  const tokens = await openid.authorizationCodeGrant(
    party.config,
    arrival.url,
    request.checks,
    parameters.resource === undefined ? {} : { resource: parameters.resource },
  );
  return { tokens, claims: tokens.claims()! };
}

type Tokens = Awaited<ReturnType<typeof signInFor>>['tokens'];

/** Every way to use what was issued, and whether it still works. */
export async function worth(party: RelyingParty, tokens: Tokens) {
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

/** The latest event of an action in the audit trail. */
export async function latestEvent({ app }: { app: FullApp }, action: string) {
  const row = await app
    .db('audit_events')
    .where({ action })
    .orderBy('id', 'desc')
    .first('actor_kind', 'actor_id', 'subject_kind', 'subject_id', 'details');
  return { ...row, details: JSON.parse(row.details) };
}
