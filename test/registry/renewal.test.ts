import { beforeAll, describe, expect, it, test } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { toPlainDate } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import type { Resolution } from '../../src/registry/enrolment.ts';
import { findPersonByDocument } from '../../src/registry/find-persons.ts';
import { documentsOf } from '../../src/registry/person-file.ts';
import { reportDocumentLost } from '../../src/registry/report-document-lost.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { statusEventsOf } from '../../src/registry/status-events.ts';
import { revokeId } from '../../src/registry/transition-id.ts';
import { testApp } from '../harness.ts';
import {
  assuranceOf,
  countOf,
  enrol,
  enrolled,
  enrolmentOf,
  officer,
  somebody,
} from './enrolment.ts';
import { prasert } from './parties.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

/** An account with a person and a passport, and the passport that takes its place. */
async function scene() {
  const first = await enrolled(app);
  const [held] = await documentsOf(app.db, app, first.personId);
  const standing = await standingOf(app.db, app, first.accountId);
  return { ...first, held: held!, number: standing!.number()!, fresh: somebody() };
}

const renewal = (replaces: Resolution['replaces'], more: Partial<Resolution> = {}): Resolution => ({
  kind: replaces ? 'renewal' : 'second_document',
  replaces,
  portraits: 'match',
  secondOfficer: null,
  ...more,
});

