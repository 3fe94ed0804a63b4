import { describe, expect, it, test } from 'vitest';
import { AALS, IALS, acrOf, meets } from '../../src/assurance/acr.ts';
import type { Levels } from '../../src/assurance/acr.ts';
import { identityAssurance } from '../../src/assurance/identity.ts';
import { IDENTITY_POLICY } from '../../src/assurance/identity-evidence.ts';
import { decideSignIn } from '../../src/assurance/sign-in-decision.ts';
import type { HeldFacts, ServiceDemands } from '../../src/assurance/sign-in-decision.ts';
import {
  ID_STATES,
  cappedIal,
  releasesNumber,
  releasesPersonalClaims,
  signInPolicy,
} from '../../src/assurance/sign-in-policy.ts';
import { STAY_STATUSES, isLawfulStay, stayAt } from '../../src/assurance/stay.ts';
import type { StayFacts } from '../../src/assurance/stay.ts';
import { officerProof } from './evidence.ts';

const now = new Date('2026-12-01T05:00:00Z');
const everyPair = IALS.flatMap((ial) => AALS.map((aal) => ({ ial, aal })));
const open: ServiceDemands = {
  minimum: { ial: 0, aal: 1 },
  refusedPathways: [],
  demandsLawfulStay: false,
  demandsCurrentDocument: false,
};
const held = (levels: Levels, more: Partial<HeldFacts> = {}): HeldFacts => ({
  levels,
  identity: identityAssurance([officerProof()], IDENTITY_POLICY, now),
  stay: 'lawful_until',
  ...more,
});
const reach = { ial: 2, aal: 2 } as const;

describe('a plain acr_values request', () => {
  test.each(everyPair.flatMap((asked) => everyPair.map((levels) => ({ asked, levels }))))(
    'for ial$asked.ial:aal$asked.aal at ial$levels.ial:aal$levels.aal offers what is in reach and never blocks',
    ({ asked, levels }) => {
      const request = { askedValues: [acrOf(asked)], essential: false };
      const decision = decideSignIn({ request, service: open, held: held(levels), reach });
      if (meets(asked, levels)) expect(decision).toEqual({ outcome: 'proceed', acr: acrOf(asked) });
      else if (meets(asked, reach))
        expect(decision).toMatchObject({
          outcome: 'step_up',
          target: asked,
          mayContinue: true,
          acrOtherwise: acrOf(levels),
        });
      else expect(decision).toEqual({ outcome: 'proceed', acr: acrOf(levels) });
    },
  );
});

describe('an essential acr', () => {
  test.each(everyPair.flatMap((asked) => everyPair.map((levels) => ({ asked, levels }))))(
    'for ial$asked.ial:aal$asked.aal at ial$levels.ial:aal$levels.aal is met, stepped up to, or refused',
    ({ asked, levels }) => {
      const request = { askedValues: [acrOf(asked)], essential: true };
      const decision = decideSignIn({ request, service: open, held: held(levels), reach });
      if (meets(asked, levels)) expect(decision).toEqual({ outcome: 'proceed', acr: acrOf(asked) });
      else if (meets(asked, reach))
        expect(decision).toMatchObject({ outcome: 'step_up', mayContinue: false });
      else expect(decision).toEqual({ outcome: 'refuse', reason: 'level_out_of_reach' });
    },
  );

  it('of several values takes any that is met, and aims at the first in reach', () => {
    const request = {
      askedValues: [acrOf({ ial: 3, aal: 3 }), acrOf({ ial: 2, aal: 2 })],
      essential: true,
    };
    const input = { request, service: open, reach };
    expect(decideSignIn({ ...input, held: held({ ial: 2, aal: 2 }) })).toEqual({
      outcome: 'proceed',
      acr: acrOf({ ial: 2, aal: 2 }),
    });
    expect(decideSignIn({ ...input, held: held({ ial: 1, aal: 2 }) })).toMatchObject({
      part: 'ial',
      target: { ial: 2, aal: 2 },
    });
  });

  it('that is no level of ours is refused; as a plain wish it is ignored', () => {
    const input = { service: open, held: held({ ial: 2, aal: 2 }), reach };
    expect(
      decideSignIn({ ...input, request: { askedValues: ['urn:other'], essential: true } }),
    ).toEqual({ outcome: 'refuse', reason: 'level_out_of_reach' });
    expect(
      decideSignIn({ ...input, request: { askedValues: ['urn:other'], essential: false } }),
    ).toEqual({ outcome: 'proceed', acr: acrOf({ ial: 2, aal: 2 }) });
  });
});

