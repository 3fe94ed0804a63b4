import { describe, expect, it } from 'vitest';
import { tellProofWithdrawn } from '../../../src/accounts/tell-proof-withdrawn.ts';
import type { App } from '../../../src/lib/app.ts';
import { addDays } from '../../../src/lib/clock.ts';
import { transact } from '../../../src/lib/database.ts';
import { RowId } from '../../../src/lib/ids.ts';
import { planReminders, remindHolders } from '../../../src/proofing/reminders/remind-holders.ts';
import { recordIssuerCompromise } from '../../../src/registry/lower-assurance.ts';
import { recordStay } from '../../../src/registry/record-stay.ts';
import { suspendId } from '../../../src/registry/transition-id.ts';
import { SIGNER, officer, somebody } from '../../registry/enrolment.ts';
import { jobsOf } from '../../registry/parties.ts';
import { inDays } from '../retention/records.ts';
import { reminderWorld } from './reminder-world.ts';

let app: App;
let today: string;
const { holder, setExpiry, remind, mails, events } = reminderWorld((made) => {
  ({ app, today } = made);
});

describe('a stay that ends', () => {
  it('is told 30, 7 and 1 day before, each once, and its end to services', async () => {
    const { personId } = await holder({ stayEndsIn: 31, lang: 'th' });
    const told: Record<number, number> = {};
    for (const days of [0, 1, 1, 2, 10, 24, 25, 30, 30, 31, 32, 33]) {
      await remind(days);
      told[days] = (await mails()).length;
    }
    expect(told).toEqual({ 0: 0, 1: 1, 2: 1, 10: 1, 24: 2, 25: 2, 30: 3, 31: 3, 32: 3, 33: 3 });
    expect(await mails()).toEqual(Array(3).fill('stay_ends_soon th'));
    expect(await events(personId)).toEqual(['stay_ended']);
  });

  it('is told late rather than never where the job stood still for a week-end', async () => {
    await holder({ stayEndsIn: 30 });
    await remind(2);
    expect(await mails()).toEqual(['stay_ends_soon en']);
  });

  it('says the day and no name, number or paper', async () => {
    const { accountId, document } = await holder({ stayEndsIn: 7 });
    await remind();
    const row = await app.db('messages').where({ account_id: accountId }).first();
    const key = await app.cipher.openDataKey(app.db, row.data_key_id);
    const params = key.decryptText(
      { table: 'messages', column: 'params', row: row.id },
      row.params,
    );
    expect(JSON.parse(params)).toEqual({ endsOn: addDays(today, 7) });
    expect(params).not.toContain(document.documentNumber);
  });

  it('that was extended is another day, told anew', async () => {
    const { personId } = await holder({ stayEndsIn: 7 });
    await remind();
    await app
      .db('stay_facts')
      .where({ person_id: personId })
      .update({ admitted_until: addDays(today, 30) });
    await remind(0);
    await remind(0);
    expect(await mails()).toHaveLength(2);
  });

  it('is nobody’s business where the ID is suspended or its holder has left', async () => {
    const suspended = await holder({ stayEndsIn: 7 });
    await transact(app.db, (tx) =>
      suspendId(tx, app, {
        personId: suspended.personId,
        reason: 'suspected_fraud',
        actor: officer,
      }),
    );
    const departed = await holder({ stayEndsIn: 7 });
    await app
      .db('stay_facts')
      .where({ person_id: departed.personId })
      .update({ status: 'departed' });
    await remind();
    expect(await mails()).toEqual([]);
  });
});

describe('a passport that expires', () => {
  it('is told, and its expiry to services', async () => {
    const { personId } = await holder();
    await setExpiry(personId, 30);
    await remind();
    expect(await mails()).toEqual(['document_expires_soon en']);
    await remind(31);
    expect(await events(personId)).toEqual(['document_expired']);
  });

  it('is not told where another passport of the same person is good for longer', async () => {
    const { personId } = await holder();
    await setExpiry(personId, 7);
    const second = somebody();
    const row = await app.db('travel_documents').where({ person_id: personId }).first();
    await app.db('travel_documents').insert({
      ...row,
      id: RowId.make(app),
      document_key: Buffer.from(second.documentNumber),
      expires_on: addDays(today, 900),
    });
    await remind();
    expect(await mails()).toEqual([]);
  });
});

it('tells when a proof is due again, from whose day on it carries nothing', async () => {
  const { personId } = await holder();
  await app
    .db('identity_proofs')
    .where({ person_id: personId })
    .update({ reproof_due_on: addDays(today, 1) });
  await remind();
  expect(await mails()).toEqual(['proof_ends_soon en']);
  await remind(1);
  expect(await events(personId)).toEqual(['proof_ended']);
});

it('tells once where two workers take reminders at the same time', async () => {
  for (let count = 0; count < 6; count++) await holder({ stayEndsIn: 7 });
  await planReminders({}, app);
  await Promise.all([remindHolders({}, app), remindHolders({}, app), remindHolders({}, app)]);
  await planReminders({}, app);
  await remindHolders({}, app);
  expect(await mails()).toHaveLength(6);
  const send = await jobsOf(app, 'send_message');
  const messages = await app.db('messages').pluck('id');
  expect(send.map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(messages));
});

it('sends no status event with the first word on record of a stay, one with the next', async () => {
  const { personId } = await holder({ stayEndsIn: 100 });
  expect(await events(personId)).toEqual([]);
  await transact(app.db, (tx) =>
    recordStay(tx, app, {
      personId,
      stay: {
        status: 'departed',
        admittedUntil: null,
        basis: 'none',
        asOf: inDays(app, 1).clock.now().toISOString(),
        source: 'immigration',
      },
      actor: officer,
    }),
  );
  expect(await events(personId)).toEqual(['stay_changed']);
});

it('tells everybody whose passport a compromised key signed, and their services', async () => {
  const { personId } = await holder();
  await transact(app.db, (tx) =>
    recordIssuerCompromise(tx, app, {
      key: 'document_signer',
      fingerprint: SIGNER,
      actor: officer,
    }),
  );
  expect(await jobsOf(app, 'tell_proof_withdrawn')).toContainEqual({ personId });
  await tellProofWithdrawn({ personId }, app);
  expect(await mails()).toEqual(['proof_withdrawn en']);
  expect(await events(personId)).toEqual(['issuer_compromised']);
});
