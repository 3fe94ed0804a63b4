import type { DataKey } from '../lib/field-encryption.ts';
import type { RowId } from '../lib/ids.ts';

/** The words of an officer about a case, encrypted like all that is about a person. */
export function noteOf(decisionId: RowId) {
  const place = { table: 'case_decisions', column: 'note', row: decisionId };
  return {
    seal: (key: DataKey, text: string): Buffer => key.encrypt(place, text),
    open: (key: DataKey, sealed: Buffer): string => key.decryptText(place, sealed),
  };
}
