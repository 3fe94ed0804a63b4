import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, OfficerId, PersonId } from '../lib/ids.ts';
import type { PortraitComparison } from '../registry/continuity.ts';
import {
  findAdjudicatedCase,
  insertAdjudication,
  listAdjudications,
  lockAdjudication,
  settleAdjudication,
} from './adjudication-store.ts';
import type { Adjudication, AdjudicationKind } from './adjudication-store.ts';
import { readAdjudication } from './adjudication-view.ts';
import type { AdjudicationView } from './adjudication-view.ts';
import type { Settlement } from './approve-case.ts';
import type { HoldReason } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { decideWithin, isOfficersOwn } from './decide-case.ts';
import type { DecideResult } from './decide-case.ts';
import type { DecisionReason } from './decision.ts';
import type { ProofingApp } from './proofing-app.ts';
import { recheckRegisters } from './registers/recheck.ts';

export interface AdjudicationInput {
  caseId: CaseId;
  officerId: OfficerId;
  /** The version, and the hash of the evidence, that the officer had before them. */
  expectedVersion: number;
  expectedEvidence: string;
  kind: AdjudicationKind;
  replaces: RowId | null;
  portraits: PortraitComparison | null;
  /** The records that the page showed: whoever is found besides was not compared. */
  dismissed: readonly PersonId[];
  /** Why the case is approved otherwise: a reason of the ordinary decision. */
  reason: DecisionReason;
  note: string | null;
}

export type AdjudicationResult =
  | { ok: true; outcome: 'proposed' }
  | { ok: true; outcome: 'decided'; result: DecideResult & { ok: true } }
  | { ok: true; outcome: 'declined' }
  | {
      ok: false;
      reason:
        | 'not_found'
        | 'does_not_fit'
        | 'own_case'
        | 'stale_version'
        | 'evidence_changed'
        | 'already_waiting'
        | 'continuity_broken'
        | 'same_officer'
        | 'settled'
        | 'not_decidable';
    };

/** Which findings answer which hold. The rest is refused on the case's own page, or settled in the register of persons. */
const FITS: Readonly<Record<AdjudicationKind, readonly HoldReason[]>> = {
  renewal: ['account_enrolled', 'continuity_open'],
  second_document: ['account_enrolled', 'continuity_open'],
  another_person: ['candidates_found'],
};

/**
 * An officer settles who the applicant of a held case is (issue 5.6): the same person with a renewed or a second document,
 * or another one than those on record who look alike. Where continuity holds by itself the case is approved at once;
 * where something differs, or a register names a candidate, it waits for a second officer. Never a machine's choice.
 */
export async function adjudicateCase(
  app: ProofingApp,
  input: AdjudicationInput,
): Promise<AdjudicationResult> {
  const shown = await readAdjudication(app.db, app, input.caseId);
  if (!shown) return { ok: false, reason: 'not_found' };
  if (shown.proofing.version !== input.expectedVersion)
    return { ok: false, reason: 'stale_version' };
  if (shown.view.evidence !== input.expectedEvidence)
    return { ok: false, reason: 'evidence_changed' };
  const refusal = refusalOf(shown, input);
  if (refusal) return { ok: false, reason: refusal };
  await recheckRegisters(app, input.caseId);
  return transact(app.db, async (tx): Promise<AdjudicationResult> => {
    // What was compared is this version of the case: nobody moves it on until we are done.
    const proofing = await lockCase(tx, input.caseId);
    if (proofing?.version !== input.expectedVersion) return { ok: false, reason: 'stale_version' };
    const waiting = (await listAdjudications(tx, input.caseId)).some(
      ({ settledAt }) => settledAt === null,
    );
    if (waiting) return { ok: false, reason: 'already_waiting' };
    const { officerId, note } = input;
    const row = rowOf(app, input);
    if (takesTwo(shown, input)) {
      if (await isOfficersOwn(tx, proofing, officerId)) return { ok: false, reason: 'own_case' };
      await insertAdjudication(tx, row);
      await audit(tx, app, row, { officerId, outcome: 'proposed' });
      return { ok: true, outcome: 'proposed' };
    }
    const result = await carryOut(tx, app, row, { officerId, note });
    if (!result.ok) return refused(result);
    const at = app.clock.now();
    await insertAdjudication(tx, { ...row, settledAt: at, outcome: result.outcome });
    await audit(tx, app, row, { officerId, outcome: result.outcome });
    return { ok: true, outcome: 'decided', result };
  });
}

