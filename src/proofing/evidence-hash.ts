import { createHash } from 'node:crypto';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { onFile } from './case.ts';
import type { OnFile, ProofingCase } from './case-state.ts';
import { evidenceDigest, readEvidence } from './evidence.ts';

/**
 * One hash over everything that is on file, from the bytes themselves: what an officer had before them. Whoever replaces
 * evidence after the page was opened, by whatever way, changes it, and the decision is refused (409).
 */
export async function evidenceHash(db: Db | Tx, app: App, proofing: ProofingCase): Promise<string> {
  const hash = createHash('sha256');
  for (const examinationId of examinationsOf(onFile(proofing.state))) {
    const evidence = await readEvidence(db, app, { proofing, examinationId });
    hash.update(`${examinationId}\n`);
    for (const [kind, bytes] of [...evidence].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      hash.update(`${kind} `).update(evidenceDigest(app, bytes));
  }
  return hash.digest('base64url');
}

function examinationsOf(file: OnFile): RowId[] {
  return Object.values(file).flatMap((fact: OnFile[keyof OnFile]) =>
    fact && 'examinationId' in fact ? [fact.examinationId] : [],
  );
}
