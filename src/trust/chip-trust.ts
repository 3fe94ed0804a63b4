import type { VerifiedSigners } from '../documents/certificate-chain.ts';
import type { ChipFiles, ChipPolicy, VerifyChipInput } from '../documents/chip-verdict.ts';
import { readTrust } from '../documents/parsed-trust.ts';
import { missingSignerOf } from '../documents/signer-reference.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { documentSigners } from './document-signer-store.ts';
import { inSteps } from './in-steps.ts';
import {
  anchorCertificates,
  newestListHashes,
  revocationLists,
  trustedAnchorHashes,
  type Environment,
} from './store.ts';

type TrustApp = Pick<App, 'config'>;

/**
 * What `verifyChip` must be told about trust, as the store stands now:
 * `verifyChip({ files, now, activeAuthentication, ...(await chipTrust(app.db, app, files)) })`.
 */
export async function chipTrust(
  db: Db | Tx,
  app: TrustApp,
  files: ChipFiles,
): Promise<
  Pick<VerifyChipInput, 'anchors' | 'crls' | 'signers' | 'trustStore' | 'verifiedSigners'> & {
    policy: Partial<ChipPolicy>;
  }
> {
  const sod = files.get('EF_SOD');
  const missing = sod === undefined ? null : missingSignerOf(sod);
  const { version, hashes } = await trustedAnchorHashes(db, environmentsOf(app));
  const anchors = await anchorsOf(db, hashes);
  const crls = await currentCrls(db, app);
  await inSteps(readTrust({ anchors, crls }));
  return {
    anchors,
    trustStore: { version },
    ...(missing === null
      ? {}
      : { signers: await documentSigners(db, missing, environmentsOf(app)) }),
    crls,
    verifiedSigners,
    policy: { specimenStates: app.config.sandbox },
  };
}

/** The CSCA certificates that this deployment trusts, DER. Production never sees a sandbox anchor. */
export async function trustedAnchors(db: Db | Tx, app: TrustApp): Promise<readonly Buffer[]> {
  return anchorsOf(db, (await trustedAnchorHashes(db, environmentsOf(app))).hashes);
}

function anchorsOf(db: Db | Tx, hashes: readonly Buffer[]): Promise<readonly Buffer[]> {
  return kept(hashes, anchorBytes, (missing) => anchorCertificates(db, missing));
}

/** The newest CRL of each issuer, DER. */
export async function currentCrls(db: Db | Tx, app: TrustApp): Promise<readonly Buffer[]> {
  const hashes = await newestListHashes(db, environmentsOf(app));
  return kept(hashes, listBytes, (missing) => revocationLists(db, missing));
}

/** Whose trust counts here; production first. */
export function environmentsOf({ config }: TrustApp): Environment[] {
  return config.sandbox ? ['production', 'sandbox'] : ['production'];
}

/**
 * Certificates by their SHA-256, which never change. Only their hashes are asked for each time, so a withdrawn anchor is
 * gone at once; and because the same buffers come back, `verifyChip` parses each of them once.
 */
const anchorBytes: Kept = { byHash: new Map(), last: [] };
const listBytes: Kept = { byHash: new Map(), last: [] };
const verifiedSigners: VerifiedSigners = new Map();
const MAX_KEPT = 5000;

interface Kept {
  byHash: Map<string, Buffer>;
  /** What was given last: the same array again lets `verifyChip` keep its index of it. */
  last: readonly Buffer[];
}

async function kept(
  hashes: readonly Buffer[],
  store: Kept,
  load: (missing: Buffer[]) => Promise<{ sha256: Buffer; bytes: Buffer }[]>,
): Promise<readonly Buffer[]> {
  const known = store.byHash;
  const missing = hashes.filter((hash) => !known.has(hash.toString('hex')));
  if (known.size + missing.length > MAX_KEPT) known.clear();
  const wanted = known.size === 0 ? [...hashes] : missing;
  if (wanted.length > 0) {
    for (const { sha256, bytes } of await load(wanted)) known.set(sha256.toString('hex'), bytes);
  }
  const found = hashes
    .map((hash) => known.get(hash.toString('hex')))
    .filter((bytes) => bytes !== undefined);
  const { last } = store;
  const same = last.length === found.length && last.every((bytes, at) => bytes === found[at]);
  if (!same) store.last = found;
  return store.last;
}
