import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertContact } from '../../../src/accounts/account-store.ts';
import { addressKeyOf, sealAddress } from '../../../src/accounts/contact-address.ts';
import { tellProofWithdrawn } from '../../../src/accounts/tell-proof-withdrawn.ts';
import type { App } from '../../../src/lib/app.ts';
import { addDays } from '../../../src/lib/clock.ts';
import { transact } from '../../../src/lib/database.ts';
import { RowId } from '../../../src/lib/ids.ts';
import type { PersonId } from '../../../src/lib/ids.ts';
import { planReminders, remindHolders } from '../../../src/proofing/reminders/remind-holders.ts';
import { refreshStays } from '../../../src/proofing/reminders/refresh-stays.ts';
import type { ProofingApp } from '../../../src/proofing/proofing-app.ts';
import { recordIssuerCompromise } from '../../../src/registry/lower-assurance.ts';
import { recordStay } from '../../../src/registry/record-stay.ts';
import { statusEventsOf } from '../../../src/registry/status-events.ts';
import { suspendId } from '../../../src/registry/transition-id.ts';
import type { RegisterAnswer, RegisterQuestion } from '../../../src/visas/register-port.ts';
import { bangkokDate } from '../../../src/visas/stay.ts';
import { testApp } from '../../harness.ts';
import { SIGNER, enrolled, officer, somebody } from '../../registry/enrolment.ts';
import { jobsOf } from '../../registry/parties.ts';
import { inDays, openAccount } from '../retention/records.ts';

let app: App;
let today: string;
beforeAll(async () => {
  app = await testApp();
  today = bangkokDate(app.clock.now());
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

describe('asking the register anew', () => {
  const asked: RegisterQuestion[] = [];
  const withRegister = (answer: (question: RegisterQuestion) => RegisterAnswer): ProofingApp =>
    ({
      ...app,
      register: {
        ask: async (question: RegisterQuestion) => {
          asked.push(question);
          return answer(question);
        },
      },
    }) as unknown as ProofingApp;
  const says = (until: string): RegisterAnswer =>
    ({
      kind: 'found',
      asOf: new Date(app.clock.now().getTime() + 1000).toISOString(),
      source: 'immigration',
      departure: null,
      admission: {
        admittedAt: '2026-01-01T00:00:00Z',
        admittedUntil: until,
        underConsiderationUntil: null,
        basis: 'visa',
        permission: 'until_date',
        revokedAt: null,
      },
    }) as unknown as RegisterAnswer;
  beforeEach(() => void asked.splice(0));
  const checkOf = (personId: PersonId) =>
    app.db('stay_checks').where({ person_id: personId }).first('outcome', 'ask_after');

  it('records an extension, tells the holder and the services, and waits its turn', async () => {
    const { personId, document } = await holder({ stayEndsIn: 5 });
    await holder({ stayEndsIn: 200 });
    await refreshStays(
      {},
      withRegister(() => says(addDays(today, 95))),
    );
    expect(asked.map(({ documentNumber }) => documentNumber)).toEqual([document.documentNumber]);
    const stay = await app.db('stay_facts').where({ person_id: personId }).first('admitted_until');
    expect(stay).toEqual({ admitted_until: addDays(today, 95) });
    expect(await mails()).toEqual(['stay_changed en']);
    expect(await events(personId)).toEqual(['stay_changed']);
    expect(await checkOf(personId)).toMatchObject({ outcome: 'changed' });
  });

  it('asks once in a day about a stay that stays as it is, and tells nobody', async () => {
    const { personId } = await holder({ stayEndsIn: 5 });
    const register = withRegister(() => says(addDays(today, 5)));
    await refreshStays({}, register);
    await refreshStays({}, register);
    expect(asked).toHaveLength(1);
    expect(await mails()).toEqual([]);
    expect(await events(personId)).toEqual([]);
    expect(await checkOf(personId)).toMatchObject({ outcome: 'unchanged' });
  });

  it('asks about an answer that has become stale', async () => {
    const { personId, document } = await holder();
    await app
      .db('stay_facts')
      .where({ person_id: personId })
      .update({ as_of: inDays(app, -40).clock.now() });
    await refreshStays(
      {},
      withRegister(() => says(addDays(today, 60))),
    );
    expect(asked.map(({ documentNumber }) => documentNumber)).toEqual([document.documentNumber]);
    expect(await checkOf(personId)).toMatchObject({ outcome: 'changed' });
  });

  it.each([
    ['not_found', 'no_record'],
    ['unavailable', 'no_answer'],
    ['pending', 'no_answer'],
  ])('takes no stay away where the register says %s', async (kind, outcome) => {
    const { personId } = await holder({ stayEndsIn: 5 });
    const answer = { kind, asOf: app.clock.now().toISOString(), source: 'immigration' };
    await refreshStays(
      {},
      withRegister(() => answer as unknown as RegisterAnswer),
    );
    const stay = await app.db('stay_facts').where({ person_id: personId }).first('status');
    expect(stay).toEqual({ status: 'lawful_until' });
    expect(await checkOf(personId)).toMatchObject({ outcome });
    expect(await mails()).toEqual([]);
  });

  it('leaves a silent register alone after a few questions', async () => {
    for (let count = 0; count < 16; count++) await holder({ stayEndsIn: 3 });
    const silent = { kind: 'unavailable', reason: 'timeout', attempts: 1 } as const;
    await refreshStays(
      {},
      withRegister(() => silent),
    );
    expect(asked.length).toBeLessThanOrEqual(8 + 4);
  });
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
