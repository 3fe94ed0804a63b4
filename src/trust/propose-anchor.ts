import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact, type Db, type Tx } from '../lib/database.ts';
import { RowId, type OfficerId } from '../lib/ids.ts';
import { insertProposal, openProposals } from './anchor-proposal-store.ts';
import type { PlannedAnchor } from './import-plan.ts';
import { describeAnchor, type AnchorDescription } from './import-report.ts';
import { judgeAnchor, type JudgedAnchor } from './judge-anchor.ts';
import type { Environment, QuarantineReason } from './store.ts';
import { pemBlocksOf } from './trust-files.ts';

type TrustApp = Pick<App, 'config' | 'clock' | 'random' | 'db'>;

const MAX_CERTIFICATE_BYTES = 64 * 1024;
const MAX_SOURCE_LENGTH = 200;

/** What an anchor is, or would be, once two officers want it. */
export interface AnchorForecast extends AnchorDescription {
  environment: Environment;
  state: 'trusted' | 'quarantined';
  reason: QuarantineReason | null;
}

export type ProposeAnchorResult =
  | { ok: true; proposalId: RowId; becomes: AnchorForecast }
  | { ok: false; reason: 'source_missing' | 'source_too_long' | 'already_proposed' }
  | Extract<JudgedAnchor, { ok: false }>;

/**
 * An officer wants a CSCA certificate (DER, or one PEM block) trusted that no master list brought. Nothing is trusted by
 * that: another officer has to confirm it. `source` says how it came from the state, and names no person. The caller
 * answers for the officer's role.
 */
export async function proposeAnchor(
  app: TrustApp,
  given: { officerId: OfficerId; certificate: Buffer; source: string },
): Promise<ProposeAnchorResult> {
  const source = given.source.trim();
  if (source === '') return { ok: false, reason: 'source_missing' };
  if (source.length > MAX_SOURCE_LENGTH) return { ok: false, reason: 'source_too_long' };
  const certificate = oneCertificate(given.certificate);
  if (typeof certificate === 'string')
    return { ok: false, reason: 'certificate_refused', detail: certificate };
  const judged = await judgeAnchor(app.db, app, certificate);
  if (!judged.ok) return judged;
  const becomes = forecast(judged.anchor);
  const proposalId = RowId.make(app);
  const row = {
    id: proposalId,
    sha256: Buffer.from(becomes.sha256, 'hex'),
    certificate,
    country: becomes.country,
    source,
    proposedBy: given.officerId,
    proposedAt: app.clock.now(),
  };
  return transact(app.db, async (tx) => {
    if (!(await insertProposal(tx, row))) return { ok: false, reason: 'already_proposed' };
    await appendAudit(tx, app, {
      action: 'trust.anchor_proposed',
      actor: { kind: 'officer', id: given.officerId },
      subject: { kind: 'anchor', id: proposalId },
      details: {
        sha256: becomes.sha256,
        country: becomes.country,
        environment: becomes.environment,
      },
    });
    return { ok: true, proposalId, becomes };
  });
}

/** The DER, or why there is none. */
function oneCertificate(bytes: Buffer): Buffer | string {
  if (bytes.length > MAX_CERTIFICATE_BYTES) return 'certificate_too_large';
  const [certificate, ...more] = pemBlocksOf(bytes);
  return certificate === undefined || more.length > 0 ? 'more_than_one' : certificate;
}

export interface OpenProposal {
  proposalId: RowId;
  source: string;
  proposedBy: OfficerId;
  proposedAt: Date;
  /** As the store stands now; or why a confirmation would be refused. */
  becomes: AnchorForecast | Extract<JudgedAnchor, { ok: false }>;
}

/** What waits for a second officer, oldest first. */
export async function listOpenProposals(
  db: Db | Tx,
  app: Pick<App, 'config'>,
): Promise<OpenProposal[]> {
  const open: OpenProposal[] = [];
  for (const { id, source, proposedBy, proposedAt, certificate } of await openProposals(db)) {
    const judged = await judgeAnchor(db, app, certificate);
    const becomes = judged.ok ? forecast(judged.anchor) : judged;
    open.push({ proposalId: id, source, proposedBy, proposedAt, becomes });
  }
  return open;
}

export function forecast({ anchor, environment, state, reason, issuedBy }: PlannedAnchor) {
  return { ...describeAnchor(anchor.certificate, issuedBy), environment, state, reason };
}
