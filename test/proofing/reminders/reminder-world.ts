import { beforeAll, beforeEach } from 'vitest';
import { insertContact } from '../../../src/accounts/account-store.ts';
import { addressKeyOf, sealAddress } from '../../../src/accounts/contact-address.ts';
import type { App } from '../../../src/lib/app.ts';
import { addDays } from '../../../src/lib/clock.ts';
import { transact } from '../../../src/lib/database.ts';
import { RowId } from '../../../src/lib/ids.ts';
import type { PersonId } from '../../../src/lib/ids.ts';
import { planReminders, remindHolders } from '../../../src/proofing/reminders/remind-holders.ts';
import { statusEventsOf } from '../../../src/registry/status-events.ts';
import { bangkokDate } from '../../../src/visas/stay.ts';
import { testApp } from '../../harness.ts';
import { enrolled, somebody } from '../../registry/enrolment.ts';
import { jobsOf } from '../../registry/parties.ts';
import { inDays, openAccount } from '../retention/records.ts';

/** People with an ID, an address and dates that end, in a database of the test file. Each test is about its own people. */
export function reminderWorld(use: (made: { app: App; today: string }) => void) {
  let app: App;
  let today: string;
  beforeAll(async () => {
    app = await testApp();
    today = bangkokDate(app.clock.now());
    use({ app, today });
  });
  // Each test is about its own people.
  beforeEach(async () => {
    await app.db.raw('truncate reminders, stay_checks');
    await app.db('messages').delete();
    await app
      .db('stay_facts')
      .update({ admitted_until: null, status: 'indefinite', as_of: app.clock.now() });
    await app.db('travel_documents').update({ expires_on: null });
    await app.db('identity_proofs').update({ reproof_due_on: '2099-01-01' });
  });

  /** Somebody with an ID and a confirmed address, whose stay ends in so many days. */
  async function holder(given: { stayEndsIn?: number; lang?: 'en' | 'th' } = {}) {
    const { accountId, dataKeyId } = await openAccount(app);
    await app
      .db('accounts')
      .where({ id: accountId })
      .update({ lang: given.lang ?? 'en' });
    const id = RowId.make(app);
    const address = `${id}@example.org`;
    await transact(app.db, async (tx) => {
      const key = await app.cipher.openDataKey(tx, dataKeyId);
      await insertContact(tx, {
        id,
        accountId,
        address: sealAddress(key, id, address),
        addressKey: addressKeyOf(app, address),
        confirmedAt: app.clock.now(),
      });
    });
    const document = { ...somebody(), dateOfExpiry: null };
    const { personId } = await enrolled(app, {
      accountId,
      holder: document,
      document,
      stay: {
        status: given.stayEndsIn === undefined ? 'indefinite' : 'lawful_until',
        admittedUntil: given.stayEndsIn === undefined ? null : addDays(today, given.stayEndsIn),
        basis: 'visa',
        asOf: app.clock.now().toISOString(),
        source: 'immigration',
      },
    });
    await app
      .db('identity_proofs')
      .where({ person_id: personId })
      .update({ reproof_due_on: '2099-01-01' });
    return { personId, accountId, document };
  }

  const setExpiry = (personId: PersonId, inDaysFromNow: number) =>
    app
      .db('travel_documents')
      .where({ person_id: personId })
      .update({ expires_on: addDays(today, inDaysFromNow) });

  /** The daily job, so many days from now, with all that it enqueues. */
  async function remind(days = 0): Promise<void> {
    const at = inDays(app, days);
    await planReminders({}, at);
    const jobs = await jobsOf(app, 'remind_holders');
    for (let count = 0; count < Math.max(1, jobs.length); count++) await remindHolders({}, at);
  }
  const mails = async () =>
    (await app.db('messages').orderBy('id').select('account_id', 'template', 'lang')).map(
      (row: Record<string, string>) => `${row.template} ${row.lang}`,
    );
  const events = async (personId: PersonId) =>
    (await statusEventsOf(app.db, personId))
      .filter(({ kind }) => kind === 'assurance_changed')
      .map(({ reason }) => reason);
  return { holder, setExpiry, remind, mails, events };
}
