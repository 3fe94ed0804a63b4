import { expect, it } from 'vitest';
import { stepUpChallenge } from '../../src/oidc/step-up-challenge.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
const signedIn = { acr: 'urn:tangchat:acr:ial2:aal2', auth_time: NOW.getTime() / 1000 - 600 };
const acr = (ial: number, aal: number) => `urn:tangchat:acr:ial${ial}:aal${aal}`;

it.each([
  ['nothing', {}],
  ['the same levels', { acrValues: [acr(2, 2)] }],
  ['lower ones', { acrValues: [acr(1, 1)] }],
  ['any of several', { acrValues: [acr(3, 3), acr(2, 2)] }],
  ['a sign-in of the last ten minutes', { maxAgeSeconds: 600 }],
])('lets a request through that demands %s', (_what, demand) => {
  expect(stepUpChallenge(signedIn, demand, NOW)).toEqual({ ok: true });
});

it('goes by the true levels where the token states a lower acr that was asked', () => {
  const claims = { ...signedIn, acr: acr(1, 2), ial: 2, aal: 2 };
  expect(stepUpChallenge(claims, { acrValues: [acr(2, 2)] }, NOW)).toEqual({ ok: true });
});

it.each([
  [
    'a higher identity level',
    signedIn,
    { acrValues: [acr(3, 2)] },
    'A higher level',
    `acr_values="${acr(3, 2)}"`,
  ],
  [
    'a higher level of sign-in',
    signedIn,
    { acrValues: [acr(2, 3)] },
    'A higher level',
    `acr_values="${acr(2, 3)}"`,
  ],
  [
    'levels where the token has none',
    {},
    { acrValues: [acr(0, 1)] },
    'A higher level',
    `acr_values="${acr(0, 1)}"`,
  ],
  [
    'an acr that is not ours',
    signedIn,
    { acrValues: ['phr'] },
    'A higher level',
    'acr_values="phr"',
  ],
  [
    'levels that somebody wrote as text',
    { ial: '3', aal: '3' },
    { acrValues: [acr(1, 1)] },
    'A higher level',
    'acr_values=',
  ],
  ['a fresher sign-in', signedIn, { maxAgeSeconds: 599 }, 'More recent', 'max_age="599"'],
  ['an age where the token has none', {}, { maxAgeSeconds: 60 }, 'More recent', 'max_age="60"'],
])('challenges a request that demands %s', (_what, claims, demand, because, parameter) => {
  const answer = stepUpChallenge(claims, demand, NOW);
  if (answer.ok) throw new Error('let through');
  expect(answer.status).toBe(401);
  expect(answer.wwwAuthenticate).toMatch(/^Bearer error="insufficient_user_authentication", /);
  expect(answer.wwwAuthenticate).toContain(`error_description="${because}`);
  expect(answer.wwwAuthenticate).toContain(parameter);
});
