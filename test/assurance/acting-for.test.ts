import { describe, expect, it } from 'vitest';
import { ACTING_RULES, actingAssurance, actingRefusal } from '../../src/assurance/acting-for.ts';
import { IALS } from '../../src/assurance/acr.ts';
import { personAssurance } from '../../src/assurance/person.ts';
import type { PersonAssurance } from '../../src/assurance/person.ts';
import { ID_STATES, signInPolicy } from '../../src/assurance/sign-in-policy.ts';
import type { IdState } from '../../src/assurance/sign-in-policy.ts';
import { SEALED, counterProof, officerProof } from './evidence.ts';

const now = new Date('2026-12-01T05:00:00Z');
const at = (ial: PersonAssurance['ial'], idState: IdState = 'active'): PersonAssurance => ({
  ...personAssurance({ idState, proofs: [], stay: null }, now),
  ial,
});

const pairs = IALS.flatMap((guardian) => IALS.map((ward) => [guardian, ward] as const));

describe('a guardian who acts for a ward', () => {
  it.each(pairs)('at IAL%d for one at IAL%d has never more than either', (guardian, ward) => {
    const facts = { inForce: true, guardian: at(guardian), ward: at(ward) };
    const { ial, signIn } = actingAssurance(facts);
    const may = guardian >= 2;
    expect([signIn.maySignIn, ial]).toEqual([may, may ? Math.min(guardian, ward) : 0]);
  });

  it.each(ID_STATES.flatMap((guardian) => ID_STATES.map((ward) => [guardian, ward] as const)))(
    'with an ID that is %s signs in for one that is %s only where both may',
    (guardian, ward) => {
      const facts = { inForce: true, guardian: at(2, guardian), ward: at(2, ward) };
      const may = signInPolicy(guardian).maySignIn && signInPolicy(ward).maySignIn;
      expect(actingAssurance(facts).signIn.maySignIn).toBe(may);
      expect(actingRefusal(facts) === null).toBe(may);
    },
  );

  it('may do nothing once the guardianship has ended, whoever they are', () => {
    const facts = { inForce: false, guardian: at(3), ward: at(3) };
    expect(actingRefusal(facts)).toBe('guardianship_ended');
    expect(actingAssurance(facts)).toMatchObject({ ial: 0, signIn: { maySignIn: false } });
  });

  it('is told with the ward’s own proof and stay, whatever the guardian’s are', () => {
    const ward = personAssurance(
      { idState: 'active', proofs: [counterProof(SEALED)], stay: null },
      now,
    );
    const guardian = personAssurance(
      { idState: 'active', proofs: [officerProof()], stay: null },
      now,
    );
    const told = actingAssurance({ inForce: true, guardian, ward });
    expect(told).toEqual({ ...ward, ial: 2 });
    expect(told.identity.pathway).toBe('counter');
  });

  it('is refused by the first rule that does not hold', () => {
    const facts = { inForce: true, guardian: at(0, 'suspended'), ward: at(0, 'revoked') };
    expect(actingRefusal(facts)).toBe('guardian_not_admitted');
    expect(ACTING_RULES.map(({ code }) => code)).toEqual([
      'guardianship_ended',
      'guardian_not_admitted',
      'guardian_not_proven',
      'ward_not_admitted',
    ]);
  });
});
