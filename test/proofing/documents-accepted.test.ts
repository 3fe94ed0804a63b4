import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { IAL_RULES } from '../../src/assurance/identity-rules.ts';
import {
  DOCUMENT_KINDS,
  DOCUMENT_RULES,
  documentRule,
  withDocumentTable,
} from '../../src/proofing/documents-accepted.ts';

const TODAY = '2026-11-23';

it('has a row for every kind of document, and none that reaches a level by no way', () => {
  for (const kind of DOCUMENT_KINDS) {
    const rule = documentRule(kind, null, TODAY);
    expect([kind, rule !== null]).toEqual([kind, true]);
    expect([kind, rule!.routes.length > 0]).toEqual([kind, rule!.highestIal > 0]);
    expect([kind, rule!.routes.length > 0 || rule!.second]).toEqual([kind, true]);
  }
});

it('promises no level above what the table of levels gives the pathway', () => {
  const highest = { data_page: 1, chip: 2, counter: 3 };
  for (const row of DOCUMENT_RULES) {
    const best = Math.max(0, ...row.routes.map((route) => highest[route]));
    expect([row.kind, row.highestIal <= best]).toEqual([row.kind, true]);
  }
  expect(
    IAL_RULES.filter(({ ial }) => ial === 3).every(({ pathway }) => pathway === 'counter'),
  ).toBe(true);
});

it.each(['MMR', 'LAO', 'KHM'])(
  'leads a passport of %s to a counter, where it reaches every level',
  (state) => {
    expect(documentRule('passport_chip', state, TODAY)).toMatchObject({
      routes: ['counter', 'data_page'],
      highestIal: 3,
    });
    expect(documentRule('passport_chip', 'SWE', TODAY)?.routes[0]).toBe('chip');
  },
);

it('takes a border pass of a neighbour as second document only, and of nobody else', () => {
  expect(documentRule('border_pass', 'KHM', TODAY)).toMatchObject({ routes: [], second: true });
  expect(documentRule('border_pass', 'SWE', TODAY)).toBeNull();
});

it('knows no row before its day', () => {
  expect(documentRule('passport', 'MMR', '2026-11-22')).toBeNull();
});

it('is what docs/documents-accepted.md says', () => {
  const document = readFileSync('docs/documents-accepted.md', 'utf8');
  expect(withDocumentTable(document)).toBe(document);
});
