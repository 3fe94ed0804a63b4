import { openWardAccount } from '../accounts/open-ward-account.ts';
import { findAccount } from '../accounts/find-account.ts';
import { personAssurance } from '../assurance/person.ts';
import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addDays, toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, CaseId, OfficerId } from '../lib/ids.ts';
import { standingOf } from '../registry/standing.ts';
import { isOpen } from './case-state.ts';
import type { ProofingCase } from './case-state.ts';
import { findCase } from './case-store.ts';
import type { ApprovalBlocker } from './decision.ts';
import {
  endGuardianship,
  findGuardianship,
  insertGuardianship,
  setEndsOn,
  setVerified,
} from './guardianship-store.ts';
import type { Guardianship, GuardianBasis, GuardianProof } from './guardianship-store.ts';

/** Civil and Commercial Code section 19: a person becomes of age on completing twenty years. */
export const AGE_OF_MAJORITY = 20;

export const GUARDIAN_BASES = [
  'parent',
  'adoptive_parent',
  'court_appointed',
  'institution',
] as const satisfies readonly GuardianBasis[];

/** What an officer must have seen for which ground. */
export const GUARDIAN_PROOFS: Readonly<Record<GuardianBasis, readonly GuardianProof[]>> = {
  parent: ['birth_certificate', 'civil_registration'],
  adoptive_parent: ['adoption_order', 'civil_registration'],
  court_appointed: ['court_order'],
  institution: ['court_order'],
};

/**
 * A proven person says that they act for a child: an account for the child, without a passkey, and the guardianship, which an
 * officer has yet to verify. Refused below IAL2: who acts for another must be known themselves.
 */
export async function declareGuardianship(
  tx: Tx,
  app: App,
  given: { guardianAccountId: AccountId; basis: GuardianBasis },
): Promise<{ ok: true; childAccountId: AccountId } | { ok: false; reason: 'not_proven' }> {
  const { guardianAccountId, basis } = given;
  const standing = await standingOf(tx, app, guardianAccountId);
  const account = await findAccount(tx, guardianAccountId);
  const now = app.clock.now();
  if (!standing || !account || personAssurance(standing, now).ial < 2)
    return { ok: false, reason: 'not_proven' };
  const childAccountId = await openWardAccount(tx, app, {
    guardianId: guardianAccountId,
    lang: account.lang,
  });
  const id = RowId.make(app);
  await insertGuardianship(tx, {
    id,
    guardianPersonId: standing.personId,
    guardianAccountId,
    childAccountId,
    basis,
    declaredAt: now,
  });
  await appendAudit(tx, app, {
    action: 'proofing.guardianship_declared',
    actor: { kind: 'account', id: guardianAccountId },
    subject: { kind: 'account', id: childAccountId },
    details: { guardianshipId: id },
  });
  return { ok: true, childAccountId };
}

/** Whether an account has declared that it acts for a child, verified or not: enough to begin the child's own proof. */
export async function actsFor(
  db: Db | Tx,
  guardianAccountId: AccountId,
  childAccountId: AccountId,
): Promise<boolean> {
  return (await findGuardianship(db, { guardianAccountId, childAccountId })) !== null;
}

/** An officer saw the paper that the guardianship rests on. Once; the number of the paper is kept encrypted. */
export async function verifyGuardianship(
  app: App,
  given: { caseId: CaseId; officerId: OfficerId; how: GuardianProof; documentNumber: string },
): Promise<
  { ok: true } | { ok: false; reason: 'not_found' | 'wrong_proof' | 'own_case' | 'done' }
