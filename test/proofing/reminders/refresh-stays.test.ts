import { beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../src/lib/app.ts';
import { addDays } from '../../../src/lib/clock.ts';
import type { PersonId } from '../../../src/lib/ids.ts';
import { refreshStays } from '../../../src/proofing/reminders/refresh-stays.ts';
import type { ProofingApp } from '../../../src/proofing/proofing-app.ts';
import type { RegisterAnswer, RegisterQuestion } from '../../../src/visas/register-port.ts';
import { inDays } from '../retention/records.ts';
import { reminderWorld } from './reminder-world.ts';

let app: App;
let today: string;
const { holder, mails, events } = reminderWorld((made) => {
  ({ app, today } = made);
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
