import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId } from '../../src/lib/ids.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { findCandidates } from '../../src/registry/candidates.ts';
import { erasePerson } from '../../src/registry/erase-person.ts';
import { idHistory } from '../../src/registry/find-persons.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { statusEventsOf } from '../../src/registry/status-events.ts';
import { revokeId } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import { assuranceOf, countOf, enrol, enrolled, enrolmentOf, officer } from './enrolment.ts';
import { carriedOut, merge, propose } from './parties.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const erase = (personId: PersonId) =>
  transact(app.db, (tx) =>
    erasePerson(tx, app, { personId, reason: 'holder_asked', actor: officer }),
  );

describe('erasing a person', () => {
  it('leaves nothing that can be read, finds nobody by name, and tells services', async () => {
    const { personId, accountId, document } = await enrolled(app);
    expect(await erase(personId)).toEqual({ ok: true, accountId, documents: 1 });
    expect(await standingOf(app.db, app, accountId)).toBeNull();
    const found = await findCandidates(app.db, app, document);
    expect(found.some((candidate) => candidate.personId === personId)).toBe(false);
    const { rows } = await app.db.raw(
      `select k.wrapped_key from persons p join data_keys k on k.id = p.data_key_id where p.id = ?`,
      [personId],
    );
    expect(rows).toEqual([{ wrapped_key: null }]);
    expect((await statusEventsOf(app.db, personId)).map(({ kind }) => kind)).toEqual([
      'id_state_changed',
      'person_erased',
      'id_state_changed',
    ]);
    expect(await erase(personId)).toEqual({ ok: false, reason: 'erased_already' });
  });

  it('gives the same number back to who proves the same passport again', async () => {
    const { personId, accountId, document } = await enrolled(app);
    const number = (await standingOf(app.db, app, accountId))!.number();
    await erase(personId);
    const numbers = await countOf(app, 'foreign_ids');
    const again = enrolmentOf(app, document, { accountId: AccountId.make(app) });
    expect(await enrol(app, again)).toMatchObject({
      ok: true,
      outcome: 'returned',
      personId,
      number,
      state: 'active',
    });
    expect(await countOf(app, 'foreign_ids')).toBe(numbers);
    expect(await assuranceOf(app, again.accountId)).toMatchObject({ ial: 2 });
    const standing = (await standingOf(app.db, app, again.accountId))!;
    expect(standing.attributes().primaryIdentifier).toBe('ERIKSSON');
    expect((await idHistory(app.db, personId)).map(({ reason }) => reason)).toEqual([
      'issued',
      'holder_erased',
      'enrolled_again',
    ]);
  });

  it('gives it to nobody with another birth date, nor back where it had been taken away', async () => {
    const one = await enrolled(app);
    await erase(one.personId);
    const other = { ...one.document, dateOfBirth: '1962-02-02' };
    expect(await enrol(app, enrolmentOf(app, other))).toEqual({
      ok: false,
      reason: 'document_on_record',
      personId: one.personId,
    });
    const two = await enrolled(app);
    const change = { personId: two.personId, reason: 'fraud_established', actor: officer } as const;
    await transact(app.db, (tx) => revokeId(tx, app, change));
    expect(await erase(two.personId)).toMatchObject({ ok: true });
    expect(await enrol(app, enrolmentOf(app, two.document))).toMatchObject({
      ok: false,
      reason: 'document_on_record',
    });
  });

  it('waits for a merge that is not settled, and for those who go by the number', async () => {
    const [one, other] = [await enrolled(app), await enrolled(app)];
    const third = await enrolled(app);
    await propose(app, merge(one.personId, other.personId));
    expect(await erase(other.personId)).toEqual({ ok: false, reason: 'open_proposal' });
    const fourth = await enrolled(app);
    await carriedOut(app, merge(third.personId, fourth.personId));
    expect(await erase(third.personId)).toEqual({ ok: false, reason: 'merged' });
    expect(await erase(fourth.personId)).toMatchObject({ ok: true });
  });
});
