import { sendNotice } from '../../accounts/send-notice.ts';
import { appendAudit, SYSTEM } from '../../audit/append.ts';
import type { Actor } from '../../audit/events.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { OfficerId } from '../../lib/ids.ts';
import { enqueue } from '../../lib/outbox.ts';
import type { ConnectedRegister } from '../../visas/registers.ts';
import { askRegisterSoon, pauseSeconds } from '../ask-register.ts';
import { askRegisterAgain, onFile } from '../case.ts';
import { isOpen } from '../case-state.ts';
import type { ProofingCase } from '../case-state.ts';
import { lockCase } from '../case-store.ts';
import { isOwnCase } from '../decision.ts';
import { readDocumentFacts } from '../document-record.ts';
import type { ProofingApp } from '../proofing-app.ts';
import { saveChange } from '../save-case.ts';
import { answer, dismiss, request } from './correction.ts';
import type { Correction, CorrectionMove, CorrectionOutcome } from './correction.ts';
import { statementPlace } from './contest-entry.ts';
import { findCorrection, updateCorrection } from './correction-store.ts';

export type CorrectionResult =
  | { ok: true }
  /**
   * `wrong_state`: somebody was first. `no_document`: there is nothing to ask about yet. `no_port`: this register takes
   * letters only.
   */
  | {
      ok: false;
      reason:
        | 'not_found'
        | 'own_case'
        | 'wrong_state'
        | 'unknown_register'
        | 'no_port'
        | 'no_document';
    };

/** The registers that an officer may ask for a correction, by name. */
export function correctableRegisters({ registers }: ProofingApp): readonly ConnectedRegister[] {
  return [registers.main, ...registers.others];
}

/**
 * An officer asks a register to correct an entry, over its port or by a letter that they print. The applicant is told that
 * it was asked, not what it holds.
 */
export function requestCorrection(
  app: ProofingApp,
  input: { correctionId: RowId; officerId: OfficerId; register: string; by: 'port' | 'letter' },
): Promise<CorrectionResult> {
  const register = correctableRegisters(app).find(({ name }) => name === input.register);
  if (!register) return Promise.resolve({ ok: false, reason: 'unknown_register' });
  if (input.by === 'port' && !register.corrections)
    return Promise.resolve({ ok: false, reason: 'no_port' });
  return move(app, input, async (tx, { correction, proofing }) => {
    if (!onFile(proofing.state).document) return { ok: false, reason: 'no_document' };
    const { officerId, by } = input;
    const requestedAt = app.clock.now();
    const moved = request(correction, { register: register.name, by, officerId, requestedAt });
    return record(tx, correction, moved, async () => {
      if (by === 'port') await followSoon(tx, correction.id);
      await sendNotice(tx, app, {
        accountId: proofing.accountId,
        template: 'correction_requested',
        params: { caseUrl: `/cases/${proofing.id}/corrections` },
      });
      await appendAudit(tx, app, {
        action: 'proofing.correction_requested',
        actor: { kind: 'officer', id: officerId },
        subject: { kind: 'case', id: proofing.id },
        details: { correctionId: correction.id, register: register.name, by },
      });
    });
  });
}

/** An officer types in what a register answered to a letter. */
export function recordCorrectionAnswer(
  app: ProofingApp,
  input: { correctionId: RowId; officerId: OfficerId; outcome: CorrectionOutcome },
): Promise<CorrectionResult> {
  return move(app, input, (tx, { correction, proofing }) =>
    correction.state.kind === 'requested' && correction.state.by === 'letter'
      ? settle(tx, app, {
          correction,
          proofing,
          outcome: input.outcome,
          actor: { kind: 'officer', id: input.officerId },
        })
      : Promise.resolve({ ok: false, reason: 'wrong_state' }),
  );
}

/** An officer finds nothing to ask a register for: the case goes on as it is. */
export function dismissCorrection(
  app: ProofingApp,
  input: { correctionId: RowId; officerId: OfficerId },
): Promise<CorrectionResult> {
  return move(app, input, (tx, { correction, proofing }) => {
    const { officerId } = input;
    const moved = dismiss(correction, { officerId, at: app.clock.now() });
    return record(tx, correction, moved, () =>
      appendAudit(tx, app, {
        action: 'proofing.correction_dismissed',
        actor: { kind: 'officer', id: officerId },
        subject: { kind: 'case', id: proofing.id },
        details: { correctionId: correction.id },
      }),
    );
  });
}

function followSoon(tx: Tx, id: RowId, runAt?: Date): Promise<void> {
  const options = { key: `follow_correction:${id}`, ...(runAt ? { runAt } : {}) };
  return enqueue(tx, 'follow_correction', { correctionId: id }, options);
}

