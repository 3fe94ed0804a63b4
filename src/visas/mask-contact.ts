import type { RegisterContact } from './register-answer.ts';

/**
 * An address as it may be shown to somebody who has not proven to be its owner: enough to recognise one's own, not
 * enough to learn another's. `a•••@e•••.org`, `••• 12`. The count of dots is fixed, so it does not tell a length.
 */
export function maskContact({ kind, address }: RegisterContact): string {
  if (kind === 'phone') {
    const digits = address.replace(/\D/g, '');
    return digits.length < 8 ? '•••' : `••• ${digits.slice(-2)}`;
  }
  const [, local = '', host = ''] = /^(.+)@([^@]+)$/.exec(address) ?? [];
  const topLevel = host.includes('.') ? host.slice(host.lastIndexOf('.')) : '';
  return `${firstLetter(local)}•••@${firstLetter(host)}•••${topLevel}`;
}

function firstLetter(text: string): string {
  return /^./u.exec(text)?.[0] ?? '';
}
