import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import type { DataKeyId } from '../lib/ids.ts';
import { RowId } from '../lib/ids.ts';
import { findAnswer, trimAnswers, upsertAnswer } from './answer-cache-store.ts';
import { plainNumber, plainState } from './compare-person.ts';
import { registerStatement } from './register-answer.ts';
import type { RegisterStatement } from './register-answer.ts';
import type { RegisterAnswer, RegisterPort, RegisterQuestion } from './register-port.ts';

/** An answer is kept for showing this long; a day later nobody should read it as today's. */
export const KEPT_SECONDS = 24 * 3600;
/** Of one deployment; the oldest go first. */
export const MOST_KEPT = 20_000;
/** One answer kept in so many trims the table: bounded, without a job of its own. */
const TRIM_ONE_IN = 50;

type CacheApp = Pick<App, 'db' | 'clock' | 'random' | 'cipher' | 'blindIndex'>;
type Asked = Omit<RegisterQuestion, 'requestId'>;

export interface KeptAnswer {
  answer: RegisterStatement;
  /** When we had it. */
  answeredAt: Date;
  ageSeconds: number;
}

/** An answer as it is used: whether it is new, and how old if it is not. */
export interface AgedAnswer {
  answer: RegisterAnswer;
  /** 0: asked just now. */
  ageSeconds: number;
  /** Where there is no answer now: the last one there was, for showing with its age and for nothing else. */
  lastKnown: KeptAnswer | null;
}

/**
 * Asks a register, or takes its last answer where that is at most `maxAgeSeconds` old. Whoever decides passes 0 and is never
 * given a kept one: silence stays `unavailable`, and `lastKnown` beside it is for people to look at.
 */
export async function askWithin(
  app: CacheApp,
  register: { name: string; port: RegisterPort },
  given: { question: RegisterQuestion; dataKeyId: DataKeyId; maxAgeSeconds: number },
): Promise<AgedAnswer> {
  const { question, maxAgeSeconds, dataKeyId } = given;
  const asked = { register: register.name, question };
  const kept = maxAgeSeconds > 0 ? await lastAnswer(app, { ...asked, maxAgeSeconds }) : null;
  if (kept) return { answer: kept.answer, ageSeconds: kept.ageSeconds, lastKnown: null };
  const answer = await register.port.ask(question);
  if (answer.kind === 'unavailable' || answer.kind === 'pending') {
    const lastKnown = await lastAnswer(app, { ...asked, maxAgeSeconds: KEPT_SECONDS });
    return { answer, ageSeconds: 0, lastKnown };
  }
  await keepAnswer(app, { ...asked, answer, dataKeyId });
  return { answer, ageSeconds: 0, lastKnown: null };
}

/** The last answer that a register gave to this question, with its age; null where none is that young. */
export async function lastAnswer(
  app: CacheApp,
  asked: { register: string; question: Asked; maxAgeSeconds: number },
): Promise<KeptAnswer | null> {
  const now = app.clock.now();
  const row = await findAnswer(app.db, {
    register: asked.register,
    questionIndex: indexOf(app, asked.question),
    since: addSeconds(now, -Math.min(asked.maxAgeSeconds, KEPT_SECONDS)),
  });
  const key = row ? await app.cipher.findDataKey(app.db, row.dataKeyId) : null;
  // No key: whoever asked was erased, and what they asked with them.
  if (!row || !key) return null;
  const text = key.decryptText(placeOf(row.id), row.answer);
  const answer = registerStatement.safeParse(JSON.parse(text));
  if (!answer.success) return null;
  const { answeredAt } = row;
  const ageSeconds = Math.max(0, Math.round((now.getTime() - answeredAt.getTime()) / 1000));
  return { answer: answer.data, answeredAt, ageSeconds };
}

async function keepAnswer(
  app: CacheApp,
  kept: { register: string; question: Asked; answer: RegisterStatement; dataKeyId: DataKeyId },
): Promise<void> {
  const id = RowId.make(app);
  const key = await app.cipher.findDataKey(app.db, kept.dataKeyId);
  if (!key) return;
  await upsertAnswer(app.db, {
    id,
    register: kept.register,
    questionIndex: indexOf(app, kept.question),
    dataKeyId: kept.dataKeyId,
    answer: key.encrypt(placeOf(id), JSON.stringify(kept.answer)),
    answeredAt: app.clock.now(),
  });
  if (app.random.integer(TRIM_ONE_IN) === 0)
    await trimAnswers(app.db, {
      since: addSeconds(app.clock.now(), -KEPT_SECONDS),
      most: MOST_KEPT,
    });
}

const placeOf = (id: string) => ({ table: 'register_answers', column: 'answer', row: id });

function indexOf({ blindIndex }: CacheApp, asked: Asked): Buffer {
  return blindIndex.of(
    'register-question',
    plainState(asked.issuingState),
    plainNumber(asked.documentNumber),
    asked.dateOfBirth,
    asked.visaNumber ?? '',
  );
}