> {
  return transact(app.db, async (tx) => {
    const proofing = await findCase(tx, given.caseId);
    if (!proofing?.openedBy || !isOpen(proofing.state)) return { ok: false, reason: 'not_found' };
    const officer: string = given.officerId;
    if (officer === proofing.openedBy) return { ok: false, reason: 'own_case' };
    const found = await findGuardianship(tx, {
      guardianAccountId: proofing.openedBy,
      childAccountId: proofing.accountId,
    });
    if (!found) return { ok: false, reason: 'not_found' };
    if (!GUARDIAN_PROOFS[found.basis].includes(given.how))
      return { ok: false, reason: 'wrong_proof' };
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    const place = { table: 'guardianships', column: 'document', row: found.id };
    const saved = await setVerified(tx, {
      id: found.id,
      how: given.how,
      document: key.encrypt(place, given.documentNumber),
      by: given.officerId,
      at: app.clock.now(),
    });
    if (!saved) return { ok: false, reason: 'done' };
    await appendAudit(tx, app, {
      action: 'proofing.guardianship_verified',
      actor: { kind: 'officer', id: given.officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { guardianshipId: found.id, how: given.how },
    });
    return { ok: true };
  });
}

/** The guardian of a case for a child, as an officer sees it; null where the holder acts themselves. */
export function guardianshipOf(db: Db | Tx, proofing: ProofingCase): Promise<Guardianship | null> {
  if (!proofing.openedBy) return Promise.resolve(null);
  const { openedBy: guardianAccountId, accountId: childAccountId } = proofing;
  return findGuardianship(db, { guardianAccountId, childAccountId });
}

/** What stands against approving a case for a child: nobody has verified who acts, or it is no child any more. */
export async function childBlocker(
  tx: Tx,
  proofing: ProofingCase,
  given: { dateOfBirth: string; now: Date },
): Promise<ApprovalBlocker | null> {
  if (!proofing.openedBy) return null;
  if (ofAgeOn(given.dateOfBirth) <= toPlainDate(given.now)) return 'not_a_minor';
  const found = await guardianshipOf(tx, proofing);
  return found?.verified ? null : 'guardianship_unverified';
}

/** The child is proven: its guardianships end by themselves on the day it is of age. */
export async function setChild(tx: Tx, proofing: ProofingCase, dateOfBirth: string): Promise<void> {
  if (proofing.openedBy) await setEndsOn(tx, proofing.accountId, ofAgeOn(dateOfBirth));
}

/** The first day of full age, `YYYY-MM-DD`; of an unknown month or day the last: nobody is of age too early. */
export function ofAgeOn(dateOfBirth: string): string {
  const [year = '', month = '', day = ''] = dateOfBirth.split('-');
  const known = (part: string, otherwise: string) => (part === 'XX' ? otherwise : part);
  const twentieth = String(Number(year) + AGE_OF_MAJORITY).padStart(4, '0');
  const monthOf = known(month, '12');
  // The day before plus one: 29 February of a year without one is 1 March, an unknown day the last of its month.
  if (day === 'XX') {
    const next =
      monthOf === '12'
        ? `${Number(twentieth) + 1}-01`
        : `${twentieth}-${String(Number(monthOf) + 1).padStart(2, '0')}`;
    return addDays(`${next}-01`, -1);
  }
  return addDays(`${twentieth}-${monthOf}-01`, Number(day) - 1);
}

/** Ends a guardianship before its day: by the guardian themselves, or by an officer with a reason. */
export async function withdrawGuardianship(
  app: App,
  given: { guardianAccountId: AccountId; childAccountId: AccountId },
): Promise<boolean> {
  return transact(app.db, async (tx) => {
    const found = await findGuardianship(tx, given);
    if (!found) return false;
    const at = app.clock.now();
    const ended = await endGuardianship(tx, { id: found.id, reason: 'withdrawn', at });
    if (ended)
      await appendAudit(tx, app, {
        action: 'proofing.guardianship_ended',
        actor: { kind: 'account', id: given.guardianAccountId },
        subject: { kind: 'account', id: given.childAccountId },
        details: { guardianshipId: found.id, reason: 'withdrawn' },
      });
    return ended;
  });
}
