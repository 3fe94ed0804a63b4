import { describe, expect, it } from 'vitest';
import { AALS, ACR_BASE, IALS, acrOf } from '../../src/assurance/acr.ts';
import type { Levels } from '../../src/assurance/acr.ts';
import { identityAssurance } from '../../src/assurance/identity.ts';
import { IDENTITY_POLICY } from '../../src/assurance/identity-evidence.ts';
import { decideSignIn } from '../../src/assurance/sign-in-decision.ts';
import type { SignInDecision } from '../../src/assurance/sign-in-decision.ts';
import { officerProof } from './evidence.ts';

/*
 * Every request that levels can be asked by, against everything that a person can hold, what they can reach, and every
 * minimum of a service. The oracle is written from DESIGN section 3 with numbers alone, and shares no code.
 */
const PAIRS: readonly Levels[] = IALS.flatMap((ial) => AALS.map((aal) => ({ ial, aal })));
const now = new Date('2026-12-01T05:00:00Z');
const identity = identityAssurance([officerProof()], IDENTITY_POLICY, now);

interface Case {
  asked: readonly (Levels | 'unknown')[];
  essential: boolean;
  held: Levels;
  reach: Levels;
  minimum: Levels;
}

function decide({ asked, essential, held, reach, minimum }: Case): SignInDecision {
  return decideSignIn({
    request: { askedValues: asked.map(spelled), essential },
    service: {
      minimum,
      refusedPathways: [],
      demandsLawfulStay: false,
      demandsCurrentDocument: false,
    },
    held: { levels: held, identity, stay: 'lawful_until' },
    reach,
  });
}

const spelled = (asked: Levels | 'unknown') =>
  asked === 'unknown' ? 'urn:example:silver' : acrOf(asked);

const covers = (more: Levels, less: Levels) => more.ial >= less.ial && more.aal >= less.aal;

function expected({ asked, essential, held, reach, minimum }: Case): SignInDecision {
  const levels = asked.filter((one) => one !== 'unknown');
  const met = levels.find((one) => covers(held, one));
  const acr = `${ACR_BASE}ial${(met ?? held).ial}:aal${(met ?? held).aal}`;
  const refused = { outcome: 'refuse', reason: 'level_out_of_reach' } as const;
  const proceed = { outcome: 'proceed', acr } as const;
  const step = (target: Levels, mayContinue: boolean): SignInDecision => ({
    outcome: 'step_up',
    part: held.ial < target.ial ? (held.aal < target.aal ? 'both' : 'ial') : 'aal',
    target,
    mayContinue,
    acrOtherwise: acr,
  });
  const inReach = levels.find((one) => covers(reach, one));
  if (essential && !met && !inReach) return refused;
  if (!covers(held, minimum)) return covers(reach, minimum) ? step(minimum, false) : refused;
  if (met || asked.length === 0) return proceed;
  if (inReach) return step(inReach, !essential);
  return proceed;
}

const reachesOf = (held: Levels): Levels[] => [
  held,
  { ial: Math.max(held.ial, 2) as Levels['ial'], aal: Math.max(held.aal, 2) as Levels['aal'] },
];

function check(cases: readonly Case[]): number {
  for (const one of cases) expect([one, decide(one)]).toEqual([one, expected(one)]);
  return cases.length;
}

describe('asked × held × essential or voluntary × minimum × reach', () => {
  const lists: readonly (readonly (Levels | 'unknown')[])[] = [
    [],
    ['unknown'],
    ...PAIRS.map((pair) => [pair]),
    ...PAIRS.map((pair) => ['unknown', pair] as const),
  ];

  it.each(lists.map((asked) => ({ asked, name: asked.map(spelled).join(' ') || 'nothing' })))(
    'asked $name',
    ({ asked }) => {
      const cases = PAIRS.flatMap((held) =>
        reachesOf(held).flatMap((reach) =>
          PAIRS.flatMap((minimum) =>
            [true, false].map((essential) => ({
              asked,
              // An essential claim without a value asks for nothing (OIDC Core §5.5.1.1).
              essential: essential && asked.length > 0,
              held,
              reach,
              minimum,
            })),
          ),
        ),
      );
      expect(check(cases)).toBe(576);
    },
  );

  it('asked two values in order: the first that is met is stated, else the first in reach is gone for', () => {
    const open = { ial: 0, aal: 1 } as const;
    const cases = PAIRS.flatMap((first) =>
      PAIRS.flatMap((second) =>
        PAIRS.flatMap((held) =>
          [true, false].map((essential) => ({
            asked: [first, second],
            essential,
            held,
            reach: reachesOf(held)[1]!,
            minimum: open,
          })),
        ),
      ),
    );
    expect(check(cases)).toBe(3456);
  });

  it('never states more than is held, nor goes on below the minimum', () => {
    for (const held of PAIRS)
      for (const minimum of PAIRS)
        for (const asked of PAIRS) {
          const decision = decide({
            asked: [asked],
            essential: false,
            held,
            reach: reachesOf(held)[1]!,
            minimum,
          });
          if (decision.outcome !== 'proceed') continue;
          const [, ial, aal] = /ial(\d):aal(\d)$/.exec(decision.acr)!;
          expect(Number(ial)).toBeLessThanOrEqual(held.ial);
          expect(Number(aal)).toBeLessThanOrEqual(held.aal);
          expect(covers(held, minimum)).toBe(true);
        }
  });
});
