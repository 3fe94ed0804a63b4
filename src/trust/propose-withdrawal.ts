import { appendAudit } from '../audit/append.ts';
import { parseCertificate, type Certificate } from '../documents/certificates.ts';
import { attempt } from '../documents/findings.ts';
import type { App } from '../lib/app.ts';
import { transact, type Db, type Tx } from '../lib/database.ts';
import { RowId, type OfficerId } from '../lib/ids.ts';
import type { WithdrawalReason } from './anchor-reasons.ts';
import { insertWithdrawal, openWithdrawals } from './anchor-withdrawal-store.ts';
import { describeAnchor } from './import-report.ts';
import { planWithdrawal, type WithdrawalPlan } from './plan-withdrawal.ts';
import { storedLinks } from './store.ts';

type TrustApp = Pick<App, 'clock' | 'random' | 'db'>;

export type ProposeWithdrawalResult =
  | { ok: true; withdrawalId: RowId; would: WithdrawalPlan }
  | { ok: false; reason: 'no_such_anchor' | 'already_proposed' };

/**
 * An officer wants an anchor distrusted: `sha256` is its certificate's, lower-case hex. It counts on until another officer
 * confirms. Refuses an anchor that the store lacks or that is withdrawn. The caller answers for the officer's role.
 */
export async function proposeWithdrawal(
  app: TrustApp,
  given: { officerId: OfficerId; sha256: string; reason: WithdrawalReason },
): Promise<ProposeWithdrawalResult> {
  const sha256 = Buffer.from(given.sha256, 'hex');
  const would = planWithdrawal(await storedLinks(app.db), sha256);
  if (would === null) return { ok: false, reason: 'no_such_anchor' };
  const withdrawalId = RowId.make(app);
  const { reason, officerId: proposedBy } = given;
  const row = { id: withdrawalId, sha256, reason, proposedBy, proposedAt: app.clock.now() };
  return transact(app.db, async (tx) => {
    if (!(await insertWithdrawal(tx, row))) return { ok: false, reason: 'already_proposed' };
    await appendAudit(tx, app, {
      action: 'trust.withdrawal_proposed',
      actor: { kind: 'officer', id: proposedBy },
      subject: { kind: 'anchor', id: withdrawalId },
      details: { sha256: given.sha256, reason },
    });
    return { ok: true, withdrawalId, would };
  });
}

export interface OpenWithdrawal {
  withdrawalId: RowId;
  sha256: string;
  /** What the certificate says: its state and its name; null where it cannot be read. */
  certificate: { country: string; name: string } | null;
  reason: WithdrawalReason;
  proposedBy: OfficerId;
  proposedAt: Date;
  /** As the store stands now; null where the anchor is withdrawn already. */
  would: WithdrawalPlan | null;
}

/** What waits for a second officer, oldest first. */
export async function listOpenWithdrawals(db: Db | Tx): Promise<OpenWithdrawal[]> {
  const open = await openWithdrawals(db);
  const stored = open.length === 0 ? [] : await storedLinks(db);
  return open.map(({ id, sha256, reason, proposedBy, proposedAt }) => ({
    withdrawalId: id,
    sha256: sha256.toString('hex'),
    certificate: nameOf(stored.find((anchor) => anchor.sha256.equals(sha256))?.certificate),
    reason,
    proposedBy,
    proposedAt,
    would: planWithdrawal(stored, sha256),
  }));
}

function nameOf(der: Buffer | undefined): OpenWithdrawal['certificate'] {
  if (!der) return null;
  const parsed = attempt((): Certificate => parseCertificate(der));
  if (!parsed.ok) return null;
  const { country, name } = describeAnchor(parsed.value, null);
  return { country, name };
}
