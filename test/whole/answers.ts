import type { Answer } from '../walk.ts';

/** Throws, with what the page said, unless the answer is the one that acknowledges. */
export function expectStatus(answer: Answer, status: number, location?: string): void {
  const right = answer.status === status && (!location || answer.location === location);
  if (right) return;
  const words = answer.text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  throw new Error(
    `Answered ${answer.status} ${answer.location ?? ''} instead of ${status} ${location ?? ''}: ${words.slice(0, 600)}`,
  );
}