describe("a service's own demands", () => {
  const nothingAsked = { askedValues: [], essential: false };

  it('set a minimum that no request lowers', () => {
    const service = { ...open, minimum: { ial: 2, aal: 2 } as const };
    const request = { askedValues: [acrOf({ ial: 0, aal: 1 })], essential: true };
    expect(decideSignIn({ request, service, held: held({ ial: 0, aal: 2 }), reach })).toMatchObject(
      {
        outcome: 'step_up',
        part: 'ial',
        target: { ial: 2, aal: 2 },
        mayContinue: false,
      },
    );
    const unreachable = { ial: 1, aal: 2 } as const;
    expect(
      decideSignIn({ request, service, held: held({ ial: 0, aal: 2 }), reach: unreachable }),
    ).toEqual({
      outcome: 'refuse',
      reason: 'level_out_of_reach',
    });
  });

  it('runs only the missing part', () => {
    const service = { ...open, minimum: { ial: 2, aal: 2 } as const };
    const part = (levels: Levels) => {
      const decision = decideSignIn({ request: nothingAsked, service, held: held(levels), reach });
      return decision.outcome === 'step_up' ? decision.part : decision.outcome;
    };
    expect(part({ ial: 2, aal: 1 })).toBe('aal');
    expect(part({ ial: 0, aal: 2 })).toBe('ial');
    expect(part({ ial: 0, aal: 1 })).toBe('both');
    expect(part({ ial: 3, aal: 2 })).toBe('proceed');
  });

  it('may refuse an officer’s eye alone where identity matters', () => {
    const service = {
      ...open,
      minimum: { ial: 2, aal: 2 } as const,
      refusedPathways: ['remote_officer'] as const,
    };
    const input = { request: nothingAsked, held: held({ ial: 2, aal: 2 }), reach };
    expect(decideSignIn({ ...input, service })).toEqual({
      outcome: 'refuse',
      reason: 'pathway_refused',
    });
    expect(decideSignIn({ ...input, service: { ...service, minimum: open.minimum } }).outcome).toBe(
      'proceed',
    );
  });

  it('may demand a current document', () => {
    const service = { ...open, demandsCurrentDocument: true };
    const identity = identityAssurance(
      [officerProof({ documentExpiresOn: '2026-11-30' })],
      IDENTITY_POLICY,
      now,
    );
    const input = { request: nothingAsked, service, reach };
    expect(decideSignIn({ ...input, held: held({ ial: 2, aal: 2 }, { identity }) })).toEqual({
      outcome: 'refuse',
      reason: 'document_not_current',
    });
    expect(decideSignIn({ ...input, held: held({ ial: 2, aal: 2 }) }).outcome).toBe('proceed');
  });

  test.each(STAY_STATUSES)('a lawful stay, where demanded, against %s', (stay) => {
    const service = { ...open, demandsLawfulStay: true };
    const decision = decideSignIn({
      request: nothingAsked,
      service,
      held: held({ ial: 2, aal: 2 }, { stay }),
      reach,
    });
    expect(decision.outcome).toBe(isLawfulStay(stay) ? 'proceed' : 'refuse');
    expect(
      decideSignIn({
        request: nothingAsked,
        service: open,
        held: held({ ial: 2, aal: 2 }, { stay }),
        reach,
      }).outcome,
    ).toBe('proceed');
  });
});

describe('the sign-in policy', () => {
  test.each([
    ['none', true, 1, false, false],
    ['reserved', true, 1, false, false],
    ['provisional', true, 2, false, true],
    ['active', true, 3, true, true],
    ['dormant', true, 3, true, true],
    ['suspended', false, 0, false, false],
    ['revoked', false, 0, false, false],
    ['naturalised', false, 0, false, false],
    ['deceased', false, 0, false, false],
    ['superseded', false, 0, false, false],
  ] as const)('%s', (state, maySignIn, highestIal, number, numberBeforeArrival) => {
    expect(signInPolicy(state)).toMatchObject({ maySignIn, highestIal });
    expect(releasesNumber(state, { preArrival: false })).toBe(number);
    expect(releasesNumber(state, { preArrival: true })).toBe(numberBeforeArrival);
    for (const ial of IALS) expect(cappedIal(ial, state)).toBe(Math.min(ial, highestIal));
  });

  it('has a row for every state, and no row that signs nobody in but releases something', () => {
    for (const state of ID_STATES) {
      const policy = signInPolicy(state);
      if (!policy.maySignIn) expect(policy).toMatchObject({ highestIal: 0, numberReleased: 'no' });
    }
  });

  it('lets no personal claim leave below AAL2', () => {
    expect(AALS.map(releasesPersonalClaims)).toEqual([false, true, true]);
  });
});

const stay = (changes: Partial<StayFacts>): StayFacts => ({
  status: 'lawful_until',
  admittedUntil: '2026-12-01',
  basis: 'B',
  asOf: '2026-11-30T00:00:00Z',
  source: 'immigration',
  ...changes,
});

describe('the stay at a moment', () => {
  it('ends after its last day in Thailand without any message', () => {
    expect(stayAt(stay({}), new Date('2026-12-01T16:59:59Z'))).toBe('lawful_until');
    expect(stayAt(stay({}), new Date('2026-12-01T17:00:00Z'))).toBe('expired');
  });

  it('of a pending application ends with the day the register gave', () => {
    const pending = stay({ status: 'under_consideration' });
    expect(stayAt(pending, new Date('2026-12-01T16:59:59Z'))).toBe('under_consideration');
    expect(stayAt(pending, new Date('2026-12-01T17:00:00Z'))).toBe('expired');
  });

  it('is unknown without facts, and over where a permission names no last day', () => {
    expect(stayAt(null, now)).toBe('unknown');
    expect(stayAt(stay({ admittedUntil: null }), now)).toBe('expired');
  });

  test.each(
    STAY_STATUSES.filter((status) => status !== 'lawful_until' && status !== 'under_consideration'),
  )('%s stays what the register said', (status) => {
    expect(stayAt(stay({ status, admittedUntil: '2020-01-01' }), now)).toBe(status);
  });
});