/**
 * Job `follow_correction`: delivers a request to the register and asks after it, with growing pauses, until it is
 * answered. Idempotent: the register knows the request by its id.
 */
export async function followCorrection(
  payload: Record<string, unknown>,
  app: ProofingApp,
): Promise<void> {
  const id = RowId.parse(payload.correctionId);
  if (!id) throw new Error('The job names no correction.');
  const asked = await readRequest(app, id);
  if (!asked) return;
  const said = await asked.port.request(asked.request);
  const outcome = said.kind === 'correction' && said.state !== 'received' ? said.state : null;
  await transact(app.db, async (tx) => {
    const found = await lockBoth(tx, id);
    if (!found || found.correction.state.kind !== 'requested') return;
    if (outcome) {
      await settle(tx, app, { ...found, outcome, actor: SYSTEM });
      return;
    }
    // A case that is over waits for nothing.
    if (!isOpen(found.proofing.state)) return;
    const { correction } = found;
    await updateCorrection(tx, id, correction.state, correction.attempts + 1);
    const pause = pauseSeconds(correction.attempts, app.random);
    await followSoon(tx, id, addSeconds(app.clock.now(), pause));
  });
}

async function readRequest(app: ProofingApp, id: RowId) {
  const found = await transact(app.db, (tx) => lockBoth(tx, id));
  const state = found?.correction.state;
  if (!found || state?.kind !== 'requested' || state.by !== 'port') return null;
  const { correction, proofing } = found;
  const port = correctableRegisters(app).find(({ name }) => name === state.register)?.corrections;
  const { document } = onFile(proofing.state);
  const key = await app.cipher.findDataKey(app.db, proofing.dataKeyId);
  if (!port || !document || !key) return null;
  const { examinationId } = document;
  const facts = await readDocumentFacts(app.db, app, { proofing, examinationId });
  if (!facts) return null;
  const { issuingState, documentNumber, dateOfBirth } = facts;
  const statement = key.decryptText(statementPlace(id), correction.statement);
  const { entry } = correction;
  return {
    port,
    request: { requestId: id, issuingState, documentNumber, dateOfBirth, entry, statement },
  };
}

/** The register has answered: its record is asked for anew, and the case goes on from there. */
async function settle(
  tx: Tx,
  app: ProofingApp,
  given: {
    correction: Correction;
    proofing: ProofingCase;
    outcome: CorrectionOutcome;
    actor: Actor;
  },
): Promise<CorrectionResult> {
  const { correction, proofing, outcome, actor } = given;
  const now = app.clock.now();
  return record(tx, correction, answer(correction, { outcome, at: now }), async () => {
    await appendAudit(tx, app, {
      action: 'proofing.correction_answered',
      actor,
      subject: { kind: 'case', id: proofing.id },
      details: { correctionId: correction.id, outcome },
    });
    await sendNotice(tx, app, {
      accountId: proofing.accountId,
      template: 'correction_answered',
      params: { caseUrl: `/cases/${proofing.id}` },
    });
    // Not under review: its register is asked before it gets there, or its word counts as too old then.
    const again = askRegisterAgain(proofing, { requestId: RowId.make(app), now });
    if (!again.ok) return;
    await saveChange(tx, app, proofing, again.change);
    await askRegisterSoon(tx, proofing.id);
  });
}

async function record(
  tx: Tx,
  correction: Correction,
  moved: CorrectionMove,
  then: () => Promise<void>,
): Promise<CorrectionResult> {
  if (!moved.ok) return moved;
  await updateCorrection(tx, correction.id, moved.state, correction.attempts);
  await then();
  return { ok: true };
}

type Both = { correction: Correction; proofing: ProofingCase };

function move(
  app: ProofingApp,
  input: { correctionId: RowId; officerId: OfficerId },
  work: (tx: Tx, both: Both) => Promise<CorrectionResult>,
): Promise<CorrectionResult> {
  return transact(app.db, async (tx): Promise<CorrectionResult> => {
    const both = await lockBoth(tx, input.correctionId);
    if (!both) return { ok: false, reason: 'not_found' };
    if (isOwnCase(both.proofing, input.officerId)) return { ok: false, reason: 'own_case' };
    return work(tx, both);
  });
}

/** The case first, as everywhere: whoever locks in another order waits for ever. */
async function lockBoth(tx: Tx, id: RowId): Promise<Both | null> {
  const read = await findCorrection(tx, id);
  const proofing = read ? await lockCase(tx, read.caseId) : null;
  const correction = proofing ? await findCorrection(tx, id, 'lock') : null;
  return proofing && correction ? { correction, proofing } : null;
}
