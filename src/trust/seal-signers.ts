import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificate, type Certificate } from '../documents/certificates.ts';
import { FormatRefusal } from '../documents/format-refusal.ts';
import { parseRevocationList } from '../documents/revocation-lists.ts';
import type { SealTrust } from '../documents/seal-verdict.ts';
import { pemBlocksOf } from './trust-files.ts';

export type SealSigners = { ok: true; trust: SealTrust } | { ok: false; reason: string };

const CERTIFICATE = /\.(?:cer|crt|der|pem)$/i;
const REVOCATION_LIST = /\.crl$/i;
const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 5000;

/**
 * Whom seals may be signed by, from a folder that the caller names and so trusts: certificates of signers and of CSCAs
 * (those that may sign certificates) and CRLs, in DER or PEM. Other files are passed over; one that cannot be read as what its
 * name says stops all, since a missing CSCA or list would change verdicts.
 */
export async function readSealSigners(folder: string): Promise<SealSigners> {
  let names: string[];
  try {
    names = (await readdir(folder)).toSorted();
  } catch {
    return { ok: false, reason: `${folder} is no folder that can be read` };
  }
  const wanted = names.filter((name) => CERTIFICATE.test(name) || REVOCATION_LIST.test(name));
  if (wanted.length > MAX_FILES) return { ok: false, reason: `${folder} holds too many files` };
  const trust = {
    signers: [] as SealTrust['signers'][number][],
    anchors: [] as SealTrust['anchors'][number][],
    crls: [] as SealTrust['crls'][number][],
  };
  for (const name of wanted) {
    const path = join(folder, name);
    if ((await stat(path)).size > MAX_FILE_BYTES) {
      return { ok: false, reason: `${path} is too large` };
    }
    try {
      for (const part of pemBlocksOf(await readFile(path))) {
        if (REVOCATION_LIST.test(name)) trust.crls.push(parseRevocationList(part));
        else {
          const certificate = parseCertificate(part);
          (isCsca(certificate) ? trust.anchors : trust.signers).push(certificate);
        }
      }
    } catch (refusal) {
      if (!(refusal instanceof FormatRefusal)) throw refusal;
      return { ok: false, reason: `${path} is refused: ${refusal.reason}` };
    }
  }
  return { ok: true, trust };
}

/** KeyUsage bit keyCertSign: some published CSCA certificates leave `cA` at its default. */
const KEY_CERT_SIGN = 5;

function isCsca({ extensions }: Certificate): boolean {
  return extensions.isCa || extensions.keyUsage?.[KEY_CERT_SIGN] === true;
}
