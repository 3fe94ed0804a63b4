import { eraseAccount } from '../../accounts/erase-account.ts';
import { SYSTEM } from '../../audit/append.ts';
import type { RecordKeeper } from '../../lib/old-records.ts';
import { erasePerson } from '../../registry/erase-person.ts';
import { endedPersons, endedPersonsLeft } from '../../registry/ended-persons.ts';

/** Persons whose ID ended long ago: their key goes, and their account with the evidence of its cases. */
export const keptIdentities: RecordKeeper = {
  async remove(tx, app, by) {
    const gone: string[] = [];
    for (const personId of await endedPersons(tx, by)) {
      const reason = 'retention_ended';
      const erased = await erasePerson(tx, app, { personId, reason, actor: SYSTEM });
      if (!erased.ok) continue;
      if (erased.accountId)
        await eraseAccount(tx, app, { accountId: erased.accountId, actor: SYSTEM });
      gone.push(personId);
    }
    return gone;
  },
  count: endedPersonsLeft,
};
