import { appendAudit } from '../audit/append.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { OfficerId } from '../lib/ids.ts';
import type { ProofingCase } from './case-state.ts';
import { endHandOffs, findLatestHandOff, insertHandOff } from './hand-off-store.ts';
import type { HandOff } from './hand-off-store.ts';

const placeOf = (id: RowId) => ({ table: 'hand_offs', column: 'token', row: id });

/** Who hands the reading of a chip off: the applicant to a phone, or an officer to the reader of their counter. */
export type HandOffMaker = { kind: 'applicant' } | { kind: 'officer'; officerId: OfficerId };

/**
 * A new single-use link for a phone or a counter's reader, bound to this case, good for HANDOFF_SECONDS; the one before is
 * void from now on. The token is looked up by a keyed digest, and kept, encrypted, only until it is used, so that a reloaded
 * page shows it again. A case at a counter is read for an officer, any other for its applicant: throws where they are mixed.
 */
export async function makeHandOff(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  by: HandOffMaker = { kind: 'applicant' },
): Promise<RowId> {
  const officerId = by.kind === 'officer' ? by.officerId : null;
  if ((proofing.pathway === 'counter') !== (officerId !== null))
    throw new Error('A counter hands off to its own reader, an applicant to a phone.');
  const now = app.clock.now();
  await endHandOffs(tx, proofing.id, now);
  const id = RowId.make(app);
  const token = app.random.token();
  const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
  await insertHandOff(tx, {
    id,
    caseId: proofing.id,
    token: key.encrypt(placeOf(id), token),
    tokenDigest: digestToken(app.keys.tokenDigestKey, token),
    matchNumber: 10 + app.random.integer(90),
    officerId,
    createdAt: now,
    expiresAt: addSeconds(now, app.config.HANDOFF_SECONDS),
  });
  await appendAudit(tx, app, {
    action: 'proofing.hand_off_made',
    actor: officerId
      ? { kind: 'officer', id: officerId }
      : { kind: 'account', id: proofing.accountId },
    subject: { kind: 'case', id: proofing.id },
    details: { handOffId: id },
  });
  return id;
}

/** Where the hand-off of a case is. */
export type HandOffPhase =
  /** None, or the last one ran out unused, was replaced or has done its work. */
  | { phase: 'none' }
  | { phase: 'shown'; link: string; matchNumber: number; expiresAt: Date }
  /** A phone has opened it: it cannot be opened again. */
  | { phase: 'opened'; matchNumber: number; expiresAt: Date };

/** The live hand-off of a case, with its link while that may still be opened. */
export async function readHandOff(db: Db, app: App, proofing: ProofingCase): Promise<HandOffPhase> {
  const handOff = await findLatestHandOff(db, proofing.id);
  const now = app.clock.now();
  if (!handOff || handOff.endedAt || handOff.submittedAt) return { phase: 'none' };
  const { matchNumber } = handOff;
  if (handOff.challengeExpiresAt) {
    const expiresAt = handOff.challengeExpiresAt;
    return now < expiresAt ? { phase: 'opened', matchNumber, expiresAt } : { phase: 'none' };
  }
  if (!handOff.token || now >= handOff.expiresAt) return { phase: 'none' };
  const key = await app.cipher.openDataKey(db, proofing.dataKeyId);
  const token = key.decryptText(placeOf(handOff.id), handOff.token);
  const link = `${app.config.ISSUER}/h/${token}`;
  return { phase: 'shown', link, matchNumber, expiresAt: handOff.expiresAt };
}

/** Why a hand-off can't be opened, if it can't. */
export type HandOffRefusal = 'hand_off_used' | 'hand_off_replaced' | 'hand_off_expired';

export function refusalOf(handOff: HandOff, now: Date): HandOffRefusal | null {
  if (handOff.openedAt) return 'hand_off_used';
  if (handOff.endedAt) return 'hand_off_replaced';
  return now < handOff.expiresAt ? null : 'hand_off_expired';
}
