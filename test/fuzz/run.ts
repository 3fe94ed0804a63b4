import { parseArgs } from 'node:util';
import { fuzzChips } from './fuzz-chips.ts';
import { fuzzTarget } from './fuzz-target.ts';
import { seeded } from './mutate.ts';
import { runTarget, targets } from './targets.ts';
import { fuzzVectors, keepVector } from './vectors.ts';

/**
 * `npm run fuzz`: every parser for `--seconds` (10) each, then `--chips` (100,000) sound chips with one bit changed. `--seed`
 * repeats a run, `--only` names one parser, `--keep` keeps short inputs with a refusal that no vector has. Inputs
 * that break something are kept always. Exits 1 where there were any.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    chips: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const draw = seeded(Number(values.seed));
const vectors = fuzzVectors();
let wrong = 0;
console.log(`seed ${values.seed}`);
for (const target of Object.keys(targets)) {
  if (values.only !== undefined && values.only !== target) continue;
  const until = performance.now() + Number(values.seconds) * 1000;
  const corpus = vectors.filter((vector) => vector.target === target).map(({ bytes }) => bytes);
  const fuzzed = fuzzTarget(target, { draw, goesOn: () => performance.now() < until, corpus });
  console.log(
    `${target}: ${fuzzed.runs} inputs, ${fuzzed.words} outcomes, ${fuzzed.findings.length} faults`,
  );
  for (const finding of fuzzed.findings) {
    keepVector(finding);
    console.error(`  ${finding.why}: ${finding.bytes.toString('hex').slice(0, 200)}`);
    wrong += 1;
  }
  if (values.keep) keepNewRefusals(target, [...corpus], fuzzed.kept);
}
if (Number(values.chips) > 0) {
  const startedAt = performance.now();
  const { chips, outcomes, wrong: genuine } = fuzzChips(draw, Number(values.chips));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`chips: ${chips} with one bit changed in ${seconds} s: ${JSON.stringify(outcomes)}`);
  for (const which of genuine) console.error(`  ${which}`);
  wrong += genuine.length;
}
console.log(wrong === 0 ? 'nothing broke' : `${wrong} broke`);
process.exitCode = wrong === 0 ? 0 : 1;

function keepNewRefusals(target: string, known: Buffer[], candidates: readonly Buffer[]): void {
  const refusals = new Set(known.map((bytes) => runTarget(target, bytes).word));
  for (const bytes of candidates.toSorted((one, other) => one.length - other.length)) {
    const { kind, word } = runTarget(target, bytes);
    if (kind !== 'refused' || bytes.length > 1000 || refusals.has(word)) continue;
    refusals.add(word);
    keepVector({ target, bytes });
  }
}
