import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { addSeconds, systemClock } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import type { DataKeyId } from '../../src/lib/ids.ts';
import { askWithin, lastAnswer } from '../../src/visas/answer-cache.ts';
import { trimAnswers } from '../../src/visas/answer-cache-store.ts';
import type { RegisterAnswer } from '../../src/visas/register-port.ts';
import { question } from '../dev/sandbox-register/running-register.ts';
import { testApp } from '../harness.ts';

/** Kept answers are for showing: a test that let one decide would let a cancelled visa pass. */
let app: App;
let dataKeyId: DataKeyId;
let now = systemClock.now();

beforeAll(async () => {
  app = { ...(await testApp()), clock: { now: () => now } };
  dataKeyId = await transact(app.db, (tx) => app.cipher.createDataKey(tx));
});

const notFound: RegisterAnswer = {
  kind: 'not_found',
  asOf: '2026-11-22T00:00:00Z',
  source: 'test',
};
const unavailable: RegisterAnswer = { kind: 'unavailable', reason: 'timeout', attempts: 3 };

function registerOf(...answers: RegisterAnswer[]) {
  let asked = 0;
  const port = { ask: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]!) };
  return { name: 'immigration', port, count: () => asked };
}

const ask = (
  register: ReturnType<typeof registerOf>,
  documentNumber: string,
  maxAgeSeconds: number,
) => askWithin(app, register, { question: question(documentNumber), dataKeyId, maxAgeSeconds });

describe('an answer that was kept', () => {
  it('is given with its age to who tolerates that age, and to nobody who does not', async () => {
    const register = registerOf(notFound);
    await ask(register, 'A1', 0);
    now = addSeconds(now, 90);
    expect(await ask(register, 'A1', 600)).toEqual({
      answer: notFound,
      ageSeconds: 90,
      lastKnown: null,
    });
    expect(register.count()).toBe(1);
    await ask(register, 'A1', 60);
    expect(register.count()).toBe(2);
    await ask(register, 'A1', 0);
    expect(register.count()).toBe(3);
  });

  it('never stands in for silence: that stays unavailable, with the last answer beside it', async () => {
    const register = registerOf(notFound, unavailable);
    await ask(register, 'A2', 0);
    now = addSeconds(now, 300);
    const silent = await ask(register, 'A2', 0);
    expect(silent.answer).toEqual(unavailable);
    expect(silent.lastKnown).toMatchObject({ answer: notFound, ageSeconds: 300 });
  });

  it('is nothing of silence: no answer is kept, and none becomes not found', async () => {
    const silent = await ask(registerOf(unavailable), 'A3', 0);
    expect(silent).toEqual({ answer: unavailable, ageSeconds: 0, lastKnown: null });
  });

  it('is about one document, birth date and visa number, and of one register', async () => {
    await ask(registerOf(notFound), 'A4', 0);
    const other = { ...question('A4'), dateOfBirth: '1990-08-13' };
    for (const [register, asked] of [
      ['immigration', other],
      ['labour', question('A4')],
      ['immigration', question('A4', { visaNumber: 'V1' })],
    ] as const)
      expect(await lastAnswer(app, { register, question: asked, maxAgeSeconds: 600 })).toBeNull();
  });

  it('is encrypted, and gone with the key of whoever asked', async () => {
    const key = await transact(app.db, (tx) => app.cipher.createDataKey(tx));
    await askWithin(app, registerOf(notFound), {
      question: question('A5'),
      dataKeyId: key,
      maxAgeSeconds: 0,
    });
    const rows = await app.db('register_answers').where({ data_key_id: key }).select('answer');
    expect(rows).toHaveLength(1);
    expect((rows[0] as { answer: Buffer }).answer.toString('latin1')).not.toContain('not_found');
    await transact(app.db, (tx) => app.cipher.destroyDataKey(tx, key));
    const asked = { register: 'immigration', question: question('A5'), maxAgeSeconds: 600 };
    expect(await lastAnswer(app, asked)).toBeNull();
  });

  it('is bounded in age and number', async () => {
    for (const number of ['B1', 'B2', 'B3']) {
      now = addSeconds(now, 1);
      await ask(registerOf(notFound), number, 0);
    }
    const since = addSeconds(now, -2);
    await trimAnswers(app.db, { since, most: 2 });
    const find = (number: string) =>
      lastAnswer(app, { register: 'immigration', question: question(number), maxAgeSeconds: 600 });
    expect(await find('B1')).toBeNull();
    expect(await find('B3')).not.toBeNull();
    now = addSeconds(now, 25 * 3600);
    expect(await find('B3')).toBeNull();
  });
});
