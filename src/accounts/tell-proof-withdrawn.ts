import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { PersonId } from '../lib/ids.ts';
import { findAccountOfPerson } from '../registry/find-persons.ts';
import { recordStatusEvent } from '../registry/status-events.ts';
import { sendNotice } from './send-notice.ts';

/**
 * Job `tell_proof_withdrawn`: the key that signed somebody's passport is trusted no more. Their services are told by a status
 * event, and they are asked for a new proof. One job a person: a key may have signed the passports of a whole state.
 */
export async function tellProofWithdrawn(job: Record<string, unknown>, app: App): Promise<void> {
  const personId = PersonId.parse(job.personId);
  if (!personId) throw new Error('The job names no person.');
  await transact(app.db, async (tx) => {
    await recordStatusEvent(tx, app, {
      kind: 'assurance_changed',
      personId,
      reason: 'issuer_compromised',
    });
    const accountId = await findAccountOfPerson(tx, personId);
    if (accountId)
      await sendNotice(tx, app, { accountId, template: 'proof_withdrawn', params: {} });
  });
}
