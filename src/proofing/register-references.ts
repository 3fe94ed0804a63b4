import type { CrossReference } from '../registry/record-cross-reference.ts';
import type { RegisterWord } from './judge-register.ts';

/**
 * The numbers by which a register knows the applicant, for the registry's crosswalk: its own key of the person is the same
 * before and after a renewed passport.
 */
export function registerReferences(word: RegisterWord): CrossReference[] {
  if (word.kind !== 'found') return [];
  const { registerPersonId } = word.person;
  return [
    {
      kind: 'immigration_person',
      number: registerPersonId,
      source: word.source,
      verified: true,
    },
  ];
}
