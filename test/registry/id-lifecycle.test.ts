import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { ID_STATES } from '../../src/assurance/sign-in-policy.ts';
import {
  FOREIGN_ID_STATES,
  TRANSITIONS,
  checkTransition,
  resumesTo,
} from '../../src/registry/id-lifecycle.ts';
import type { ForeignIdState } from '../../src/registry/id-lifecycle.ts';

const possible: Record<ForeignIdState, readonly ForeignIdState[]> = {
  reserved: ['active', 'provisional'],
  provisional: ['active', 'suspended', 'revoked', 'naturalised', 'deceased', 'superseded'],
  active: ['dormant', 'suspended', 'revoked', 'naturalised', 'deceased', 'superseded'],
  dormant: ['active', 'suspended', 'revoked', 'naturalised', 'deceased', 'superseded'],
  suspended: ['active', 'provisional', 'revoked', 'naturalised', 'deceased', 'superseded'],
  revoked: ['active', 'deceased'],
  naturalised: ['active', 'deceased'],
  deceased: ['active'],
  superseded: ['active', 'provisional', 'dormant', 'suspended'],
};

describe('the lifecycle of an ID', () => {
  test.each(
    FOREIGN_ID_STATES.flatMap((from) => FOREIGN_ID_STATES.map((to) => [from, to] as const)),
  )('from %s to %s', (from, to) => {
    const reasons = TRANSITIONS[from][to] ?? [];
    expect(reasons.length > 0).toBe(possible[from].includes(to));
    for (const reason of reasons) expect(checkTransition(from, to, reason)).toEqual({ ok: true });
    expect(checkTransition(from, to, 'split').ok).toBe(
      from === 'superseded' && possible.superseded.includes(to),
    );
  });

  it('tells a wrong reason from an impossible step', () => {
    expect(checkTransition('active', 'suspended', 'merged')).toEqual({
      ok: false,
      reason: 'wrong_reason',
    });
    expect(checkTransition('revoked', 'suspended', 'suspected_fraud')).toEqual({
      ok: false,
      reason: 'not_possible',
    });
  });

  it('never goes back to reserved: a number is bound once', () => {
    for (const from of FOREIGN_ID_STATES) expect(TRANSITIONS[from].reserved).toBeUndefined();
  });

  it('resumes a suspended ID where it was', () => {
    expect(
      FOREIGN_ID_STATES.map(resumesTo).filter((state) => state === 'provisional'),
    ).toHaveLength(1);
    expect(resumesTo('provisional')).toBe('provisional');
    expect(resumesTo('dormant')).toBe('active');
  });

  it('is the one of docs/foreign-id.md, state by state in the order of the table', () => {
    const page = readFileSync(new URL('../../docs/foreign-id.md', import.meta.url), 'utf8');
    const life = page.slice(page.indexOf('## Life'), page.indexOf('## One person, one number'));
    const told = [...life.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state);
    expect(told).toEqual(Object.keys(TRANSITIONS));
    expect(told).toHaveLength(FOREIGN_ID_STATES.length);
  });

  it('has a sign-in policy for each of its states', () => {
    for (const state of FOREIGN_ID_STATES) expect(ID_STATES).toContain(state);
  });
});