describe('a renewed passport', () => {
  it('keeps person, account and number, and the former passport counts as replaced', async () => {
    const { personId, accountId, held, number, fresh } = await scene();
    const input = enrolmentOf(app, fresh, { accountId, resolution: renewal(held.id) });
    expect(await enrol(app, input)).toEqual({
      ok: true,
      outcome: 'joined',
      personId,
      number,
      state: 'active',
      displaced: null,
    });
    const documents = await documentsOf(app.db, app, personId);
    expect(documents).toMatchObject([
      { facts: { documentNumber: fresh.documentNumber }, replacedOn: null, caseId: input.caseId },
      { id: held.id, replacedOn: toPlainDate(app.clock.now()) },
    ]);
    expect(await assuranceOf(app, accountId)).toMatchObject({
      ial: 2,
      identity: { documentCurrent: true },
    });
    for (const document of [fresh, held.facts])
      expect(await findPersonByDocument(app.db, app, document)).toMatchObject({ personId });
    const kinds = (await statusEventsOf(app.db, personId)).map(({ kind }) => kind);
    expect(kinds).toEqual(['id_state_changed', 'assurance_changed', 'document_replaced']);
    expect(await enrol(app, input)).toMatchObject({ ok: true, outcome: 'repeated', number });
  });

  it('is never taken for one by machine', async () => {
    const { personId, accountId, fresh } = await scene();
    const before = await countOf(app, 'travel_documents');
    expect(await enrol(app, enrolmentOf(app, fresh, { accountId }))).toEqual({
      ok: false,
      reason: 'account_enrolled',
      personId,
    });
    expect(await countOf(app, 'travel_documents')).toBe(before);
  });

  it('leaves the level to the new passport once the former one is replaced', async () => {
    const { accountId, held, fresh } = await scene();
    await enrol(app, enrolmentOf(app, fresh, { accountId, resolution: renewal(held.id) }));
    const standing = await standingOf(app.db, app, accountId);
    const { identity } = await assuranceOf(app, accountId);
    expect(standing!.documentOf(identity.proofId!)).toMatchObject({
      documentNumber: fresh.documentNumber,
    });
    const former = standing!.proofs.find(({ proofId }) => proofId !== identity.proofId)!;
    // Good for nothing from the day on which it was replaced, whatever it says of its expiry.
    expect(former.documentExpiresOn).toBe(toPlainDate(app.clock.now()));
    expect(standing!.documentOf(former.proofId)).toMatchObject({
      dateOfExpiry: held.facts.dateOfExpiry,
    });
  });

  test.each<[string, Partial<ReturnType<typeof somebody>>, Partial<Resolution>]>([
    ['another name (married)', { primaryIdentifier: 'LINDQVIST' }, {}],
    ['a corrected birth date', { dateOfBirth: '1990-08-21' }, {}],
    ['no earlier portrait to compare', {}, { portraits: 'not_available' }],
  ])('with %s takes a second officer', async (_what, changes, how) => {
    const { personId, accountId, held, fresh } = await scene();
    const document = { ...fresh, ...changes };
    const alone = renewal(held.id, how);
    const open = { ok: false, reason: 'continuity_open', personId };
    expect(await enrol(app, enrolmentOf(app, document, { accountId, resolution: alone }))).toEqual(
      open,
    );
    // The same officer twice is one officer.
    const twice = { ...alone, secondOfficer: officer.id as typeof prasert };
    expect(await enrol(app, enrolmentOf(app, document, { accountId, resolution: twice }))).toEqual(
      open,
    );
    const seconded = { ...alone, secondOfficer: prasert };
    expect(
      await enrol(app, enrolmentOf(app, document, { accountId, resolution: seconded })),
    ).toMatchObject({ ok: true, outcome: 'joined', personId });
    // Found by either name and date from now on.
    const found = await app
      .db('person_name_keys')
      .where({ person_id: personId })
      .count({ rows: '*' });
    expect(Number(found[0]!.rows)).toBeGreaterThan(4);
  });

  it('of somebody else is refused whoever decides', async () => {
    const { personId, accountId, held, fresh } = await scene();
    const broken = { ok: false, reason: 'continuity_broken', personId };
    const two = { secondOfficer: prasert };
    const other = { ...fresh, primaryIdentifier: 'LINDQVIST', dateOfBirth: '1971-01-30' };
    for (const [document, resolution] of [
      [fresh, renewal(held.id, { portraits: 'differ', ...two })],
      [other, renewal(held.id, two)],
    ] as const)
      expect(await enrol(app, enrolmentOf(app, document, { accountId, resolution }))).toEqual(
        broken,
      );
  });

  it('after the former was reported lost takes a second officer', async () => {
    const { accountId, held, fresh } = await scene();
    const lostAt = new Date(app.clock.now().getTime() + 1000);
    await transact(app.db, (tx) =>
      reportDocumentLost(tx, app, { document: held.facts, lostAt, actor: officer }),
    );
    const alone = enrolmentOf(app, fresh, { accountId, resolution: renewal(held.id) });
    expect(await enrol(app, alone)).toMatchObject({ reason: 'continuity_open' });
  });

  it('brings no closed ID back', async () => {
    const { personId, accountId, held, fresh } = await scene();
    const change = { personId, reason: 'fraud_established', actor: officer } as const;
    await transact(app.db, (tx) => revokeId(tx, app, change));
    const input = enrolmentOf(app, fresh, { accountId, resolution: renewal(held.id) });
    expect(await enrol(app, input)).toMatchObject({ reason: 'id_closed', state: 'revoked' });
  });

  it('replaces no document of anybody else, and none twice', async () => {
    const { accountId, held } = await scene();
    const stranger = await scene();
    const wrong = enrolmentOf(app, somebody(), {
      accountId,
      resolution: renewal(stranger.held.id),
    });
    await expect(enrol(app, wrong)).rejects.toThrow(/not this person/);
    const right = renewal(held.id);
    expect(
      await enrol(app, enrolmentOf(app, somebody(), { accountId, resolution: right })),
    ).toMatchObject({ ok: true });
    const again = enrolmentOf(app, somebody(), { accountId, resolution: right });
    await expect(enrol(app, again)).rejects.toThrow(/was replaced/);
  });

  it('decided by sixteen officers at once joins once', async () => {
    const { accountId, held, fresh } = await scene();
    const before = await countOf(app, 'travel_documents');
    const input = enrolmentOf(app, fresh, { accountId, resolution: renewal(held.id) });
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => enrol(app, input)));
    expect(outcomes.filter((outcome) => outcome.ok && outcome.outcome === 'joined')).toHaveLength(
      1,
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(await countOf(app, 'travel_documents')).toBe(before + 1);
  });
});

describe('a second passport', () => {
  it('of another nationality is held beside the first, under one number', async () => {
    const { personId, accountId, number, fresh, held } = await scene();
    const german = { ...fresh, issuingState: 'D', nationality: 'D' };
    const input = enrolmentOf(app, german, { accountId, resolution: renewal(null) });
    expect(await enrol(app, input)).toMatchObject({ outcome: 'joined', personId, number });
    const documents = await documentsOf(app.db, app, personId);
    expect(documents.map(({ replacedOn }) => replacedOn)).toEqual([null, null]);
    // What a token tells stays as the first one has it.
    expect((await standingOf(app.db, app, accountId))!.attributes().nationality).toBe('UTO');
    expect(
      await findPersonByDocument(app.db, app, { ...german, issuingState: 'DEU' }),
    ).toMatchObject({ personId });
    expect(held.facts.documentNumber).not.toBe(german.documentNumber);
  });
});
