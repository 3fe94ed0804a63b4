import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { ListedAnchors } from '../documents/master-list-anchors.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { insertImport, type AnchorImportEntry } from './anchor-import-store.ts';
import type { ImportPlan } from './import-plan.ts';
import { changesOf } from './import-report.ts';
import type { VerifiedList } from './import-verify.ts';
import { insertAnchors, trustLinkedAnchor } from './store.ts';

/** A judged list with what was read of it. */
export interface ListToKeep {
  verified: VerifiedList;
  listed: ListedAnchors;
  /** The name of the file. */
  source: string;
}

/** Writes what the plan says: anchors, the import with its entries, one audit event. */
export async function keepImport(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  { verified, listed, source, plan, version }: ListToKeep & { plan: ImportPlan; version: number },
): Promise<void> {
  const { list, bytes, country, path } = verified;
  const now = app.clock.now();
  const id = RowId.make(app);
  await keepAnchors(tx, app, { plan, source });
  const row = {
    id,
    version,
    listSha256: Buffer.from(list.fingerprint, 'hex'),
    list: bytes,
    source,
    country,
    signerSha256: Buffer.from(list.signer.fingerprint, 'hex'),
    rootSha256: Buffer.from(path[0]!.fingerprint, 'hex'),
    signedAt: list.signingTime === undefined ? null : new Date(list.signingTime),
    importedAt: now,
  };
  await insertImport(tx, row, entriesOf(plan, listed));
  const { counts } = changesOf(plan, listed);
  await appendAudit(tx, app, {
    action: 'trust.anchors_imported',
    actor: SYSTEM,
    subject: { kind: 'anchor', id },
    details: {
      version,
      sha256: list.fingerprint,
      country,
      source,
      signer: list.signer.fingerprint,
      root: path[0]!.fingerprint,
      added: counts.new,
      known: counts.known,
      linked: counts.linked,
      quarantined: counts.quarantined,
      refused: counts.refused,
    },
  });
}

/** Adds the anchors of the plan and trusts the orphans that it links. */
export async function keepAnchors(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  { plan, source }: { plan: ImportPlan; source: string },
): Promise<void> {
  await insertAnchors(
    tx,
    plan.planned.map(({ anchor, environment, state, reason, issuedBy }) => ({
      id: RowId.make(app),
      sha256: Buffer.from(anchor.certificate.fingerprint, 'hex'),
      certificate: anchor.certificate.raw,
      country: anchor.country,
      environment,
      state,
      stateReason: reason,
      issuedBy: issuedBy === null ? null : Buffer.from(issuedBy, 'hex'),
      source,
      notBefore: new Date(anchor.certificate.notBefore),
      notAfter: new Date(anchor.certificate.notAfter),
      addedAt: app.clock.now(),
    })),
  );
  for (const { certificate, issuedBy } of plan.linked) {
    const sha256 = Buffer.from(certificate.fingerprint, 'hex');
    await trustLinkedAnchor(tx, { sha256, issuedBy: Buffer.from(issuedBy, 'hex') });
  }
}

function entriesOf(plan: ImportPlan, listed: ListedAnchors): AnchorImportEntry[] {
  const inList = new Set(listed.anchors.map(({ certificate }) => certificate.fingerprint));
  const linked = new Set(plan.linked.map(({ certificate }) => certificate.fingerprint));
  const entry = (
    fingerprint: string,
    outcome: AnchorImportEntry['outcome'],
    reason: string | null = null,
  ) => ({
    sha256: Buffer.from(fingerprint, 'hex'),
    listed: inList.has(fingerprint) || outcome === 'refused',
    outcome,
    reason,
  });
  return [
    ...plan.planned.map(({ anchor, reason }) =>
      entry(anchor.certificate.fingerprint, reason === null ? 'added' : 'quarantined', reason),
    ),
    ...plan.known
      .filter(({ certificate }) => !linked.has(certificate.fingerprint))
      .map(({ certificate }) => entry(certificate.fingerprint, 'known')),
    ...[...linked].map((fingerprint) => entry(fingerprint, 'linked')),
    ...listed.refused.map(({ sha256, reason }) => entry(sha256, 'refused', reason)),
  ];
}
