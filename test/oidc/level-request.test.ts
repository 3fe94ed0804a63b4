import { describe, expect, test } from 'vitest';
import { askedAcrValues, levelRequest } from '../../src/oidc/level-request.ts';

const [HIGH, LOW] = ['urn:tangchat:acr:ial3:aal2', 'urn:tangchat:acr:ial1:aal2'];
const acr = (claim: unknown, place = 'id_token') => JSON.stringify({ [place]: { acr: claim } });

describe('how a request asks for levels', () => {
  test.each<[string, object, { askedValues: string[]; essential: boolean }]>([
    ['nothing', {}, { askedValues: [], essential: false }],
    [
      'acr_values',
      { acr_values: `${HIGH} ${LOW}` },
      { askedValues: [HIGH, LOW], essential: false },
    ],
    [
      'odd spaces',
      { acr_values: `  ${HIGH}   ${LOW} ` },
      { askedValues: [HIGH, LOW], essential: false },
    ],
    [
      'a voluntary acr',
      { claims: acr({ value: HIGH }) },
      { askedValues: [HIGH], essential: false },
    ],
    ['an acr that is null', { claims: acr(null) }, { askedValues: [], essential: false }],
    [
      'an essential acr',
      { claims: acr({ essential: true, value: HIGH }) },
      { askedValues: [HIGH], essential: true },
    ],
    [
      'an essential acr of several values',
      { claims: acr({ essential: true, values: [HIGH, LOW] }) },
      { askedValues: [HIGH, LOW], essential: true },
    ],
    [
      'an essential acr at userinfo',
      { claims: acr({ essential: true, value: HIGH }, 'userinfo') },
      { askedValues: [HIGH], essential: true },
    ],
    [
      'an essential acr without a value',
      { claims: acr({ essential: true }) },
      { askedValues: [], essential: false },
    ],
    [
      'an essential acr beside acr_values',
      { acr_values: LOW, claims: acr({ essential: true, value: HIGH }) },
      { askedValues: [HIGH], essential: true },
    ],
    [
      'an essential acr without a value beside acr_values',
      { acr_values: LOW, claims: acr({ essential: true }) },
      { askedValues: [LOW], essential: false },
    ],
    [
      'a voluntary acr beside acr_values',
      { acr_values: LOW, claims: acr({ value: HIGH }) },
      { askedValues: [LOW], essential: false },
    ],
    ['claims that are no JSON', { claims: '{' }, { askedValues: [], essential: false }],
    [
      'an acr of another form',
      { claims: acr({ essential: true, value: 3 }) },
      { askedValues: [], essential: false },
    ],
  ])('%s', (_what, parameters, asked) => {
    expect(levelRequest(parameters)).toEqual(asked);
  });

  test('a token keeps what was asked, whole', () => {
    expect(askedAcrValues({ id_token: { acr: { values: [HIGH, LOW] } } })).toEqual([HIGH, LOW]);
    expect(askedAcrValues({ id_token: { acr: { essential: true, value: HIGH } } })).toEqual([HIGH]);
    expect(askedAcrValues(undefined)).toEqual([]);
  });
});
