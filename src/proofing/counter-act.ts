import { createHash } from 'node:crypto';
import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../lib/ids.ts';
import { onFile } from './case.ts';
import type { Change, Transition } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { isOfficersOwn } from './decide-case.ts';
import { saveChange } from './save-case.ts';

export type CounterResult =
  | { ok: true; version: number }
  | {
      ok: false;
      reason:
        | 'not_found'
        | 'own_case'
        | 'wrong_step'
        | 'zone_invalid'
        | 'document_expired'
        | 'document_not_accepted'
        | 'not_inspected'
        | 'same_document'
        | 'no_picture'
        | 'no_consent'
        | 'level_too_high';
    }
  | { ok: false; reason: 'stale_version'; version: number };

export interface CounterAct {
  caseId: CaseId;
  officerId: OfficerId;
  /** `counterMark` of the case that the officer had before them. */
  seen: string;
}

/**
 * What the officers at a counter have put on file so far. Not the version: the register answers meanwhile, and the officer who
 * is at the next step need not begin again for that.
 */
export function counterMark(proofing: ProofingCase): string {
  const { document, secondDocument, face, sample } = onFile(proofing.state);
  const seen = [document, secondDocument, face, sample].map((fact) => fact?.examinationId ?? '-');
  return createHash('sha256').update(seen.join(' ')).digest('base64url').slice(0, 22);
}

type Refusal = Extract<CounterResult, { ok: false }>;
interface Done {
  ok: true;
  change: Change;
  examinationId: RowId | null;
  /** Once the case is saved. */
  afterwards?: () => Promise<void>;
}
export type Outcome = Done | Refusal;

/** The outcome of a transition that an examination belongs to. */
export function done(
  transition: Transition,
  examinationId: RowId,
  afterwards?: () => Promise<void>,
): Outcome {
  // Rolled back with the examination, by the caller.
  if (!transition.ok) return { ok: false, reason: 'wrong_step' };
  return {
    ok: true,
    change: transition.change,
    examinationId,
    ...(afterwards ? { afterwards } : {}),
  };
}

/** One act of an officer at a counter: over the locked case, on the version that they saw, never on their own. */
export async function act(
  app: App,
  given: CounterAct,
  step: 'document' | 'second_document' | 'face' | null,
  work: (tx: Tx, proofing: ProofingCase) => Promise<Outcome>,
): Promise<CounterResult> {
  try {
    return await transact(app.db, async (tx): Promise<CounterResult> => {
      const proofing = await lockCase(tx, given.caseId);
      if (!proofing || proofing.pathway !== 'counter') return { ok: false, reason: 'not_found' };
      if (await isOfficersOwn(tx, proofing, given.officerId))
        return { ok: false, reason: 'own_case' };
      if (counterMark(proofing) !== given.seen)
        return { ok: false, reason: 'stale_version', version: proofing.version };
      if (step && proofing.state.step !== step) return { ok: false, reason: 'wrong_step' };
      const outcome = await work(tx, proofing);
      if (!outcome.ok) throw new Undone(outcome);
      const { examinationId } = outcome;
      const saved = await saveChange(tx, app, proofing, outcome.change);
      await outcome.afterwards?.();
      if (examinationId) await record(tx, app, given, { step: step ?? 'sample', examinationId });
      return { ok: true, version: saved.version };
    });
  } catch (error) {
    if (error instanceof Undone) return error.outcome;
    throw error;
  }
}

/** Ends the transaction without being a fault: nothing of a refused act stays on record. */
class Undone extends Error {
  readonly outcome: Refusal;
  constructor(outcome: Refusal) {
    super('undone');
    this.outcome = outcome;
  }
}

async function record(
  tx: Tx,
  app: App,
  { caseId, officerId }: CounterAct,
  done: { step: 'document' | 'second_document' | 'face' | 'sample'; examinationId: RowId },
): Promise<void> {
  const { step, examinationId } = done;
  const who = {
    actor: { kind: 'officer', id: officerId },
    subject: { kind: 'case', id: caseId },
  } as const;
  if (step === 'face')
    await appendAudit(tx, app, {
      action: 'proofing.face_compared',
      ...who,
      details: { examinationId },
    });
  else if (step === 'sample')
    await appendAudit(tx, app, {
      action: 'proofing.sample_kept',
      ...who,
      details: { examinationId },
    });
  else
    await appendAudit(tx, app, {
      action: 'proofing.document_inspected',
      ...who,
      details: { examinationId, which: step, outcome: 'accepted' },
    });
}
