import { beforeAll, describe, expect, it } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { findCandidates } from '../../src/registry/candidates.ts';
import { findPersonByDocument } from '../../src/registry/find-persons.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { testApp } from '../harness.ts';
import { anna, arnault, enrolmentOf, tomas } from './enrolment.ts';

let app: App;
const accounts: Record<'anna' | 'arnault' | 'tomas', AccountId> = {} as never;
beforeAll(async () => {
  app = await testApp();
  for (const [name, person] of Object.entries({ anna, arnault, tomas })) {
    const input = enrolmentOf(app, person);
    accounts[name as keyof typeof accounts] = input.accountId;
    const outcome = await transact(app.db, (tx) => enrolPerson(tx, app, input));
    expect(outcome.ok).toBe(true);
  }
});

describe('the standing of an account', () => {
  it('is read in one query, and decrypts nothing by itself', async () => {
    const queries: string[] = [];
    const listen = ({ sql }: { sql: string }) => queries.push(sql);
    let unwrapped = 0;
    const cipher = {
      ...app.cipher,
      unwrap: (...args: Parameters<typeof app.cipher.unwrap>) => (
        (unwrapped += 1),
        app.cipher.unwrap(...args)
      ),
    };
    app.db.on('query', listen);
    const standing = (await standingOf(app.db, { cipher }, accounts.anna))!;
    app.db.off('query', listen);
    expect(queries).toHaveLength(1);
    personAssurance(standing, app.clock.now());
    expect(unwrapped).toBe(0);
    standing.number();
    standing.attributes();
    expect(unwrapped).toBe(1);
  });

  it('is null for an account without a person, and for an erased one', async () => {
    expect(await standingOf(app.db, app, AccountId.make(app))).toBeNull();
    const input = enrolmentOf(app, { ...anna, documentNumber: 'ERASED001' });
    const outcome = await transact(app.db, (tx) => enrolPerson(tx, app, input));
    expect(outcome.ok).toBe(true);
    const row = await app
      .db('persons')
      .join('person_accounts as a', 'a.person_id', 'persons.id')
      .where('a.account_id', input.accountId)
      .first('data_key_id');
    await transact(app.db, (tx) => app.cipher.destroyDataKey(tx, row.data_key_id));
    expect(await standingOf(app.db, app, input.accountId)).toBeNull();
    // The keyed digests still recognise the document: nobody gets a second number by being erased.
    expect(
      await findPersonByDocument(app.db, app, { issuingState: 'UTO', documentNumber: 'ERASED001' }),
    ).not.toBeNull();
    expect(await findCandidates(app.db, app, anna)).toHaveLength(1);
  });

  it('answers null for a document of another person’s proof', async () => {
    const [hers, his] = await Promise.all([
      standingOf(app.db, app, accounts.anna),
      standingOf(app.db, app, accounts.tomas),
    ]);
    expect(hers!.documentOf(hers!.proofs[0]!.proofId)).toMatchObject({
      documentNumber: 'L898902C3',
    });
    expect(hers!.documentOf(his!.proofs[0]!.proofId)).toBeNull();
  });
});

describe('candidates', () => {
  it('are found over order, transliteration and left-out given names with the same birth date', async () => {
    const found = async (changes: Partial<typeof anna>) =>
      (await findCandidates(app.db, app, { ...anna, ...changes })).length;
    expect(await found({})).toBe(1);
    expect(await found({ primaryIdentifier: 'MARIA ANNA', secondaryIdentifier: 'ERIKSSON' })).toBe(
      1,
    );
    expect(await found({ secondaryIdentifier: 'ANNA' })).toBe(1);
    // Day and month swapped, one part corrected, another romanisation; but not another date or name.
    expect(await found({ dateOfBirth: '1990-12-08' })).toBe(1);
    expect(await found({ dateOfBirth: '1991-08-12' })).toBe(1);
    expect(await found({ dateOfBirth: '1991-08-13' })).toBe(0);
    expect(await found({ primaryIdentifier: 'ERICSSON' })).toBe(1);
    expect(await found({ primaryIdentifier: 'ANDERSSON' })).toBe(0);
    const okubo = { ...tomas, primaryIdentifier: 'OOKUBO', fullNamePrinted: 'OKUBO TOMÁS' };
    expect(await findCandidates(app.db, app, okubo)).toHaveLength(1);
    expect(
      await findCandidates(app.db, app, {
        ...arnault,
        primaryIdentifier: '',
        secondaryIdentifier: 'SUKARNO',
      }),
    ).toHaveLength(1);
  });

  it('of another nationality are told, not dropped, and come last', async () => {
    const double = enrolmentOf(app, {
      ...anna,
      nationality: 'D',
      issuingState: 'D',
      documentNumber: 'C01X00T47',
    });
    await transact(app.db, (tx) => enrolPerson(tx, app, double));
    const candidates = await findCandidates(app.db, app, anna);
    expect(candidates.map((candidate) => candidate.sameNationality)).toEqual([true, false]);
    expect(candidates[1]!.accountId).toBe(double.accountId);
    expect((await findCandidates(app.db, app, { ...anna, nationality: 'DEU' }))[0]!.accountId).toBe(
      double.accountId,
    );
  });
});
