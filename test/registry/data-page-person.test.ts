import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { findPersonByDocument } from '../../src/registry/find-persons.ts';
import type { ProofFindings } from '../../src/registry/record-proof.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { testApp } from '../harness.ts';
import { assuranceOf, enrol, enrolmentOf, officerFindings, somebody } from './enrolment.ts';

const dataPage: ProofFindings = {
  ...officerFindings,
  documentCheck: 'data_page',
  chipVerdict: 'absent',
  cloneCheck: 'not_attempted',
  documentSigner: null,
  trustAnchor: null,
};

describe('a person proven by a data page', () => {
  let app: App;
  beforeAll(async () => {
    app = await testApp();
  });

  const recorded = (document = somebody(), accountId = AccountId.make(app)) => {
    const changes = { accountId, findings: dataPage, leastIal: 1 } as const;
    return { document, accountId, input: enrolmentOf(app, document, changes) };
  };

  it('is on record at IAL1, and no number is bound', async () => {
    const { accountId, input } = recorded();
    expect(await enrol(app, input)).toMatchObject({
      ok: true,
      outcome: 'recorded',
      number: null,
      state: 'none',
    });
    expect(await enrol(app, input)).toMatchObject({ outcome: 'repeated', number: null });
    const standing = await standingOf(app.db, app, accountId);
    expect([standing?.idState, standing?.number()]).toEqual(['none', null]);
    expect((await assuranceOf(app, accountId)).ial).toBe(1);
  });

  it('is refused where the pathway aims at a number', async () => {
    const { input } = recorded();
    expect(await enrol(app, { ...input, leastIal: 2 })).toMatchObject({
      ok: false,
      reason: 'assurance_too_low',
    });
  });

  it('gets the number once the chip of the same passport is proven', async () => {
    const { accountId, document, input } = recorded();
    await enrol(app, input);
    const chip = enrolmentOf(app, document, { accountId });
    expect(await enrol(app, chip)).toMatchObject({ outcome: 'issued', state: 'active' });
    expect((await assuranceOf(app, accountId)).ial).toBe(2);
  });

  it('is displaced by whoever proves the chip of that passport, and keeps no level', async () => {
    const { accountId: before, document, input } = recorded();
    await enrol(app, input);
    const owner = AccountId.make(app);
    const proven = await enrol(app, enrolmentOf(app, document, { accountId: owner }));
    expect(proven).toMatchObject({ ok: true, outcome: 'issued', displaced: before });
    expect(await standingOf(app.db, app, before)).toBeNull();
    expect((await assuranceOf(app, before)).ial).toBe(0);
    expect(await findPersonByDocument(app.db, app, document)).toMatchObject({ accountId: owner });
  });

  it('is not displaced by the chip of somebody born on another day: an officer settles it, and nothing moves', async () => {
    const { accountId: before, document, input } = recorded();
    await enrol(app, input);
    const other = { ...document, dateOfBirth: '1971-01-02' };
    const stranger = AccountId.make(app);
    const proven = await enrol(app, enrolmentOf(app, other, { accountId: stranger }));
    expect(proven).toMatchObject({ ok: false, reason: 'document_on_record' });
    expect(await standingOf(app.db, app, stranger)).toBeNull();
    expect((await assuranceOf(app, before)).ial).toBe(1);
    expect(await findPersonByDocument(app.db, app, document)).toMatchObject({ accountId: before });
  });

  it('never displaces: a data page of a passport on record goes to an officer', async () => {
    const first = recorded();
    await enrol(app, first.input);
    const second = recorded(first.document);
    expect(await enrol(app, second.input)).toMatchObject({ reason: 'document_on_record' });
    const bound = somebody();
    await enrol(app, enrolmentOf(app, bound));
    expect(await enrol(app, recorded(bound).input)).toMatchObject({ reason: 'document_on_record' });
  });
});
