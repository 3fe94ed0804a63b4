import type { RowId } from '../lib/ids.ts';
import { onFile } from './case.ts';
import type { CaseState } from './case-state.ts';
import type { ExaminationKind } from './examination-store.ts';

/** The examinations that an officer is shown: what a decision rests on, or rested on when the case ended. */
export type ShownFile = Record<ExaminationKind, RowId | null>;

export function shownFile(state: CaseState): ShownFile {
  const file = onFile(state);
  const { register } = file;
  return {
    document: file.document?.examinationId ?? null,
    confirmation: file.confirmation?.examinationId ?? null,
    second_document: file.secondDocument?.examinationId ?? null,
    register: register?.status === 'answered' ? register.examinationId : null,
    portrait: file.portrait?.examinationId ?? null,
    code: file.code?.examinationId ?? null,
    face: file.face?.examinationId ?? null,
    sample: file.sample?.examinationId ?? null,
  };
}
