import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { AccountId } from '../../src/lib/ids.ts';
import type { RowId } from '../../src/lib/ids.ts';
import { findCandidates } from '../../src/registry/candidates.ts';
import { findPersonByDocument } from '../../src/registry/find-persons.ts';
import { documentsOf } from '../../src/registry/person-file.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { statusEventsOf } from '../../src/registry/status-events.ts';
import { testApp } from '../harness.ts';
import { assuranceOf, enrol, enrolled, enrolmentOf, issued, somebody } from './enrolment.ts';
import { carriedOut, later, propose, prasert } from './parties.ts';
import type { PersonId } from '../../src/lib/ids.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const split = (personId: PersonId, documentIds: RowId[]) =>
  ({ kind: 'split', personId, documentIds, reason: 'two_persons_found' }) as const;

/** Anna, to whom two officers wrongly joined the passport of a namesake who was born on another day. */
async function wronglyJoined() {
  const anna = await enrolled(app);
  const [own] = await documentsOf(app.db, app, anna.personId);
  const namesake = { ...somebody(), dateOfBirth: '1990-12-08', sex: 'X' as const };
  const input = enrolmentOf(app, namesake, {
    accountId: anna.accountId,
    resolution: {
      kind: 'renewal',
      replaces: own!.id,
      portraits: 'match',
      secondOfficer: prasert,
    },
  });
  const { number } = await issued(app, input);
  const [wrong] = await documentsOf(app.db, app, anna.personId);
  return { anna, own: own!, wrong: wrong!, namesake, number };
}

describe('splitting off a document that was joined to the wrong person', () => {
  it('leaves number, account and own passport where they were, and gives the other to a person of its own', async () => {
    const { anna, own, wrong, namesake, number } = await wronglyJoined();
    await carriedOut(app, split(anna.personId, [wrong.id]));

    const standing = (await standingOf(app.db, app, anna.accountId))!;
    expect(standing.number()).toBe(number);
    expect(standing.attributes()).toMatchObject({ dateOfBirth: '1990-08-12', sex: 'F' });
    expect(standing.stay).toMatchObject({ status: 'unknown', asOf: null });
    expect(standing.proofs).toHaveLength(1);
    expect(await assuranceOf(later(app, 80), anna.accountId)).toMatchObject({
      ial: 2,
      identity: { documentCurrent: true },
    });
    expect(await documentsOf(app.db, app, anna.personId)).toMatchObject([
      { id: own.id, replacedOn: null },
    ]);

    const other = (await findPersonByDocument(app.db, app, namesake))!;
    expect(other).toMatchObject({ accountId: null, idState: 'none' });
    expect(other.personId).not.toBe(anna.personId);
    expect(await findCandidates(app.db, app, namesake)).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ personId: other.personId })]),
    );
    const told = (await statusEventsOf(app.db, anna.personId)).at(-1)!;
    expect(told).toMatchObject({ kind: 'identity_split', otherPersonId: other.personId });
    expect(told.doubtful!.until.getTime() - told.doubtful!.from.getTime()).toBeGreaterThan(
      72 * 36e5,
    );
  });

  it('lets whoever holds the other passport prove it, and have a number of their own', async () => {
    const { anna, wrong, namesake, number } = await wronglyJoined();
    await carriedOut(app, split(anna.personId, [wrong.id]));
    const other = (await findPersonByDocument(app.db, app, namesake))!;
    const enrolment = await issued(
      app,
      enrolmentOf(app, namesake, { accountId: AccountId.make(app) }),
    );
    expect(enrolment).toMatchObject({ outcome: 'issued', personId: other.personId });
    expect(enrolment.number).not.toBe(number);
    // Not by Anna's account, which is Anna's.
    const again = enrolmentOf(app, namesake, { accountId: anna.accountId });
    expect(await enrol(app, again)).toMatchObject({ ok: false, reason: 'document_on_record' });
  });

  it('leaves a person at least one document, and takes none that is not theirs', async () => {
    const { anna, own, wrong } = await wronglyJoined();
    const stranger = await enrolled(app);
    const [foreign] = await documentsOf(app.db, app, stranger.personId);
    expect(await propose(app, split(anna.personId, [own.id, wrong.id]))).toEqual({
      ok: false,
      reason: 'nothing_left',
    });
    for (const ids of [[], [foreign!.id]])
      expect(await propose(app, split(anna.personId, ids))).toEqual({
        ok: false,
        reason: 'not_found',
      });
  });
});
