import type { DataKeyId } from '../../lib/ids.ts';
import { askWithin } from '../../visas/answer-cache.ts';
import type { SourcedAnswer } from '../../visas/compare-registers.ts';
import type { WatchStatement } from '../../visas/register-answer.ts';
import type { RegisterAnswer, RegisterQuestion } from '../../visas/register-port.ts';
import type { ConnectedRegister, RegisterFacts } from '../../visas/registers.ts';
import type { App } from '../../lib/app.ts';
import type { ProofingApp } from '../proofing-app.ts';

/** Whoever can ask registers: no pages are needed for it. */
export type AskingApp = App & Pick<ProofingApp, 'register' | 'registers'>;

export type WatchHit = WatchStatement & { kind: 'hit' };

/** What all registers and lists say of one document. */
export interface AllAnswers {
  main: RegisterAnswer;
  others: SourcedAnswer[];
  /** With the list's name. */
  hits: { source: string; hit: WatchHit }[];
  /** Why the case must wait, the first of those who keep it waiting; null where it need not. */
  silence: string | null;
}

/**
 * Asks the immigration register, every other register and every list at once, always anew: what decides is never a kept
 * answer. The case waits for the first, for those that are required and for every list: a list that could not be
 * asked is not a list without a hit.
 */
export async function askAll(
  app: AskingApp,
  question: RegisterQuestion,
  dataKeyId: DataKeyId,
): Promise<AllAnswers> {
  const { main, others, watch } = app.registers;
  const ask = async (register: Pick<ConnectedRegister, 'name' | 'port'>) =>
    (await askWithin(app, register, { question, dataKeyId, maxAgeSeconds: 0 })).answer;
  const [first, told, listed] = await Promise.all([
    ask({ name: main.name, port: app.register }),
    Promise.all(
      others.map(async (register) => ({
        register: factsOf(register),
        answer: await ask(register),
      })),
    ),
    Promise.all(
      watch.map(async ({ name, port }) => ({ source: name, answer: await port.ask(question) })),
    ),
  ]);
  const hits = listed.flatMap(({ source, answer }) =>
    answer.kind === 'hit' ? [{ source, hit: answer }] : [],
  );
  const waits = [
    silenceOf(first),
    ...told.map(({ register, answer }) => register.required && silenceOf(answer, register.name)),
    ...listed.map(({ source, answer }) => silenceOf(answer, source)),
  ];
  return { main: first, others: told, hits, silence: waits.find(Boolean) || null };
}

/** What goes on record of a register with its answer. */
export function factsOf({ name, kind, lagSeconds, required }: RegisterFacts): RegisterFacts {
  return { name, kind, lagSeconds, required };
}

function silenceOf(answer: { kind: string; reason?: string }, name?: string): string | null {
  if (answer.kind !== 'pending' && answer.kind !== 'unavailable') return null;
  const reason = answer.reason ?? answer.kind;
  return name === undefined ? reason : `${name}_${reason}`;
}
