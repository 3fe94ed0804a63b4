import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** From the parenthesis that opens at `start` to the one that closes it. */
function inParentheses(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

// A transaction has one connection: queries that are sent side by side only wait there, and pg 9 refuses them.
it('sends no two queries of one transaction side by side', () => {
  const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(src, name), 'utf8');
      return (
        [...text.matchAll(/Promise\.all(?:Settled)?\(/g)]
          .map(({ index }) => inParentheses(text, text.indexOf('(', index)))
          // Those that open transactions of their own have each its own connection.
          .filter((body) => /\btx\b/.test(body) && !body.includes('transact('))
          .map(() => name)
      );
    });
  expect(found).toEqual([]);
});
