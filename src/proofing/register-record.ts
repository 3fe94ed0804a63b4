import type { ChipDocument } from '../documents/chip-verdict.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { registerStatement } from '../visas/register-answer.ts';
import type { ProofingCase } from './case-state.ts';
import { readEvidence } from './evidence.ts';
import { judgeRegister } from './judge-register.ts';
import type { RegisterJudgement, RegisterWord } from './judge-register.ts';

const WORD = 'register_answer';
const word = registerStatement.refine((said) => said.kind !== 'pending');

export function registerEvidence(said: RegisterWord): Map<string, Buffer> {
  return new Map([[WORD, Buffer.from(JSON.stringify(said))]]);
}

/** What the register said, and what it means for the document at `now`; null where it was wiped. */
export async function readRegisterRecord(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId; document: ChipDocument },
): Promise<{ word: RegisterWord; judgement: RegisterJudgement } | null> {
  const evidence = await readEvidence(db, app, { ...given, kinds: [WORD] });
  const bytes = evidence.get(WORD);
  if (!bytes) return null;
  const said = word.parse(JSON.parse(bytes.toString('utf8')));
  return { word: said, judgement: judgeRegister(said, given.document, app.clock.now()) };
}
