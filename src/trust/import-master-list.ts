import { attempt } from '../documents/findings.ts';
import { readListedAnchors, type ListedAnchors } from '../documents/master-list-anchors.ts';
import type { MasterList } from '../documents/master-lists.ts';
import { revocationOf } from '../documents/revocation.ts';
import { parseRevocationList } from '../documents/revocation-lists.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import {
  lastListedAnchors,
  newestSigning,
  trustStoreVersion,
  versionOfList,
} from './anchor-import-store.ts';
import { currentCrls } from './chip-trust.ts';
import { keepImport, type ListToKeep } from './import-keep.ts';
import { planImport, type ImportPlan } from './import-plan.ts';
import {
  changesOf,
  describeCertificate,
  describeList,
  missingFrom,
  type ImportReport,
  type RefusedReport,
} from './import-report.ts';
import type { VerifiedList } from './import-verify.ts';
import { inSteps } from './in-steps.ts';
import { anchorTotals, lockAnchors, storedAnchors } from './store.ts';

type TrustApp = Pick<App, 'config' | 'clock' | 'random' | 'db'>;

/**
 * Brings a verified list into the store in one transaction: all of it, or nothing. The same bytes again change nothing. No
 * anchor is ever removed: what a list no longer holds is reported and stays (documents live ten years). A dry run does
 * everything and rolls it back.
 */
export async function importMasterList(
  app: TrustApp,
  input: { verified: VerifiedList; source: string; dryRun?: boolean },
): Promise<ImportReport> {
  const listed = await inSteps(readListedAnchors(input.verified.list.certificates));
  const tx = await app.db.transaction();
  try {
    const report = await importWithin(tx, app, { ...input, listed });
    const keep = report.outcome === 'imported' && input.dryRun !== true;
    await (keep ? tx.commit() : tx.rollback());
    return report.outcome === 'imported' && !keep ? { ...report, outcome: 'dry_run' } : report;
  } catch (fault) {
    await tx.rollback();
    throw fault;
  }
}

async function importWithin(tx: Tx, app: TrustApp, asked: ListToKeep): Promise<ImportReport> {
  const { verified, listed } = asked;
  const { list, country } = verified;
  await lockAnchors(tx);
  const revocation = await revocationOfSigner(tx, app, verified);
  if (revocation === 'revoked') return refusal(list, 'signer_revoked');
  const imported = await versionOfList(tx, Buffer.from(list.fingerprint, 'hex'));
  const newest = await newestSigning(tx, country);
  if (imported === null && newest !== null && (list.signingTime ?? Infinity) < newest.getTime()) {
    return refusal(list, 'older_than_imported');
  }
  const nothing: ImportPlan = { planned: [], known: listed.anchors, linked: [] };
  const plan = imported === null ? await planWithin(tx, app, listed) : nothing;
  const previous = imported === null ? await lastListedAnchors(tx, country) : [];
  const version = imported ?? (await trustStoreVersion(tx)) + 1;
  if (imported === null) await keepImport(tx, app, { ...asked, plan, version });
  return {
    outcome: imported === null ? 'imported' : 'already_imported',
    sha256: list.fingerprint,
    source: asked.source,
    version,
    list: {
      country,
      signedAt: list.signingTime === undefined ? null : new Date(list.signingTime).toISOString(),
      signer: describeCertificate(list.signer),
      path: verified.path.map((certificate) => describeCertificate(certificate)),
      revocation,
      ...describeList(listed),
    },
    ...changesOf(plan, listed),
    noLongerListed: missingFrom(listed, previous),
    store: await anchorTotals(tx),
  };
}

async function planWithin(tx: Tx, app: TrustApp, listed: ListedAnchors): Promise<ImportPlan> {
  const stored = await storedAnchors(tx);
  return inSteps(planImport({ listed, stored, sandbox: app.config.sandbox }));
}

function refusal(list: MasterList, reason: string): RefusedReport {
  return { outcome: 'refused', reason, sha256: list.fingerprint };
}

/** The CRLs that the store has; a signer about whom none speaks is reported so and not refused. */
async function revocationOfSigner(
  tx: Tx,
  app: TrustApp,
  { list, path }: VerifiedList,
): Promise<string> {
  const crls = (await currentCrls(tx, app)).flatMap((bytes) => {
    const read = attempt(() => parseRevocationList(bytes));
    return read.ok ? [read.value] : [];
  });
  const { signer } = list;
  const issuer = path.at(-1)!;
  return revocationOf({ signer, issuer, anchors: path, crls, now: app.clock.now() }).status;
}
