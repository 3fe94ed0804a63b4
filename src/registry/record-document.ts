import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { RowId } from '../lib/ids.ts';
import type { PersonId } from '../lib/ids.ts';
import { insertDocument } from './document-store.ts';
import type { EnrolmentInput } from './enrolment.ts';
import { sealDocument, sealHolder } from './sealed-person.ts';

/** Puts the travel document of an enrolment on record as the person's, sealed under their key. */
export async function recordDocument(
  tx: Tx,
  app: App,
  given: {
    input: Pick<EnrolmentInput, 'document' | 'holder'>;
    personId: PersonId;
    key: Buffer;
    dataKey: DataKey;
  },
): Promise<RowId> {
  const { input, personId, key, dataKey } = given;
  const id = RowId.make(app);
  await insertDocument(tx, {
    id,
    personId,
    key,
    sealed: sealDocument(dataKey, id, input.document),
    holder: sealHolder(dataKey, id, input.holder),
    expiresOn: input.document.dateOfExpiry,
    at: app.clock.now(),
  });
  return id;
}
