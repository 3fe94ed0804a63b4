import type { RowId } from '../lib/ids.ts';
import { onFile } from './case.ts';
import type { CaseState } from './case-state.ts';
import type { ExaminationKind } from './examination-store.ts';

/** The examinations that an officer is shown: what a decision rests on, or rested on when the case ended. */
export type ShownFile = Record<ExaminationKind, RowId | null>;

export function shownFile(state: CaseState): ShownFile {
  const { document, register, portrait } = onFile(state);
  return {
    document: document?.examinationId ?? null,
    register: register?.status === 'answered' ? register.examinationId : null,
    portrait: portrait?.examinationId ?? null,
  };
}
