import { createHash } from 'node:crypto';
import { parseCertificate, type Certificate } from '../documents/certificates.ts';
import { attempt } from '../documents/findings.ts';
import { stateOf } from '../documents/master-list-anchors.ts';
import { judgeListSigner } from '../documents/master-list-signer.ts';
import { parseMasterList, type MasterList } from '../documents/master-lists.ts';
import type { RefusedReport } from './import-report.ts';

/** A list whose signature holds and whose signer stands under the pinned root. */
export interface VerifiedList {
  list: MasterList;
  bytes: Buffer;
  /** C of the list signer, upper case. */
  country: string;
  path: readonly Certificate[];
}

export type VerifyListResult =
  | { ok: true; verified: VerifiedList }
  | { ok: false; report: RefusedReport };

/** Judges a master list against the root that the caller pins, before anything of it is used. Needs no database. */
export function verifyMasterList(input: {
  bytes: Buffer;
  /** DER. */
  root: Buffer;
  now: Date;
}): VerifyListResult {
  const sha256 = createHash('sha256').update(input.bytes).digest('hex');
  const refused = (reason: string): VerifyListResult => ({
    ok: false,
    report: { outcome: 'refused', reason, sha256 },
  });
  const root = attempt(() => parseCertificate(input.root));
  if (!root.ok) return refused('root_unreadable');
  const list = attempt(() => parseMasterList(input.bytes));
  if (!list.ok) return refused(list.finding.reason ?? 'unreadable');
  const judged = attempt(() =>
    judgeListSigner({ list: list.value, root: root.value, now: input.now }),
  );
  if (!judged.ok) return refused(judged.finding.reason ?? 'signer_unreadable');
  if (!judged.value.ok) return refused(judged.value.reason);
  const country = stateOf(list.value.signer);
  if (country === null) return refused('signer_names_no_state');
  const { path } = judged.value;
  return { ok: true, verified: { list: list.value, bytes: input.bytes, country, path } };
}
