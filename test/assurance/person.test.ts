import { describe, expect, it } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import { counterProof, officerProof, SEALED } from './evidence.ts';

const now = new Date('2026-12-01T05:00:00Z');

describe('the person’s side of a token', () => {
  it('of an account without a person is IAL0, may sign in, and knows no stay', () => {
    expect(personAssurance(null, now)).toMatchObject({
      ial: 0,
      signIn: { maySignIn: true, numberReleased: 'no' },
      stay: 'unknown',
      identity: { pathway: null },
    });
  });

  it('puts the ceiling of the ID’s state on the evidence, and leaves the evidence told as it is', () => {
    const proofs = [counterProof(SEALED)];
    const at = (idState: 'active' | 'provisional' | 'suspended') => {
      const { ial, identity } = personAssurance({ idState, proofs, stay: null }, now);
      return [ial, identity.ial];
    };
    expect(at('active')).toEqual([3, 3]);
    expect(at('provisional')).toEqual([2, 3]);
    expect(at('suspended')).toEqual([0, 3]);
  });

  it('is moved by no stay', () => {
    const facts = { idState: 'active', proofs: [officerProof()] } as const;
    const ended = {
      status: 'lawful_until',
      admittedUntil: '2026-11-01',
      basis: 'visa',
      asOf: null,
      source: null,
    } as const;
    expect(personAssurance({ ...facts, stay: ended }, now)).toMatchObject({
      ial: 2,
      stay: 'expired',
    });
    expect(personAssurance({ ...facts, stay: null }, now)).toMatchObject({
      ial: 2,
      stay: 'unknown',
    });
  });
});
