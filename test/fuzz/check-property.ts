import process from 'node:process';
import fc from 'fast-check';

/**
 * Tries a property on made inputs, the same ones every time; `FUZZ_SEED` gives it others. What fails is cut down, and told with the
 * seed and path that repeat it.
 */
export function holdsFor<Made extends [unknown, ...unknown[]]>(
  property: fc.IProperty<Made>,
  numRuns = 300,
): void {
  fc.assert(property, { seed: Number(process.env.FUZZ_SEED ?? 20_261_123), numRuns });
}
