import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { App } from '../lib/app.ts';
import type { RowId } from '../lib/ids.ts';
import { plainNumber, plainState } from '../visas/compare-person.ts';
import { parseForeignId } from './foreign-id.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import type { TravelDocumentFacts } from './person.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What opens the tombstone: the document itself, as only its bearer presents it again, under our index key. */
export type TombstoneDocument = Pick<TravelDocumentFacts, 'issuingState' | 'documentNumber'> & {
  dateOfBirth: string;
};

/**
 * What erasure leaves of a number (DESIGN section 4): sealed under a key that is made of the document's state and number and
 * the holder's birth date. Nobody reads it off the database; who proves that document again gets the same number back,
 * so that erasing oneself mints no second one.
 */
export function sealNumberTombstone(
  app: Pick<App, 'blindIndex' | 'random'>,
  documentId: RowId,
  document: TombstoneDocument,
  number: ForeignIdNumber,
): Buffer {
  const nonce = app.random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(app, document), nonce);
  cipher.setAAD(Buffer.from(documentId));
  const body = Buffer.concat([cipher.update(number, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** The number, or null where the document is another one than that which sealed it (states reuse numbers). */
export function openNumberTombstone(
  app: Pick<App, 'blindIndex' | 'config'>,
  documentId: RowId,
  document: TombstoneDocument,
  sealed: Buffer,
): ForeignIdNumber | null {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(app, document), nonce);
  decipher.setAAD(Buffer.from(documentId));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
    const text = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    const parsed = parseForeignId(text, app.config.FOREIGN_ID_PREFIX);
    return parsed.ok ? parsed.number : null;
  } catch {
    return null;
  }
}

function keyOf(app: Pick<App, 'blindIndex'>, document: TombstoneDocument): Buffer {
  return app.blindIndex.of(
    'number_tombstone',
    plainState(document.issuingState),
    plainNumber(document.documentNumber),
    document.dateOfBirth,
  );
}
