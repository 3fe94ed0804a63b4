import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificate } from '../documents/certificates.ts';
import { attempt } from '../documents/findings.ts';
import { readListedAnchors, runSteps } from '../documents/master-list-anchors.ts';
import { judgeListSigner } from '../documents/master-list-signer.ts';
import { parseMasterList, type MasterList } from '../documents/master-lists.ts';
import { planImport } from './import-plan.ts';
import { pemBlocksOf, readAnchorFile } from './trust-files.ts';

export type NamedAnchors = { ok: true; anchors: Buffer[] } | { ok: false; reason: string };

export interface AnchorNames {
  /** Files with certificates, which the caller vouches for, or with master lists, which must prove themselves. */
  anchorFiles: readonly string[];
  /** Certificates got from states, under which list signers must stand. */
  rootFiles: readonly string[];
  /** Where more of them may lie: `*.cer`, `*.crt`, `*.der`, `*.pem`. */
  rootsFolder: string;
  /** A list counts if its signer stands at one of these times: today, or the time of the replay. */
  times: readonly Date[];
}

/**
 * The anchors that a caller names. Certificates are taken at their word; of a CSCA master list only what an import would trust,
 * and only where its signer stands under a root that is named, lies in the folder, or stands among the certificates.
 */
export async function readNamedAnchors(names: AnchorNames): Promise<NamedAnchors> {
  const anchors: Buffer[] = [];
  const lists: { path: string; bytes: Buffer }[] = [];
  for (const path of names.anchorFiles) {
    const file = await readAnchorFile(path);
    if (!file.ok) return file;
    anchors.push(...file.certificates);
    lists.push(...file.lists.map((bytes) => ({ path, bytes })));
  }
  const named: Buffer[] = [];
  for (const path of names.rootFiles) {
    const file = await readAnchorFile(path);
    if (!file.ok) return file;
    if (file.lists.length > 0) return { ok: false, reason: `${path} is no certificate` };
    named.push(...file.certificates);
  }
  const inFolder = lists.length === 0 ? [] : await rootsIn(names.rootsFolder);
  const roots = [...named, ...inFolder, ...anchors];
  for (const { path, bytes } of lists) {
    const listed = anchorsOf(bytes, roots, names.times);
    if (!listed.ok) return { ok: false, reason: refusal(path, listed.reason, roots.length) };
    anchors.push(...listed.anchors);
  }
  return { ok: true, anchors };
}

function refusal(path: string, reason: string, roots: number): string {
  const what = `${path} is a CSCA master list and none of its anchors is used`;
  if (roots === 0) {
    return `${what}: its signer must stand under a root certificate of its state. Get that from the state itself and name it with --root CER, or put it in keys/.`;
  }
  return `${what}: its signer stands under none of the ${roots} root${roots === 1 ? '' : 's'} given (${reason}). Name the root of the state that signed it with --root CER.`;
}

function anchorsOf(
  bytes: Buffer,
  roots: readonly Buffer[],
  times: readonly Date[],
): { ok: true; anchors: Buffer[] } | { ok: false; reason: string } {
  const list = parseMasterList(bytes);
  let reason = 'signer_of_another_state';
  for (const der of roots) {
    const root = attempt(() => parseCertificate(der));
    if (!root.ok) continue;
    for (const now of times) {
      const judged = judgeListSigner({ list, root: root.value, now });
      if (judged.ok) return { ok: true, anchors: trustedOf(list) };
      // Only one of many roots can be of the signer's state, and only its word helps.
      if (judged.reason !== 'signer_of_another_state') ({ reason } = judged);
    }
  }
  return { ok: false, reason };
}

/** What an import would trust. The caller decides here what a state is, so Utopia is not held back. */
function trustedOf(list: MasterList): Buffer[] {
  const listed = runSteps(readListedAnchors(list.certificates));
  const { planned } = runSteps(planImport({ listed, stored: [], sandbox: true }));
  const trusted = planned.filter(({ state }) => state === 'trusted');
  return trusted.map(({ anchor }) => anchor.certificate.raw);
}

async function rootsIn(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.(?:cer|crt|der|pem)$/i.test(name)).toSorted();
  const roots = await Promise.all(
    files.map(async (name) => pemBlocksOf(await readFile(join(folder, name)))),
  );
  return roots.flat();
}
