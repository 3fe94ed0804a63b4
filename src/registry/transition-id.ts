import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { checkTransition, resumesTo } from './id-lifecycle.ts';
import type { ForeignIdState, TransitionReason } from './id-lifecycle.ts';
import { insertTransition, lockForeignId, updateState } from './foreign-id-store.ts';
import type { ForeignIdRow } from './foreign-id-store.ts';
import { objectByFreezing } from './object-to-proposal.ts';
import { recordStatusEvent } from './status-events.ts';

export interface Transition {
  personId: PersonId;
  to: ForeignIdState;
  reason: TransitionReason;
  actor: Actor;
  /** The version that the actor saw; left out where the system acts on what it has just read. */
  expectedVersion?: number;
  /** Where a split gives a suspension back: what the ID was suspended from. */
  suspendedFrom?: ForeignIdState | null;
}

export type TransitionOutcome =
  | { ok: true; state: ForeignIdState; version: number }
  | { ok: false; reason: 'not_found' | 'stale_version' | 'not_possible' | 'wrong_reason' };

/**
 * Moves a person's ID to another state (DESIGN section 4): row, history and audit commit with the caller's
 * transaction. Refuses what id-lifecycle.ts does not list, and a version that is no longer the current one.
 */
export async function transitionId(
  tx: Tx,
  app: App,
  transition: Transition,
): Promise<TransitionOutcome> {
  const current = await lockForeignId(tx, transition.personId);
  if (!current) return { ok: false, reason: 'not_found' };
  const { expectedVersion } = transition;
  if (expectedVersion !== undefined && expectedVersion !== current.version)
    return { ok: false, reason: 'stale_version' };
  return applyTransition(tx, app, current, transition);
}

type Change = Omit<Transition, 'to' | 'expectedVersion'>;

/** Holds an ID until a question is settled: no token leaves from the next one on. */
export function suspendId(tx: Tx, app: App, change: Change & { expectedVersion?: number }) {
  return transitionId(tx, app, { ...change, to: 'suspended' });
}

/** Takes an ID away by decision; only an appeal restores it. */
export function revokeId(tx: Tx, app: App, change: Change & { expectedVersion?: number }) {
  return transitionId(tx, app, { ...change, to: 'revoked' });
}

/** Twelve months abroad without a sign-in (the job that notices says so). */
export function markDormant(tx: Tx, app: App, change: Omit<Change, 'reason'>) {
  return transitionId(tx, app, { ...change, to: 'dormant', reason: 'abroad_without_sign_in' });
}

/** Gives a suspended ID back: to `provisional` where it was so before, else to `active`. */
export async function reactivateId(
  tx: Tx,
  app: App,
  change: Change & { expectedVersion?: number },
): Promise<TransitionOutcome> {
  const current = await lockForeignId(tx, change.personId);
  const to = current?.suspendedFrom ? resumesTo(current.suspendedFrom) : 'active';
  return transitionId(tx, app, { ...change, to });
}

const KEEPS_LAST_DAY: readonly ForeignIdState[] = ['provisional', 'suspended', 'superseded'];

async function applyTransition(
  tx: Tx,
  app: App,
  current: ForeignIdRow,
  transition: Transition,
): Promise<TransitionOutcome> {
  const { to, reason } = transition;
  const from = current.state;
  const allowed = checkTransition(from, to, reason);
  if (!allowed.ok) return allowed;
  const resumes = to === 'active' || to === 'provisional';
  if (current.suspendedFrom && resumes && to !== resumesTo(current.suspendedFrom))
    return { ok: false, reason: 'not_possible' };
  const at = app.clock.now();
  const version = current.version + 1;
  await updateState(tx, {
    id: current.id,
    state: to,
    suspendedFrom: to === 'suspended' ? (transition.suspendedFrom ?? from) : null,
    // A suspension or a merge does not stop the clock of an arrival; a final state has none.
    provisionalUntil: KEEPS_LAST_DAY.includes(to) ? current.provisionalUntil : null,
    version,
    at,
  });
  await recordTransition(tx, app, { id: current.id, ...transition, from, version });
  if (reason === 'holder_froze') await objectByFreezing(tx, app, transition);
  return { ok: true, state: to, version };
}

/** Writes the line of history, the audit row and the status event of a change of state. */
export async function recordTransition(
  tx: Tx,
  app: App,
  change: {
    id: RowId;
    personId: PersonId;
    from: ForeignIdState;
    to: ForeignIdState;
    reason: TransitionReason;
    actor: Actor;
    version: number;
    /** Who signs in as the person; looked up where the caller does not know. */
    accountId?: AccountId;
  },
): Promise<void> {
  const { from, to, reason, actor, version } = change;
  await insertTransition(tx, {
    rowId: RowId.make(app),
    foreignId: change.id,
    version,
    from,
    to,
    reason,
    actor,
    at: app.clock.now(),
  });
  await appendAudit(tx, app, {
    action: 'registry.id_state_changed',
    actor,
    subject: { kind: 'person', id: change.personId },
    details: { foreignId: change.id, from, to, reason, version },
  });
  const { personId, accountId } = change;
  const told = accountId === undefined ? {} : { accountId };
  await recordStatusEvent(tx, app, {
    kind: 'id_state_changed',
    personId,
    from,
    to,
    reason,
    ...told,
  });
}
