import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { PersonId } from '../lib/ids.ts';
import { noteDormancy } from '../registry/dormancy.ts';
import { findAccountOfPerson } from '../registry/find-persons.ts';
import { findLastPasskeyUse } from './passkey-store.ts';

/** Job `note_dormancy`: twelve months abroad may be over; when the holder signed in last, only accounts know. */
export async function noteDormancyOf(job: Record<string, unknown>, app: App): Promise<void> {
  const personId = PersonId.parse(job.personId);
  if (!personId) throw new Error('The job names no person.');
  await transact(app.db, async (tx) => {
    const accountId = await findAccountOfPerson(tx, personId);
    const lastSignInAt = accountId && (await findLastPasskeyUse(tx, accountId));
    await noteDormancy(tx, app, { personId, lastSignInAt });
  });
}
