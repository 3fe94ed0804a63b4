import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Clock } from '../lib/clock.ts';
import { finding } from '../documents/findings.ts';
import { mrzLinesOf, parseMrz } from '../documents/mrz.ts';
import type {
  PrintedDocument,
  SealOutcome,
  SealPolicy,
  SealVerdict,
} from '../documents/seal-verdict.ts';
import { decisiveSealChecks } from '../documents/seal-decision-table.ts';
import { unreadSealVerdict, verifySeal } from '../documents/seal-verify.ts';
import { MAGIC } from '../documents/vds-header.ts';
import { EX_NOINPUT, EX_USAGE, type CommandIo } from '../lib/command-io.ts';
import { readSealBarcode } from './seal-barcode.ts';
import { readSealSigners } from './seal-signers.ts';

const USAGE = `usage: tangchat seal verify FILE --signers DIR [--mrz FILE…] [--passport NUMBER] [--at DATE]
                            [--revocation required|reported]`;

const EXIT: Readonly<Record<SealOutcome, number>> = { genuine: 0, rejected: 1, refer: 2 };
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** No machine-readable zone is longer; neither is a file that holds one. */
const MAX_MRZ_BYTES = 4096;

/**
 * `tangchat seal verify`: the octets of a seal (raw, in hex, or JSON for a VDS-NC) or a picture of its barcode in, the
 * verdict as JSON out; needs no database. Gives 0 for genuine, 1 for rejected, 2 for refer, 64 and 66 where there was nothing
 * to judge. Trust is only what the caller names, so Utopia counts as a state here.
 */
export async function runSealVerify(
  args: readonly string[],
  io: CommandIo,
  { clock }: { clock: Clock },
): Promise<number> {
  const asked = parseRequest(args, clock);
  if (asked === null) {
    io.err(USAGE);
    return EX_USAGE;
  }
  const file = await readInput(asked.file, MAX_FILE_BYTES);
  const printed = await readPrinted(asked);
  const signers = await readSealSigners(asked.signers);
  for (const part of [file, printed, signers]) {
    if (!part.ok) {
      io.err(part.reason);
      return EX_NOINPUT;
    }
  }
  if (!file.ok || !printed.ok || !signers.ok) return EX_NOINPUT;
  const seal = await sealBytesOf(file.bytes);
  const verdict: SealVerdict = seal.ok
    ? verifySeal({
        bytes: seal.bytes,
        trust: signers.trust,
        printed: printed.printed,
        now: asked.at,
        policy: { specimenStates: true, revocation: asked.revocation },
      })
    : unreadSealVerdict({ bytes: file.bytes, now: asked.at }, finding('unknown', seal.reason));
  const { outcome, ...rest } = verdict;
  const because = decisiveSealChecks(verdict.checks);
  io.out(JSON.stringify({ source: seal.source, outcome, because, ...rest }, null, 2));
  return EXIT[verdict.outcome];
}

interface Request {
  file: string;
  signers: string;
  mrzFiles: string[];
  passportNumber?: string;
  at: Date;
  revocation: SealPolicy['revocation'];
}

function parseRequest(args: readonly string[], clock: Clock): Request | null {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        signers: { type: 'string' },
        mrz: { type: 'string', multiple: true },
        passport: { type: 'string' },
        at: { type: 'string' },
        revocation: { type: 'string' },
      },
    });
  } catch {
    return null;
  }
  const { values, positionals } = parsed;
  const [file, ...rest] = positionals;
  const { signers, passport, revocation = 'required' } = values;
  const at = values.at === undefined ? clock.now() : new Date(values.at);
  if (file === undefined || rest.length > 0 || signers === undefined) return null;
  if (Number.isNaN(at.getTime())) return null;
  if (revocation !== 'required' && revocation !== 'reported') return null;
  return {
    file,
    signers,
    mrzFiles: values.mrz ?? [],
    ...(passport === undefined ? {} : { passportNumber: passport }),
    at,
    revocation,
  };
}

type Input = { ok: true; bytes: Buffer } | { ok: false; reason: string };

async function readInput(path: string, maxBytes: number): Promise<Input> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) return { ok: false, reason: `${path} is too large` };
    return { ok: true, bytes: await readFile(path) };
  } catch {
    return { ok: false, reason: `${path} cannot be read` };
  }
}

/** A zone of TD3 is the passport's; any other is that of the document with the seal on it. */
async function readPrinted({
  mrzFiles,
  passportNumber,
  at,
}: Request): Promise<{ ok: true; printed: PrintedDocument } | { ok: false; reason: string }> {
  const printed: PrintedDocument = passportNumber === undefined ? {} : { passportNumber };
  for (const path of mrzFiles) {
    const file = await readInput(path, MAX_MRZ_BYTES);
    if (!file.ok) return file;
    const lines = mrzLinesOf(file.bytes.toString('utf8'));
    const zone = parseMrz(lines, { now: at, specimenStates: true });
    const format = zone.ok ? zone.mrz.format : zone.format;
    if (format !== 'TD3') {
      printed.mrzLines = lines;
      continue;
    }
    if (!zone.ok) return { ok: false, reason: `${path} is no valid zone of a passport` };
    printed.passportNumber ??= zone.mrz.documentNumber;
    printed.dateOfBirth = zone.mrz.dateOfBirth.value;
  }
  return { ok: true, printed };
}

type SealSource =
  | { ok: true; source: 'octets' | 'hex' | 'json' | 'picture'; bytes: Buffer }
  | { ok: false; source: 'picture'; reason: string };

async function sealBytesOf(file: Buffer): Promise<SealSource> {
  if (file[0] === MAGIC) return { ok: true, source: 'octets', bytes: file };
  const text = file.length <= MAX_TEXT_BYTES ? file.toString('latin1') : '';
  if (/^\s*\{/.test(text)) return { ok: true, source: 'json', bytes: file };
  const hex = text.replaceAll(/[\s:]/g, '').replace(/^0x/i, '');
  if (/^(?:[0-9a-f]{2})+$/i.test(hex)) {
    return { ok: true, source: 'hex', bytes: Buffer.from(hex, 'hex') };
  }
  const barcode = await readSealBarcode(file);
  return { ...barcode, source: 'picture' };
}

/** More text than any seal has, white space counted. */
const MAX_TEXT_BYTES = 64 * 1024;
