import { expect, it } from 'vitest';
import {
  KEY_KINDS,
  keepSeconds,
  leadSeconds,
  stateOf,
} from '../../../src/oidc/signing-keys/key-life.ts';
import type { KeyKind } from '../../../src/oidc/signing-keys/key-life.ts';
import { testConfig } from '../../harness.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 0, minute));
const key = (usedUntil: number | null, removedAt: number | null) => ({
  publishedAt: at(0),
  usedFrom: at(10),
  usedUntil: usedUntil === null ? null : at(usedUntil),
  removedAt: removedAt === null ? null : at(removedAt),
});

it.each([
  [9, 'waiting', 'waiting'],
  [10, 'in_use', 'in_use'],
  [19, 'in_use', 'in_use'],
  [20, 'in_use', 'retiring'],
  [29, 'in_use', 'retiring'],
  [30, 'in_use', 'removed'],
])('at minute %i a key is %s, or with a successor from minute 20 %s', (minute, alone, followed) => {
  expect(stateOf(key(null, null), at(minute))).toBe(alone);
  expect(stateOf(key(20, 30), at(minute))).toBe(followed);
});

it('counts a key that was dropped while it waited as removed', () => {
  expect(stateOf(key(5, 5), at(6))).toBe('removed');
});

const day = 86_400;
it.each<[KeyKind, lead: number, soon: number, keep: number]>([
  // Half a day of session and half a day of refreshing after it, then caches and clocks.
  ['RS256', day, 630, day + 630],
  ['ES256', day, 630, day + 630],
  ['cookie', 30, 30, day + 30],
  ['dpop-nonce', 30, 30, 330],
])(
  'gives %s a lead of %i s, %i s where it is wanted soon, and keeps the former %i s',
  (kind, lead, soon, keep) => {
    const config = testConfig();
    expect(leadSeconds(kind, config, false)).toBe(lead);
    expect(leadSeconds(kind, config, true)).toBe(soon);
    expect(keepSeconds(kind, config)).toBe(keep);
  },
);

it('never lets a key sign before the JWKS without it has left every cache', () => {
  const config = testConfig({ JWKS_MAX_AGE_SECONDS: '7200', KEY_LEAD_SECONDS: '60' });
  for (const kind of KEY_KINDS.slice(0, 4))
    expect(leadSeconds(kind, config, false)).toBeGreaterThan(7200);
});
