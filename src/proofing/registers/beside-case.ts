import type { Db } from '../../lib/database.ts';
import type { CaseId } from '../../lib/ids.ts';
import { KEPT_SECONDS, lastAnswer } from '../../visas/answer-cache.ts';
import type { KeptAnswer } from '../../visas/answer-cache.ts';
import type { RegisterComparison } from '../../visas/compare-registers.ts';
import { readStayRules } from '../../visas/stay-rule-sets.ts';
import { factsOfRegister, stayUnder } from '../../visas/stay-rules.ts';
import type { StayUnder } from '../../visas/stay-rules.ts';
import { bangkokDate } from '../../visas/stay.ts';
import { onFile } from '../case.ts';
import { isOpen } from '../case-state.ts';
import { findCase } from '../case-store.ts';
import { readDocumentFacts } from '../document-record.ts';
import type { ProofingApp } from '../proofing-app.ts';
import { readRegisterRecord } from '../register-record.ts';
import { statementPlace } from './contest-entry.ts';
import type { Correction } from './correction.ts';
import { listCorrectionsOfCase } from './correction-store.ts';
import { registerBlockers } from './register-blockers.ts';
import type { RegisterBlocker } from './register-blockers.ts';
import { readVisaStickers } from './visa-stickers.ts';
import type { ShownSticker } from './visa-stickers.ts';

export interface ShownCorrection extends Omit<Correction, 'statement'> {
  /** Null where the applicant was erased. */
  statement: string | null;
}

/** What stands beside a case on the officer's page: registers among themselves, contests, stickers, the rules of the stay. */
export interface BesideCase {
  /** Null before the register has answered. */
  registers: RegisterComparison | null;
  /** While the register is asked: what it said last, with its age; never decided on. */
  lastKnown: KeptAnswer | null;
  corrections: ShownCorrection[];
  stickers: ShownSticker[];
  /** What the rules in force give a holder of this visa or exemption; null where none speaks of it. */
  rule: StayUnder | null;
  blockers: RegisterBlocker[];
}

export async function readBesideCase(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<BesideCase | null> {
  const proofing = await findCase(db, caseId);
  if (!proofing) return null;
  const { state } = proofing;
  const file = isOpen(state) ? onFile(state) : state.file;
  const examinationId = file.document?.examinationId;
  const [document, corrections, stickers, blockers] = await Promise.all([
    examinationId ? readDocumentFacts(db, app, { proofing, examinationId }) : null,
    readCorrections(db, app, caseId),
    readVisaStickers(db, app, proofing),
    registerBlockers(db, proofing),
  ]);
  const answered = file.register?.status === 'answered' ? file.register.examinationId : null;
  const record =
    document && answered
      ? await readRegisterRecord(db, app, { proofing, examinationId: answered, document })
      : null;
  const lastKnown =
    document && file.register?.status === 'waiting'
      ? await lastAnswer(app, {
          register: app.registers.main.name,
          question: document,
          maxAgeSeconds: KEPT_SECONDS,
        })
      : null;
  const word = record?.word;
  const facts = word?.kind === 'found' ? factsOfRegister(word) : null;
  const rules = facts ? (await readStayRules(db)).rules : [];
  return {
    registers: record?.judgement.sources ?? null,
    lastKnown,
    corrections,
    stickers,
    rule: facts && stayUnder(rules, facts, bangkokDate(app.clock.now())),
    blockers,
  };
}

/** The contests of a case with the applicant's words. */
export async function readCorrections(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<ShownCorrection[]> {
  const [proofing, corrections] = await Promise.all([
    findCase(db, caseId),
    listCorrectionsOfCase(db, caseId),
  ]);
  const key = proofing ? await app.cipher.findDataKey(db, proofing.dataKeyId) : null;
  return corrections.map(({ statement, ...correction }) => ({
    ...correction,
    statement: key?.decryptText(statementPlace(correction.id), statement) ?? null,
  }));
}
