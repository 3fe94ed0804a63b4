import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import type { Enrolment } from '../../src/registry/enrolment.ts';
import type { CrossReference } from '../../src/registry/record-cross-reference.ts';
import { testApp } from '../harness.ts';
import { countOf, enrol, enrolmentOf } from './enrolment.ts';
import { lookAlikes } from './look-alikes.ts';
import type { Family, Traveller } from './look-alikes.ts';

/**
 * The benchmark set of look-alikes: at least 200 families with recorded outcomes. Two things are measured: that nobody
 * is ever joined to somebody else by machine, and how many of the same humans the search before issue surfaces.
 */
const families = lookAlikes();

let app: App;
const ends: { family: Family; known: PersonId; shown: Enrolment }[] = [];

const references = ({ registerKey }: Traveller): CrossReference[] =>
  registerKey === undefined
    ? []
    : [
        {
          kind: 'immigration_person',
          number: registerKey,
          source: 'immigration',
          verified: true,
        },
      ];

const prove = (person: Traveller, dismissed: 'all' | PersonId[]) =>
  enrol(app, enrolmentOf(app, person, { dismissed, crossReferences: references(person) }));

beforeAll(async () => {
  app = await testApp();
  for (const family of families) {
    const known = await prove(family.known, 'all');
    if (!known.ok) throw new Error(`${family.kind}: ${known.reason}`);
    ends.push({ family, known: known.personId, shown: await prove(family.shown, []) });
  }
}, 120_000);

const of = (...expected: Family['expected'][]) =>
  ends.filter(({ family }) => expected.includes(family.expected));

/** Whether the officer is shown the person on record before anything is issued. */
const surfaced = ({ known, shown }: (typeof ends)[number]) =>
  !shown.ok && shown.reason === 'candidates_found' && shown.candidates.includes(known);

describe('look-alikes', () => {
  it('are at least 200 families, of which at least 100 are the same human', () => {
    expect(families.length).toBeGreaterThanOrEqual(200);
    expect(of('candidate').length).toBeGreaterThanOrEqual(100);
    expect(of('look_alike', 'stranger').length).toBeGreaterThanOrEqual(30);
  });

  it('are never joined to anybody by machine: no wrong automatic match', async () => {
    const joined = ends.filter(({ known, shown }) => shown.ok && shown.personId === known);
    expect(joined.map(({ family }) => family.kind)).toEqual([]);
    // Whoever was held has no number, no document and no record.
    const issued = ends.filter(({ shown }) => shown.ok).length;
    expect(await countOf(app, 'persons')).toBe(families.length + issued);
    expect(await countOf(app, 'foreign_ids')).toBe(families.length + issued);
  });

  it('with the very document are told as a conflict, for an officer', () => {
    for (const { family, known, shown } of of('same_document'))
      expect([family.kind, shown]).toEqual([
        family.kind,
        { ok: false, reason: 'document_on_record', personId: known },
      ]);
  });

  it('who are the same human are surfaced in at least 95 of 100 families', () => {
    const candidates = of('candidate');
    const missed = candidates.filter((end) => !surfaced(end));
    const share = 1 - missed.length / candidates.length;
    console.info(
      `look-alikes: ${candidates.length - missed.length} of ${candidates.length} surfaced; missed: ${missed
        .map(({ family }) => `${family.kind} (${family.shown.primaryIdentifier})`)
        .join(', ')}`,
    );
    expect(share).toBeGreaterThanOrEqual(0.95);
  });

  it('of one name and birth date are shown to the officer before a second number is issued', () => {
    for (const end of of('look_alike'))
      expect([end.family.kind, surfaced(end)]).toEqual([end.family.kind, true]);
  });

  it('who are strangers get their number without an officer having to look at anybody', () => {
    const shownToNobody = of('stranger').filter(({ shown }) => shown.ok);
    expect(shownToNobody.length / of('stranger').length).toBeGreaterThanOrEqual(0.9);
  });
});