/** A second officer carries out what the first one found, or declines it; the first one may only take it back. */
export async function confirmAdjudication(
  app: ProofingApp,
  input: { id: RowId; officerId: OfficerId; decision: 'confirm' | 'decline' },
): Promise<AdjudicationResult> {
  const open = input.decision === 'confirm' ? await findAdjudicatedCase(app.db, input.id) : null;
  if (open) await recheckRegisters(app, open);
  return transact(app.db, async (tx): Promise<AdjudicationResult> => {
    const row = await lockAdjudication(tx, input.id);
    if (!row) return { ok: false, reason: 'not_found' };
    if (row.settledAt) return { ok: false, reason: 'settled' };
    const own = row.officerId === input.officerId;
    const at = app.clock.now();
    const settled = { id: row.id, secondOfficerId: own ? null : input.officerId, at };
    if (input.decision === 'decline') {
      await settleAdjudication(tx, { ...settled, outcome: 'declined' });
      await audit(tx, app, row, { officerId: input.officerId, outcome: 'declined' });
      return { ok: true, outcome: 'declined' };
    }
    if (own) return { ok: false, reason: 'same_officer' };
    const result = await carryOut(tx, app, row, { officerId: input.officerId, note: null });
    if (!result.ok) return refused(result);
    await settleAdjudication(tx, { ...settled, outcome: result.outcome });
    await audit(tx, app, row, { officerId: input.officerId, outcome: result.outcome });
    return { ok: true, outcome: 'decided', result };
  });
}

function refusalOf(
  { hold, continuity, holder }: AdjudicationView,
  { kind, replaces, portraits }: AdjudicationInput,
): (AdjudicationResult & { ok: false })['reason'] | null {
  if (!FITS[kind].includes(hold)) return 'does_not_fit';
  if (kind === 'another_person') return portraits === null ? null : 'does_not_fit';
  if (!continuity || portraits === null) return 'does_not_fit';
  if (portraits === 'differ' || continuity.verdict === 'broken') return 'continuity_broken';
  const held = holder?.documents.filter(({ replacedOn }) => replacedOn === null) ?? [];
  if (kind === 'renewal') return held.some(({ id }) => id === replaces) ? null : 'does_not_fit';
  return replaces === null ? null : 'does_not_fit';
}

/** Whether one officer is not enough: something differs, no portrait could be compared, or a register names a candidate. */
function takesTwo(
  { continuity, candidates }: AdjudicationView,
  { kind, portraits }: AdjudicationInput,
): boolean {
  if (kind === 'another_person')
    return candidates.some(({ reasons }) => reasons.some((reason) => !reason.startsWith('name_')));
  return portraits !== 'match' || continuity?.verdict !== 'holds';
}

function rowOf(app: ProofingApp, input: AdjudicationInput): Adjudication {
  const { caseId, kind, replaces, portraits, dismissed, reason, officerId } = input;
  return {
    id: RowId.make(app),
    caseId,
    caseVersion: input.expectedVersion,
    kind,
    replaces,
    portraits,
    dismissed: [...dismissed],
    reason,
    officerId,
    at: app.clock.now(),
    secondOfficerId: null,
    settledAt: null,
    outcome: null,
  };
}

/** The ordinary approval, with what was settled; every check of it is made again, on the version that was compared. */
function carryOut(
  tx: Tx,
  app: ProofingApp,
  row: Adjudication,
  by: { officerId: OfficerId; note: string | null },
): Promise<DecideResult> {
  const seconded = by.officerId !== row.officerId;
  const settlement: Settlement =
    row.kind === 'another_person'
      ? { dismissed: row.dismissed }
      : {
          resolution: {
            kind: row.kind,
            replaces: row.replaces,
            portraits: row.portraits ?? 'not_available',
            secondOfficer: seconded ? row.officerId : null,
          },
        };
  return decideWithin(tx, app, {
    caseId: row.caseId,
    officerId: by.officerId,
    expectedVersion: row.caseVersion,
    decision: 'approve',
    reasonCode: row.reason,
    note: by.note,
    settlement,
  });
}

function refused(result: DecideResult & { ok: false }): AdjudicationResult {
  switch (result.reason) {
    case 'not_found':
    case 'own_case':
    case 'stale_version':
    case 'evidence_changed':
      return { ok: false, reason: result.reason };
    case 'reason_does_not_fit':
      return { ok: false, reason: 'does_not_fit' };
    case 'not_decidable':
      return { ok: false, reason: 'not_decidable' };
    default:
      return result satisfies never;
  }
}

function audit(
  tx: Tx,
  app: ProofingApp,
  row: Adjudication,
  given: { officerId: OfficerId; outcome: string },
): Promise<void> {
  return appendAudit(tx, app, {
    action: 'proofing.case_adjudicated',
    actor: { kind: 'officer', id: given.officerId },
    subject: { kind: 'case', id: row.caseId },
    details: {
      adjudicationId: row.id,
      kind: row.kind,
      portraits: row.portraits,
      dismissed: row.dismissed.length,
      outcome: given.outcome,
    },
  });
}
