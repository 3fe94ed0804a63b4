import type { DataKey } from '../lib/field-encryption.ts';
import type { RowId } from '../lib/ids.ts';

/** The words of an officer about a case, encrypted like all that is about a person. */
export const noteOf = (decisionId: RowId) => sealed('note', decisionId);
/** The words of an officer to the holder, for the letter. */
export const toldOf = (decisionId: RowId) => sealed('told', decisionId);

function sealed(column: 'note' | 'told', decisionId: RowId) {
  const place = { table: 'case_decisions', column, row: decisionId };
  return {
    seal: (key: DataKey, text: string): Buffer => key.encrypt(place, text),
    open: (key: DataKey, bytes: Buffer): string => key.decryptText(place, bytes),
  };
}
