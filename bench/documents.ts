import { existsSync } from 'node:fs';
import { chipAnswers } from './documents/active-authentication.ts';
import { masterLists } from './documents/master-lists.ts';
import { realChips, sandboxChips } from './documents/passive-authentication.ts';
import { portraits } from './documents/portraits.ts';
import { vectorsFolder } from './documents/vectors.ts';
import { zones } from './documents/zones.ts';
import { report, type Result } from './report.ts';

/**
 * Issue 3, "Speed and memory", figure by figure beside its target: `cpu` and `wall` are what ours costs over what the other
 * costs, measured in turns in this run on the same keys. Real documents are measured where they lie beside the project.
 */
export async function runDocuments(): Promise<void> {
  const real = existsSync(vectorsFolder);
  const results: Result[] = [
    ...(real ? realChips() : []),
    ...(await sandboxChips()),
    ...chipAnswers(),
    ...zones(),
    ...(real ? await masterLists() : []),
    ...(real ? [await portraits()] : []),
  ];
  report('documents', results.map(filled));
}

/** One set of columns for all. */
function filled(result: Result): Result {
  return {
    what: '',
    target: '',
    cpu: '',
    wall: '',
    ours_us: '',
    other_us: '',
    cache_saves: '',
    ...result,
  };
}
