import { describe, expect, it } from 'vitest';
import { instrument } from './coverage/instrument.ts';
import { shortened } from './shortened.ts';
import { superviseFuzzing } from './supervise.ts';

/**
 * That the guidance guides: `planted.ts` fails behind four octets that it asks for one by one. The same changes, the same seed
 * and the same number of inputs, once with what coverage teaches and once without.
 */
describe('fuzzing a planted fault', { timeout: 120_000 }, () => {
  const plan = { targets: ['planted'], seed: 1, real: false, runs: 150_000, maxFindings: 1 };

  it('finds it under the guidance of coverage, and cuts the input down to what it takes', async () => {
    const [guided] = await superviseFuzzing({ ...plan, guided: true });
    expect(guided!.findings.map(({ why }) => why.split('\n')[0])).toEqual([
      'RangeError: the planted fault',
    ]);
    expect(guided!.findings[0]!.bytes.length).toBe(6);
  });

  it('does not find it without', async () => {
    const [blind] = await superviseFuzzing({ ...plan, guided: false });
    expect(blind).toMatchObject({ runs: plan.runs, findings: [] });
  });

  it('gives the same from the same seed', async () => {
    const short = { ...plan, targets: ['mrz', 'sod'], runs: 200, guided: true };
    const [once, again] = [await superviseFuzzing(short), await superviseFuzzing(short)];
    const told = (all: typeof once) =>
      all.map(({ runs, reached, corpus }) => [runs, reached, corpus]);
    expect(told(again)).toEqual(told(once));
  });
});

describe('a thread that is watched', { timeout: 120_000 }, () => {
  const plan = { seed: 1, real: false, guided: true, runs: 50 };

  it('tells which input a parser never answers', async () => {
    const [hanging] = await superviseFuzzing({ ...plan, targets: ['hanging'], hangSeconds: 2 });
    expect(hanging!.findings).toEqual([
      { target: 'hanging', why: 'hangs: no answer in 2 s', bytes: Buffer.alloc(8), ours: true },
    ]);
  });

  it('tells which input takes all memory, and goes on with the next parser', async () => {
    const [greedy, sound] = await superviseFuzzing({
      ...plan,
      targets: ['greedy', 'c40'],
      maxHeapMb: 64,
    });
    expect(greedy!.findings).toEqual([
      { target: 'greedy', why: 'takes more than 64 MB', bytes: Buffer.alloc(8), ours: true },
    ]);
    expect(sound).toMatchObject({ target: 'c40', runs: 50, findings: [] });
  });
});

describe('counters', () => {
  const run = (source: string) => {
    const counters = new Uint8Array(64);
    const name = '__countersOfThisTest';
    Reflect.set(globalThis, name, counters);
    const { source: counted, blocks } = instrument(source, `globalThis.${name}`, 0);
    // oxlint-disable-next-line no-implied-eval -- the module under test is code that was just made
    const result = new Function(counted.replace('export default', 'return'))() as unknown;
    return { result, hits: [...counters.subarray(0, blocks.length)] };
  };

  it('stand on both sides of every branch and leave what the code does', () => {
    expect(run('let a = 0; if (a) a = 1; else a = 2; export default a')).toEqual({
      result: 2,
      hits: [0, 1],
    });
    expect(run('let a = 0; if (a) if (a) a = 1; else a = 2; export default a').result).toBe(0);
    expect(run('export default [1, 2].map((n) => ({ n: n > 1 ? "b" : "a" }))')).toEqual({
      result: [{ n: 'a' }, { n: 'b' }],
      hits: [2, 1, 1],
    });
    expect(run('let n = 0; for (const x of [1, 2, 3]) n += x && 2; export default n')).toEqual({
      result: 6,
      hits: [3, 3],
    });
    expect(run('let a; switch (2) { case 1: a = 1; default: a = 3 } export default a')).toEqual({
      result: 3,
      hits: [0, 1],
    });
    expect(run('let a; try { a.b } catch { a = "c" } export default a')).toEqual({
      result: 'c',
      hits: [1],
    });
  });

  it('give the literals that an input may have to hold', () => {
    const { literals } = instrument('f("FAC\\0", 0x7f61, 3, "x")', 'globalThis.c', 0);
    expect(literals).toEqual(['FAC\0', 0x7f61]);
  });
});

describe('cutting an input down', () => {
  it('leaves only what it takes', () => {
    const cut = shortened(Buffer.from('aaaaXbbbYcc'), (bytes) => /X.*Y/.test(bytes.toString()));
    expect(cut.toString()).toBe('XY');
  });
});
