import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { OfficerId, PersonId } from '../../src/lib/ids.ts';
import { applyProposal } from '../../src/registry/decide-proposal.ts';
import {
  findPersonByDocument,
  findPersonByNumber,
  idHistory,
} from '../../src/registry/find-persons.ts';
import { proposalsAbout } from '../../src/registry/propose-change.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { statusEventsOf } from '../../src/registry/status-events.ts';
import { accountInForce } from '../../src/registry/survivor.ts';
import { markDormant, revokeId, suspendId } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import {
  assuranceOf,
  countOf,
  enrol,
  enrolled,
  enrolmentOf,
  notYet,
  officer,
} from './enrolment.ts';
import {
  carriedOut,
  decide,
  jobsOf,
  later,
  malee,
  merge,
  prasert,
  propose,
  unmerge,
} from './parties.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

async function two() {
  const [one, other] = [await enrolled(app), await enrolled(app)];
  const numberOf = async ({ accountId }: typeof one) =>
    (await standingOf(app.db, app, accountId))!.number()!;
  return { one, other, numbers: [await numberOf(one), await numberOf(other)] as const };
}

const stateOf = async (personId: PersonId) => (await idHistory(app.db, personId)).at(-1)!.to;

describe('a merge', () => {
  it('waits for a second officer and 72 hours, tells both, and then both numbers lead to one person', async () => {
    const { one, other, numbers } = await two();
    const proposed = await propose(app, merge(one.personId, other.personId));
    if (!proposed.ok) throw new Error(proposed.reason);
    expect(await decide(app, proposed.id, 'approve', malee)).toEqual({
      ok: false,
      reason: 'own_proposal',
    });
    expect(await decide(app, proposed.id)).toEqual({ ok: true, state: 'approved' });
    const notices = (await jobsOf(app, 'notify_holder')).filter(({ personId }) =>
      [one.personId, other.personId].includes(personId as PersonId),
    );
    expect(notices.map(({ template }) => template)).toEqual(['merge_planned', 'merge_planned']);

    for (const hours of [0, 71])
      await applyProposal({ proposalId: proposed.id }, later(app, hours));
    expect(await findPersonByNumber(app.db, app, numbers[1])).toMatchObject(
      other.accountId && {
        personId: other.personId,
      },
    );
    await applyProposal({ proposalId: proposed.id }, later(app, 73));
    for (const number of numbers)
      expect(await findPersonByNumber(app.db, app, number)).toEqual({
        personId: one.personId,
        accountId: one.accountId,
        idState: 'active',
      });
    expect(await findPersonByDocument(app.db, app, other.document)).toMatchObject({
      personId: one.personId,
    });
    expect(await accountInForce(app.db, other.accountId)).toBe(one.accountId);
    expect(await stateOf(other.personId)).toBe('superseded');
    expect(await statusEventsOf(app.db, other.personId)).toMatchObject([
      { kind: 'id_state_changed', to: 'active' },
      { kind: 'id_state_changed', from: 'active', to: 'superseded', reason: 'merged' },
      { kind: 'identifier_changed', otherPersonId: one.personId },
    ]);
    // The job runs at least once: a second run changes nothing.
    const before = await countOf(app, 'audit_events');
    await applyProposal({ proposalId: proposed.id }, later(app, 74));
    expect(await countOf(app, 'audit_events')).toBe(before);
  });

  it('moves no account, proof or level', async () => {
    const { one, other } = await two();
    const before = await assuranceOf(app, one.accountId);
    await carriedOut(app, merge(one.personId, other.personId));
    expect(await assuranceOf(app, one.accountId)).toEqual(before);
    expect((await standingOf(app.db, app, one.accountId))!.proofs).toHaveLength(1);
    const theirs = await standingOf(app.db, app, other.accountId);
    expect(theirs).toMatchObject({ personId: other.personId, idState: 'superseded' });
    expect(await assuranceOf(app, other.accountId)).toMatchObject({
      ial: 0,
      signIn: { maySignIn: false },
    });
  });

  it.each(['one', 'other'] as const)('is off when %s of the two freezes their ID', async (who) => {
    const pair = await two();
    const proposed = await propose(app, merge(pair.one.personId, pair.other.personId));
    if (!proposed.ok) throw new Error(proposed.reason);
    await decide(app, proposed.id);
    const actor = { kind: 'holder', id: null } as const;
    const { personId } = pair[who];
    await transact(app.db, (tx) => suspendId(tx, app, { personId, reason: 'holder_froze', actor }));
    await applyProposal({ proposalId: proposed.id }, later(app, 73));
    expect(await findPersonByNumber(app.db, app, pair.numbers[1])).toMatchObject({
      personId: pair.other.personId,
    });
    expect(await proposalsAbout(app.db, app, personId)).toMatchObject([
      { state: 'objected', note: 'Same face.' },
    ]);
    // It may be proposed anew, when the two have been heard.
    expect((await propose(app, merge(pair.one.personId, pair.other.personId))).ok).toBe(true);
  });

  it('is refused where it makes no sense, or the officer is a party', async () => {
    const { one, other } = await two();
    const refused = async (change: ReturnType<typeof merge>, reason: string, by = malee) =>
      expect(await propose(app, change, by)).toEqual({ ok: false, reason });
    await refused(merge(one.personId, one.personId), 'same_person');
    await refused(merge(one.personId, PersonId.make(app)), 'not_found');
    const self = OfficerId.parse(other.accountId)!;
    await refused(merge(one.personId, other.personId), 'own_person', self);
    const third = await enrolled(app);
    await carriedOut(app, merge(one.personId, other.personId));
    await refused(merge(third.personId, other.personId), 'already_merged');
    await refused(unmerge(third.personId, other.personId), 'not_merged');
    const change = {
      personId: third.personId,
      reason: 'fraud_established',
      actor: officer,
    } as const;
    await transact(app.db, (tx) => revokeId(tx, app, change));
    await refused(merge(third.personId, one.personId), 'state_forbids');
    await refused(merge(one.personId, third.personId), 'state_forbids');
  });

  it('is one at a time for a person, and a rejected or withdrawn one makes room', async () => {
    const { one, other } = await two();
    const third = await enrolled(app);
    const first = await propose(app, merge(one.personId, other.personId));
    if (!first.ok) throw new Error(first.reason);
    expect(await propose(app, merge(one.personId, third.personId))).toEqual({
      ok: false,
      reason: 'open_proposal',
    });
    expect(await decide(app, first.id, 'reject', malee)).toEqual({ ok: true, state: 'withdrawn' });
    expect(await decide(app, first.id)).toEqual({ ok: false, reason: 'settled' });
    const second = await propose(app, merge(one.personId, third.personId));
    if (!second.ok) throw new Error(second.reason);
    expect(await decide(app, second.id, 'reject')).toEqual({ ok: true, state: 'rejected' });
  });

  it('that became impossible while it waited changes nothing', async () => {
    const { one, other } = await two();
    const proposed = await propose(app, merge(one.personId, other.personId));
    if (!proposed.ok) throw new Error(proposed.reason);
    await decide(app, proposed.id);
    const change = { personId: one.personId, reason: 'fraud_established', actor: officer } as const;
    await transact(app.db, (tx) => revokeId(tx, app, change));
    await applyProposal({ proposalId: proposed.id }, later(app, 73));
    expect(await stateOf(other.personId)).toBe('active');
    expect(await proposalsAbout(app.db, app, one.personId)).toMatchObject([{ state: 'failed' }]);
  });

  it('approved by eight officers at once is approved once', async () => {
    const { one, other } = await two();
    const proposed = await propose(app, merge(one.personId, other.personId));
    if (!proposed.ok) throw new Error(proposed.reason);
    const decided = await Promise.all(
      Array.from({ length: 8 }, () => decide(app, proposed.id, 'approve', prasert)),
    );
    expect(decided.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('lets the survivor prove themselves by the other’s passport, and leads through merges of merges', async () => {
    const { one, other } = await two();
    const third = await enrolled(app);
    await carriedOut(app, merge(other.personId, third.personId));
    await carriedOut(app, merge(one.personId, other.personId));
    expect(await findPersonByDocument(app.db, app, third.document)).toMatchObject({
      personId: one.personId,
    });
    const again = enrolmentOf(app, other.document, { accountId: one.accountId });
    expect(await enrol(app, again)).toMatchObject({ outcome: 'reproofed', personId: one.personId });
    const standing = (await standingOf(app.db, app, one.accountId))!;
    expect(
      standing.proofs.map(({ proofId }) => standing.documentOf(proofId)?.documentNumber),
    ).toEqual([one.document.documentNumber, other.document.documentNumber]);
    // From the account that lost its number nothing goes out, whatever it proves.
    const lost = enrolmentOf(app, other.document, { accountId: other.accountId });
    expect(await enrol(app, lost)).toMatchObject({ ok: false, reason: 'document_on_record' });
  });
});

describe('undoing a merge', () => {
  it('gives the number, the state from before and the documents back, and tells the doubtful interval', async () => {
    const { one, other, numbers } = await two();
    const change = { personId: other.personId, reason: 'suspected_fraud', actor: officer } as const;
    await transact(app.db, (tx) =>
      markDormant(tx, app, { personId: other.personId, actor: officer }),
    );
    await transact(app.db, (tx) => suspendId(tx, app, change));
    await carriedOut(app, merge(one.personId, other.personId));
    const proof = enrolmentOf(app, other.document, { accountId: one.accountId });
    expect(await enrol(app, proof)).toMatchObject({ ok: true, personId: one.personId });

    await carriedOut(app, unmerge(one.personId, other.personId));
    expect(await stateOf(other.personId)).toBe('suspended');
    expect(await findPersonByNumber(app.db, app, numbers[1])).toMatchObject({
      personId: other.personId,
      accountId: other.accountId,
    });
    expect(await findPersonByDocument(app.db, app, other.document)).toMatchObject({
      personId: other.personId,
    });
    expect(await accountInForce(app.db, other.accountId)).toBe(other.accountId);
    for (const { personId } of [one, other])
      expect((await statusEventsOf(app.db, personId)).at(-1)).toMatchObject({
        kind: 'identity_split',
        doubtful: { from: expect.any(Date), until: expect.any(Date) },
      });
    // A proof by the other's passport carries the survivor no more: it stays on record.
    const standing = (await standingOf(app.db, app, one.accountId))!;
    expect(standing.proofs).toHaveLength(2);
    const { identity } = await assuranceOf(later(app, 74), one.accountId);
    expect(identity.proofId).toBe(standing.proofs[0]!.proofId);
    // A suspension lifted leads back to where it came from.
    const rows = await app
      .db('foreign_ids')
      .where({ person_id: other.personId })
      .first('suspended_from');
    expect(rows.suspended_from).toBe('dormant');
  });

  it('gives a provisional ID back with its last day', async () => {
    const one = await enrolled(app);
    const other = await enrolled(app, { stay: notYet, provisionalUntil: '2027-03-01' });
    await carriedOut(app, merge(one.personId, other.personId));
    await carriedOut(app, unmerge(one.personId, other.personId));
    const row = await app
      .db('foreign_ids')
      .where({ person_id: other.personId })
      .first('state', 'provisional_until');
    expect(row).toEqual({ state: 'provisional', provisional_until: '2027-03-01' });
  });
});

it('cut at any statement, a merge happened whole or not at all', async () => {
  const { one, other } = await two();
  const proposed = await propose(app, merge(one.personId, other.personId));
  if (!proposed.ok) throw new Error(proposed.reason);
  await decide(app, proposed.id);
  const soon = later(app, 73);
  const events = await countOf(app, 'audit_events');
  let reached = 0;
  for (let statement = 2; statement < 60; statement += 1) {
    let count = 0;
    const failing = {
      ...soon,
      // Every statement of the transaction asks for a row id or the time: fail at the n-th of those.
      clock: {
        now: () => {
          count += 1;
          if (count === statement) throw new Error('killed');
          return soon.clock.now();
        },
      },
    };
    const end = await applyProposal({ proposalId: proposed.id }, failing).catch(() => 'cut');
    if (end !== 'cut') break;
    reached = statement;
    expect(await stateOf(other.personId)).toBe('active');
    expect(await countOf(app, 'audit_events')).toBe(events);
  }
  expect(reached).toBeGreaterThan(3);
  expect(await stateOf(other.personId)).toBe('superseded');
});
