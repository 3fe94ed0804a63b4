import { describe, expect, it, test } from 'vitest';
import {
  AALS,
  IALS,
  acrOf,
  acrValuesSupported,
  chooseAcr,
  meets,
  parseAcr,
  unmetPart,
} from '../../src/assurance/acr.ts';
import { alignedNames } from '../../src/assurance/aligned-names.ts';

const everyPair = IALS.flatMap((ial) => AALS.map((aal) => ({ ial, aal })));

describe('every acr asked against every level held', () => {
  const combinations = everyPair.flatMap((asked) => everyPair.map((held) => ({ asked, held })));

  it('covers 144 combinations', () => {
    expect(combinations).toHaveLength(144);
  });

  test.each(combinations)(
    'asked ial$asked.ial:aal$asked.aal, held ial$held.ial:aal$held.aal',
    ({ asked, held }) => {
      const ialMissing = held.ial < asked.ial;
      const aalMissing = held.aal < asked.aal;
      expect(meets(asked, held)).toBe(!ialMissing && !aalMissing);
      expect(unmetPart(asked, held)).toBe(
        ialMissing && aalMissing ? 'both' : ialMissing ? 'ial' : aalMissing ? 'aal' : 'none',
      );
      const stated = chooseAcr([acrOf(asked)], held);
      expect(stated).toBe(ialMissing || aalMissing ? acrOf(held) : acrOf(asked));
      // What is stated is never more than what is held.
      expect(meets(parseAcr(stated)!, held)).toBe(true);
    },
  );
});

describe('acr', () => {
  it('states the first asked value that is met, in the order asked', () => {
    const held = { ial: 2, aal: 2 } as const;
    const [high, low, lower] = [
      acrOf({ ial: 3, aal: 2 }),
      acrOf({ ial: 2, aal: 1 }),
      acrOf({ ial: 1, aal: 1 }),
    ];
    expect(chooseAcr([high, lower, low], held)).toBe(lower);
    expect(chooseAcr([high], held)).toBe(acrOf(held));
    expect(chooseAcr([], held)).toBe(acrOf(held));
  });

  it('round-trips every level under the default and a configured base', () => {
    for (const base of ['urn:tangchat:acr:', 'https://id.example/acr/'])
      for (const pair of everyPair) expect(parseAcr(acrOf(pair, base), base)).toEqual(pair);
    expect(acrValuesSupported()).toHaveLength(12);
    expect(acrValuesSupported()[0]).toBe('urn:tangchat:acr:ial0:aal1');
  });

  test.each([
    'urn:tangchat:acr:ial4:aal1',
    'urn:tangchat:acr:ial2:aal0',
    'urn:tangchat:acr:ial2:aal2 ',
    'urn:tangchat:acr:ial2:aal22',
    'urn:tangchat:acr:ial2',
    'urn:tangchat:acrial2:aal2',
    'URN:TANGCHAT:ACR:IAL2:AAL2',
    'urn:mace:incommon:iap:silver',
    '',
    null,
    2,
    ['urn:tangchat:acr:ial2:aal2'],
  ])('%j is no acr of ours and is never met', (value) => {
    expect(parseAcr(value)).toBeNull();
    if (typeof value === 'string')
      expect(chooseAcr([value], { ial: 3, aal: 3 })).toBe('urn:tangchat:acr:ial3:aal3');
  });
});

describe('aligned names', () => {
  test.each(everyPair)('of ial$ial:aal$aal', ({ ial, aal }) => {
    const names = alignedNames({ ial, aal });
    expect(names.eidas).toBe(
      ial === 3 && aal === 3 ? 'high' : ial >= 2 && aal >= 2 ? 'substantial' : null,
    );
    expect(names.nist).toEqual({ ial: ial === 0 ? null : `IAL${ial}`, aal: `AAL${aal}` });
    expect(names.thai).toEqual({
      ial: ['1.1', '1.3', '2.3', '3'][ial],
      reviewed: false,
      asOf: '2026-11-22',
    });
  });
});
