import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { runCommand } from '../../src/cli.ts';

async function check(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await runCommand(['id', 'check', ...args], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { code, ...said };
}

describe('tangchat id check', () => {
  it('shows a well-formed number and exits 0', async () => {
    const expected = { code: 0, out: 'F 0123 4567 89 07', err: '' };
    expect(await check('F012345678907')).toEqual(expected);
    expect(await check('f', '0123', '4567', '89', '07')).toEqual(expected);
  });

  test.each([
    [['F012345678908'], 'check_digits'],
    [['1012345678907'], 'prefix'],
    [['F0123'], 'length'],
    [[], 'empty'],
  ])('%j: says %s and exits 1', async (args, reason) => {
    const said = await check(...args);
    expect(said.code).toBe(1);
    expect(said.out).toBe('');
    expect(said.err).toMatch(new RegExp(`^${reason}: `));
  });

  it('agrees with every vector in docs/foreign-id.md', async () => {
    const page = readFileSync(new URL('../../docs/foreign-id.md', import.meta.url), 'utf8');
    const good = [...page.matchAll(/^\| `F\d{10}` \| `(F\d{12})` \| `([F\d ]+)` \|$/gm)];
    expect(good.length).toBeGreaterThanOrEqual(5);
    for (const [, number, shown] of good)
      expect(await check(number!)).toMatchObject({ code: 0, out: shown });
    const bad = [...page.matchAll(/^\| `(\w+)` \| `(\w+)`(?:: [^|]*)? \|$/gm)];
    expect(bad.length).toBeGreaterThanOrEqual(5);
    for (const [, number, reason] of bad)
      expect((await check(number!)).err).toMatch(new RegExp(`^${reason}: `));
  });
});
