import { expect, test } from 'vitest';
import { maskContact } from '../../src/visas/mask-contact.ts';

test.each([
  ['email', 'anna.eriksson@example.org', 'a•••@e•••.org'],
  ['email', '"odd@name"@example.co.th', '"•••@e•••.th'],
  ['email', 'not an address', '•••@•••'],
  ['phone', '+66 81 234 5678', '••• 78'],
  ['phone', '1155', '•••'],
] as const)('%s %s is shown as %s', (kind, address, masked) => {
  expect(maskContact({ kind, address })).toBe(masked);
});
