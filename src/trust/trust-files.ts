import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseCertificate } from '../documents/certificates.ts';
import { FormatRefusal } from '../documents/format-refusal.ts';
import { parseMasterList } from '../documents/master-lists.ts';
import { parseRevocationList } from '../documents/revocation-lists.ts';

export type TrustFile = { ok: true; items: Buffer[] } | { ok: false; reason: string };

const PEM = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----/g;

export type AnchorFile =
  | { ok: true; certificates: Buffer[]; lists: Buffer[] }
  | { ok: false; reason: string };

/** Certificates in DER or PEM, or CSCA master lists, told apart by what they are; whom to trust is not asked here. */
export async function readAnchorFile(path: string): Promise<AnchorFile> {
  const lists: Buffer[] = [];
  const file = await readParts(path, (bytes) => {
    try {
      parseCertificate(bytes);
      return [bytes];
    } catch (refusal) {
      if (isCertificate(bytes)) throw refusal;
      parseMasterList(bytes);
      lists.push(bytes);
      return [];
    }
  });
  return file.ok ? { ok: true, certificates: file.items, lists } : file;
}

export async function readRevocationFile(path: string): Promise<TrustFile> {
  return readParts(path, (bytes) => {
    parseRevocationList(bytes);
    return [bytes];
  });
}

/** A certificate that we refuse for what it says must not be reported as "no master list". */
function isCertificate(bytes: Buffer): boolean {
  try {
    return new X509Certificate(bytes).raw.length > 0;
  } catch {
    return false;
  }
}

async function readParts(path: string, read: (bytes: Buffer) => Buffer[]): Promise<TrustFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return { ok: false, reason: `${path} cannot be read` };
  }
  try {
    return { ok: true, items: pemBlocksOf(bytes).flatMap((part) => read(part)) };
  } catch (refusal) {
    if (!(refusal instanceof FormatRefusal)) throw refusal;
    return { ok: false, reason: `${path} is refused: ${refusal.reason}` };
  }
}

/** What the PEM blocks of a file hold; the file itself where it has none. */
export function pemBlocksOf(bytes: Buffer): Buffer[] {
  const blocks = [...bytes.toString('latin1').matchAll(PEM)].map(([, base64]) =>
    Buffer.from(base64!, 'base64'),
  );
  return blocks.length > 0 ? blocks : [bytes];
}
