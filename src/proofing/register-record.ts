import { z } from 'zod';
import type { ChipDocument } from '../documents/chip-verdict.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';

import type { SourcedAnswer } from '../visas/compare-registers.ts';
import { registerStatement } from '../visas/register-answer.ts';
import type { UnavailableReason } from '../visas/register-port.ts';
import { REGISTER_KINDS } from '../visas/registers.ts';
import type { ProofingCase } from './case-state.ts';
import { readEvidence } from './evidence.ts';
import { judgeRegister } from './judge-register.ts';
import type { RegisterJudgement, RegisterWord } from './judge-register.ts';

const WORD = 'register_answer';
const word = registerStatement.refine((said) => said.kind !== 'pending');

const OTHERS = 'other_register_answers';
const others = z.array(
  z.object({
    register: z.object({
      name: z.string(),
      kind: z.enum(REGISTER_KINDS),
      lagSeconds: z.number(),
      required: z.boolean(),
    }),
    answer: z.union([
      registerStatement,
      z.object({
        kind: z.literal('unavailable'),
        // Written by ourselves, from the connector's own union.
        reason: z.custom<UnavailableReason>((value) => typeof value === 'string'),
        attempts: z.number(),
      }),
    ]),
  }),
);

/** What an answer leaves as evidence: the immigration register's word, and what every other register said or did not. */
export function registerEvidence(
  said: RegisterWord,
  told: readonly SourcedAnswer[] = [],
): Map<string, Buffer> {
  const evidence = new Map([[WORD, Buffer.from(JSON.stringify(said))]]);
  if (told.length > 0) evidence.set(OTHERS, Buffer.from(JSON.stringify(told)));
  return evidence;
}

/** What the register said, and what it means for the document at `now`; null where it was wiped. */
export async function readRegisterRecord(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId; document: ChipDocument },
): Promise<{ word: RegisterWord; judgement: RegisterJudgement } | null> {
  const evidence = await readEvidence(db, app, { ...given, kinds: [WORD, OTHERS] });
  const bytes = evidence.get(WORD);
  if (!bytes) return null;
  const said = word.parse(JSON.parse(bytes.toString('utf8')));
  const beside = evidence.get(OTHERS);
  const told = beside ? others.parse(JSON.parse(beside.toString('utf8'))) : [];
  const judgement = judgeRegister(said, given.document, app.clock.now(), {
    others: told,
    lagSeconds: app.config.REGISTER_LAG_SECONDS,
  });
  return { word: said, judgement };
}
