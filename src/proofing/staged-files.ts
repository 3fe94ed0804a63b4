import type { ChipFileName } from '../documents/chip-verdict.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import type { ProofingCase } from './case-state.ts';
import { listFiles } from './hand-off-store.ts';

/** Where a file that a phone has sent, and not yet submitted, is kept. */
export function stagedPlace(handOffId: RowId, name: string) {
  return { table: 'hand_off_files', column: 'content', row: `${handOffId}/${name}` };
}

/** The plain bytes of all files that a phone has sent so far. */
export async function readStaged(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  given: { proofing: ProofingCase; handOffId: RowId },
): Promise<Map<ChipFileName, Buffer>> {
  const staged = await listFiles(db, given.handOffId);
  const key = await app.cipher.openDataKey(db, given.proofing.dataKeyId);
  return new Map(
    staged.map(({ name, content }) => [
      name,
      key.decrypt(stagedPlace(given.handOffId, name), content),
    ]),
  );
}
