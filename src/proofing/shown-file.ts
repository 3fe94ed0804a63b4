import type { Db } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { onFile } from './case.ts';
import { isOpen } from './case-state.ts';
import type { ProofingCase } from './case-state.ts';
import { listExaminations } from './examination-store.ts';
import type { Examination, ExaminationKind } from './examination-store.ts';

/** The examinations that an officer is shown: what a decision rests on, or rested on. */
export type ShownFile = Record<ExaminationKind, RowId | null>;

/**
 * What is on file of an open case; of a closed one what was on file at its end, so that a decision can be shown
 * again for as long as the evidence is kept: the last examination of each kind that was not wiped, and of the
 * readings of a passport the last one that was accepted.
 */
export async function shownFile(
  db: Db,
  proofing: ProofingCase,
  known?: readonly Examination[],
): Promise<ShownFile> {
  if (isOpen(proofing.state)) {
    const { document, register, portrait } = onFile(proofing.state);
    return {
      document: document?.examinationId ?? null,
      register: register?.status === 'answered' ? register.examinationId : null,
      portrait: portrait?.examinationId ?? null,
    };
  }
  const examinations = known ?? (await listExaminations(db, proofing.id));
  const last = (kind: ExaminationKind) =>
    examinations.findLast(
      (one) =>
        one.kind === kind &&
        one.wipedAt === null &&
        (kind !== 'document' || one.outcome === 'accepted'),
    )?.id ?? null;
  return { document: last('document'), register: last('register'), portrait: last('portrait') };
}
