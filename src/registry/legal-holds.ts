import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, PersonId } from '../lib/ids.ts';
import {
  caseExists,
  endHold,
  insertHold,
  isPersonHeld,
  listHoldsInForce,
  personExists,
} from './legal-hold-store.ts';

/** Why records must be kept past their term. */
export const HOLD_REASONS = ['court_order', 'investigation', 'dispute', 'audit'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** An order to keep what is on record of a person, or of one case; one of the two. */
export interface LegalHold {
  id: RowId;
  personId: PersonId | null;
  caseId: CaseId | null;
  reason: HoldReason;
  /** The number of the order in the books of who gave it. */
  reference: string;
  placedAt: Date;
  releasedAt: Date | null;
}

export type HoldTarget = { personId: PersonId; caseId: null } | { personId: null; caseId: CaseId };

/** What a reference may be: a number of books, no words about anybody. */
export const HOLD_REFERENCE = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}./-]{0,63}$/u;

/**
 * Places a hold: from now on nothing of this person, or of this case and its account, is purged, and the person cannot be
 * erased. What its holder may do themselves (going back a step, withdrawing a consent) stays possible.
 */
export async function placeHold(
  tx: Tx,
  app: App,
  given: { target: HoldTarget; reason: HoldReason; reference: string; actor: Actor },
): Promise<{ ok: true; id: RowId } | { ok: false; reason: 'not_found' | 'held_already' }> {
  const { target, reason, reference, actor } = given;
  const there =
    target.personId !== null
      ? await personExists(tx, target.personId)
      : await caseExists(tx, target.caseId);
  if (!there) return { ok: false, reason: 'not_found' };
  const id = RowId.make(app);
  const hold = { id, ...target, reason, reference, placedAt: app.clock.now(), releasedAt: null };
  if (!(await insertHold(tx, hold))) return { ok: false, reason: 'held_already' };
  await appendAudit(tx, app, {
    action: 'registry.hold_placed',
    actor,
    subject: subjectOf(target),
    details: { holdId: id, reason },
  });
  return { ok: true, id };
}

/** Ends a hold; what became due meanwhile goes with the next purge. */
export async function releaseHold(
  tx: Tx,
  app: App,
  given: { id: RowId; actor: Actor },
): Promise<{ ok: true } | { ok: false; reason: 'not_found' }> {
  const hold = await endHold(tx, given.id, app.clock.now());
  if (!hold) return { ok: false, reason: 'not_found' };
  await appendAudit(tx, app, {
    action: 'registry.hold_released',
    actor: given.actor,
    subject: subjectOf(hold),
    details: { holdId: given.id, reason: hold.reason },
  });
  return { ok: true };
}

/** The holds in force, oldest first. */
export function holdsInForce(db: Db | Tx): Promise<LegalHold[]> {
  return listHoldsInForce(db);
}

/** Whether a hold keeps this person, or a case that became this person. */
export function isHeld(db: Db | Tx, personId: PersonId): Promise<boolean> {
  return isPersonHeld(db, personId);
}

function subjectOf({ personId, caseId }: { personId: PersonId | null; caseId: CaseId | null }) {
  return personId === null
    ? ({ kind: 'case', id: caseId } as const)
    : ({ kind: 'person', id: personId } as const);
}
