import { describe, expect, it, test } from 'vitest';
import {
  CERTIFICATION_LEVELS,
  amrOf,
  authenticationAssurance,
} from '../../src/assurance/authentication.ts';
import type { AuthenticatorFacts } from '../../src/assurance/authentication.ts';

const securityKey: AuthenticatorFacts = {
  userVerified: true,
  backupEligible: false,
  hardware: { nonExportableKey: true, certification: 'L2', revoked: false },
};
const hardware = securityKey.hardware!;

describe('authentication assurance', () => {
  test.each<[string, AuthenticatorFacts, number]>([
    ['a certified security key with user verification', securityKey, 3],
    ['the same without user verification', { ...securityKey, userVerified: false }, 1],
    [
      'a backup-eligible credential, whatever it attests',
      { ...securityKey, backupEligible: true },
      2,
    ],
    ['no attestation', { ...securityKey, hardware: null }, 2],
    ['a synced phone passkey', { userVerified: true, backupEligible: true, hardware: null }, 2],
    [
      'a synced passkey, user not verified',
      { userVerified: false, backupEligible: true, hardware: null },
      1,
    ],
    [
      'an exportable key',
      { ...securityKey, hardware: { ...hardware, nonExportableKey: false } },
      2,
    ],
    ['a revoked model', { ...securityKey, hardware: { ...hardware, revoked: true } }, 2],
    ['an uncertified model', { ...securityKey, hardware: { ...hardware, certification: null } }, 2],
  ])('%s', (_name, facts, aal) => {
    expect(authenticationAssurance(facts)).toBe(aal);
  });

  test.each(CERTIFICATION_LEVELS)('certification %s counts only above L1', (certification) => {
    const facts = { ...securityKey, hardware: { ...hardware, certification } };
    expect(authenticationAssurance(facts)).toBe(certification === 'L1' ? 2 : 3);
  });

  it('states hwk only for attested hardware, mfa only with user verification', () => {
    expect(amrOf(securityKey)).toEqual(['hwk', 'pop', 'user', 'mfa']);
    expect(amrOf({ userVerified: true, backupEligible: true, hardware: null })).toEqual([
      'pop',
      'user',
      'mfa',
    ]);
    expect(amrOf({ userVerified: false, backupEligible: true, hardware: null })).toEqual([
      'pop',
      'user',
    ]);
  });
});
