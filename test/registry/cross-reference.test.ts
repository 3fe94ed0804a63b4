import { beforeAll, describe, expect, it, test } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { isThaiNumber, plainCrossReference } from '../../src/registry/cross-reference.ts';
import type { CrossReference } from '../../src/registry/record-cross-reference.ts';
import {
  crossReferencesOf,
  endCrossReferenceOf,
  recordCrossReference,
} from '../../src/registry/record-cross-reference.ts';
import { testApp } from '../harness.ts';
import { countOf, enrol, enrolled, enrolmentOf, officer, tomas } from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const workPermit: CrossReference = {
  kind: 'work_permit',
  number: '6512-34 567/8',
  source: 'counter',
  verified: false,
  validUntil: '2027-12-31',
};
const record = (personId: PersonId, reference: CrossReference) =>
  transact(app.db, (tx) =>
    recordCrossReference(tx, app, { ...reference, personId, actor: officer }),
  );

/** Thirteen digits with the check digit that they must have. */
function thai(twelve: string): string {
  for (let digit = 0; digit < 10; digit += 1)
    if (isThaiNumber(`${twelve}${digit}`)) return `${twelve}${digit}`;
  throw new Error('no check digit fits');
}

describe('numbers of other registers', () => {
  test.each<[Parameters<typeof plainCrossReference>[0], string, string | null]>([
    ['civil_registration', '0-1234-56789-01-' + thai('012345678901').at(-1)!, thai('012345678901')],
    ['civil_registration', thai('612345678901'), thai('612345678901')],
    ['civil_registration', '0123456789012', null],
    ['civil_registration', '12345', null],
    ['tax', thai('099400012345'), thai('099400012345')],
    ['social_security', 'F012345678907', null],
    ['alien_certificate', 'กข 12', null],
    ['alien_certificate', 'AB-1234 56', 'AB123456'],
    ['work_permit', '12', null],
    ['immigration_person', 'p/77 x', 'p/77 x'],
    ['immigration_person', '', null],
  ])('%s %s is read as %s', (kind, text, plain) => {
    expect(plainCrossReference(kind, text)).toBe(plain);
  });

  it('are kept encrypted, told with source and dates, and stay on record when they end', async () => {
    const { personId } = await enrolled(app);
    expect(await record(personId, workPermit)).toEqual({ ok: true, added: true });
    expect(await record(personId, { ...workPermit, number: '6512345678' })).toEqual({
      ok: true,
      added: false,
    });
    const [told] = await crossReferencesOf(app.db, app, personId);
    expect(told).toMatchObject({
      kind: 'work_permit',
      number: '6512345678',
      source: 'counter',
      verifiedAt: null,
      validUntil: '2027-12-31',
      endedAt: null,
    });
    await record(personId, { ...workPermit, verified: true });
    expect((await crossReferencesOf(app.db, app, personId))[0]!.verifiedAt).toBeInstanceOf(Date);
    const dump = await app.db.raw(
      `select string_agg(t::text, ' ') as text from cross_references t`,
    );
    expect(dump.rows[0].text).not.toContain('6512345678');
    expect(dump.rows[0].text).not.toContain(Buffer.from('6512345678').toString('hex'));

    const end = () =>
      transact(app.db, (tx) =>
        endCrossReferenceOf(tx, app, { personId, id: told!.id, actor: officer }),
      );
    expect([await end(), await end()]).toEqual([true, false]);
    expect(await crossReferencesOf(app.db, app, personId)).toHaveLength(1);
  });

  it('belong to one person at a time', async () => {
    const [one, other] = [await enrolled(app), await enrolled(app)];
    const reference = { ...workPermit, number: 'WP777001' };
    await record(one.personId, reference);
    expect(await record(other.personId, reference)).toEqual({
      ok: false,
      reason: 'on_record',
      personId: one.personId,
    });
    expect(await record(other.personId, { ...reference, number: 'x' })).toEqual({
      ok: false,
      reason: 'malformed',
    });
    const [told] = await crossReferencesOf(app.db, app, one.personId);
    await transact(app.db, (tx) =>
      endCrossReferenceOf(tx, app, { personId: one.personId, id: told!.id, actor: officer }),
    );
    expect(await record(other.personId, reference)).toEqual({ ok: true, added: true });
    // Sixteen at once: one holder.
    const racing = { ...workPermit, number: 'WP777002' };
    const ends = await Promise.all(
      Array.from({ length: 16 }, (_, at) => record((at % 2 ? one : other).personId, racing)),
    );
    const added = ends.filter((end) => end.ok && end.added);
    expect(added).toHaveLength(1);
  });
});

describe('the search before a number is issued', () => {
  const key = { kind: 'immigration_person', source: 'immigration', verified: true } as const;

  it('holds an applicant who shares a register’s number with somebody on record, whatever their name', async () => {
    const first = await enrolled(app, { crossReferences: [{ ...key, number: 'TH-IMM-1' }] });
    const before = await countOf(app, 'foreign_ids');
    const input = enrolmentOf(
      app,
      { ...tomas, documentNumber: 'K0000001' },
      { crossReferences: [{ ...key, number: 'TH-IMM-1' }], dismissed: [] },
    );
    expect(await enrol(app, input)).toEqual({
      ok: false,
      reason: 'candidates_found',
      candidates: [first.personId],
    });
    expect(await countOf(app, 'foreign_ids')).toBe(before);
    // An officer compared the two and found them to be two: the number stays with whom it was.
    const dismissed = { ...input, dismissed: [first.personId] };
    expect(await enrol(app, dismissed)).toMatchObject({ ok: true, outcome: 'issued' });
    const kept = await crossReferencesOf(app.db, app, first.personId);
    expect(kept).toMatchObject([{ number: 'TH-IMM-1' }]);
  });

  it('holds a look-alike that no officer has compared, and one that came after the comparison', async () => {
    const unlike = { ...tomas, primaryIdentifier: 'ZHAKYPOV', fullNamePrinted: 'Жакыпов' };
    const first = await enrol(
      app,
      enrolmentOf(app, { ...unlike, documentNumber: 'K0000002' }, { dismissed: [] }),
    );
    if (!first.ok) throw new Error(first.reason);
    const second = enrolmentOf(app, { ...unlike, documentNumber: 'K0000003' });
    const held = { ok: false, reason: 'candidates_found' };
    const { dismissed: _left, ...nobodyLooked } = second;
    expect(await enrol(app, nobodyLooked)).toEqual({ ...held, candidates: [first.personId] });
    const third = enrolmentOf(app, { ...unlike, documentNumber: 'K0000004' });
    const issuedThird = await enrol(app, { ...third, dismissed: [first.personId] });
    if (!issuedThird.ok) throw new Error(issuedThird.reason);
    expect(await enrol(app, { ...second, dismissed: [first.personId] })).toEqual({
      ...held,
      candidates: [issuedThird.personId],
    });
  });

  it('lets one through of sixteen accounts that prove sixteen passports of one name at once', async () => {
    const unlike = { ...tomas, primaryIdentifier: 'QUISPE', fullNamePrinted: 'Quispe' };
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, at) =>
        enrol(
          app,
          enrolmentOf(app, { ...unlike, documentNumber: `K10000${at}` }, { dismissed: [] }),
        ),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const outcome of outcomes)
      if (!outcome.ok) expect(outcome.reason).toBe('candidates_found');
  });
});
