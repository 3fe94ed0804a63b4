import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type {
  ActiveAuthentication,
  ChipOutcome,
  ChipVerdict,
  VerifyChipInput,
} from '../documents/chip-verdict.ts';
import { decisiveChecks } from '../documents/decision-table.ts';
import { mrzLinesOf } from '../documents/mrz.ts';
import { verifyChip } from '../documents/verify-chip.ts';
import type { Clock } from '../lib/clock.ts';
import { readChipFolder } from './chip-folder.ts';
import { EX_NOINPUT, EX_USAGE, type CommandIo } from '../lib/command-io.ts';
import { readNamedAnchors } from './named-anchors.ts';
import { readRevocationFile } from './trust-files.ts';

const USAGE = `usage: tangchat chip verify DIR [--anchors FILE…] [--root CER…] [--crl FILE…] [--at DATE]
                            [--test-anchors] [--revocation required|reported]
                            [--mrz FILE] [--challenge HEX --response HEX]`;

const EXIT: Readonly<Record<ChipOutcome, number>> = { genuine: 0, rejected: 1, unverifiable: 2 };

type Trust = Pick<VerifyChipInput, 'anchors' | 'crls'>;

export interface ChipVerifyContext {
  clock: Clock;
  /** Anchors and CRLs of the sandbox, for `--test-anchors`. */
  testTrust(): Trust | Promise<Trust>;
  /** Holds root certificates of states for master lists that `--anchors` names. */
  rootsFolder: string;
}

/**
 * `tangchat chip verify`: the files of a folder in, the verdict as JSON out; needs no database. Gives 0 for genuine, 1 for
 * rejected, 2 for unverifiable, 64 and 66 where there was nothing to judge. Trust is only what the caller names, so
 * Utopia counts as a state here.
 */
export async function runChipVerify(
  args: readonly string[],
  io: CommandIo,
  context: ChipVerifyContext,
): Promise<number> {
  const asked = parseRequest(args, context.clock);
  if (asked === null) {
    io.err(USAGE);
    return EX_USAGE;
  }
  const folder = await readChipFolder(asked.folder);
  if (!folder.ok && folder.reason === 'no_such_folder') {
    io.err(`${folder.name} is no folder that can be read`);
    return EX_NOINPUT;
  }
  if (!folder.ok) {
    io.out(
      JSON.stringify(
        {
          outcome: 'rejected',
          reason: folder.reason,
          file: folder.name,
          note: folderNotes[folder.reason],
        },
        null,
        2,
      ),
    );
    return EXIT.rejected;
  }
  const trust = await readTrust(asked, context);
  if (!trust.ok) {
    io.err(trust.reason);
    return EX_NOINPUT;
  }
  const printed = await readPrintedZone(asked.mrzFile);
  if (!printed.ok) {
    io.err(printed.reason);
    return EX_NOINPUT;
  }
  const exchange = asked.exchange ?? folder.exchange;
  const verdict = verifyChip({
    files: folder.files,
    anchors: trust.anchors,
    crls: trust.crls,
    trustStore: { version: digestOf(trust.anchors) },
    now: asked.at,
    policy: { specimenStates: true, revocation: asked.revocation },
    ...(exchange === undefined ? {} : { activeAuthentication: exchange }),
    ...(printed.lines === undefined ? {} : { printedZone: printed.lines }),
  });
  io.out(JSON.stringify(printable(verdict, [...folder.files.keys()]), null, 2));
  return EXIT[verdict.outcome];
}

const folderNotes = {
  duplicate_file: 'the folder holds this file of a chip under two names: give each chip a folder',
  file_too_large: 'no file of a chip is larger than 1 MiB',
  no_such_folder: 'there is no such folder',
} as const;

interface Request {
  folder: string;
  anchorFiles: string[];
  rootFiles: string[];
  crlFiles: string[];
  testAnchors: boolean;
  at: Date;
  revocation: 'required' | 'reported';
  /** The zone on the data page. */
  mrzFile?: string;
  exchange?: ActiveAuthentication;
}

function parseRequest(args: readonly string[], clock: Clock): Request | null {
  const grouped = splitLists(args);
  let values;
  try {
    ({ values } = parseArgs({
      args: grouped.rest,
      options: {
        at: { type: 'string' },
        'test-anchors': { type: 'boolean' },
        revocation: { type: 'string' },
        mrz: { type: 'string' },
        challenge: { type: 'string' },
        response: { type: 'string' },
      },
    }));
  } catch {
    return null;
  }
  const at = values.at === undefined ? clock.now() : new Date(values.at);
  const revocation = values.revocation ?? 'required';
  const [folder] = grouped.positionals;
  const { challenge, response } = values;
  if (folder === undefined || grouped.positionals.length > 1) return null;
  if (Number.isNaN(at.getTime()) || (challenge === undefined) !== (response === undefined))
    return null;
  if (![challenge, response].every((hex) => /^(?:[0-9a-f]{2})*$/i.test(hex ?? ''))) return null;
  if (revocation !== 'required' && revocation !== 'reported') return null;
  return {
    folder,
    anchorFiles: grouped.anchors,
    rootFiles: grouped.roots,
    crlFiles: grouped.crls,
    testAnchors: values['test-anchors'] === true,
    at,
    revocation,
    ...(values.mrz === undefined ? {} : { mrzFile: values.mrz }),
    ...(challenge === undefined || response === undefined
      ? {}
      : {
          exchange: {
            challenge: Buffer.from(challenge, 'hex'),
            response: Buffer.from(response, 'hex'),
          },
        }),
  };
}

/** `--anchors`, `--root` and `--crl` take all that follows up to the next option; the folder comes first. */
function splitLists(args: readonly string[]) {
  const lists = {
    anchors: [] as string[],
    roots: [] as string[],
    crls: [] as string[],
    positionals: [] as string[],
  };
  const rest: string[] = [];
  let into: string[] | null = lists.positionals;
  for (const arg of args) {
    if (arg === '--anchors') into = lists.anchors;
    else if (arg === '--root') into = lists.roots;
    else if (arg === '--crl') into = lists.crls;
    else if (arg === '--test-anchors') {
      rest.push(arg);
      into = lists.positionals;
    } else if (arg.startsWith('--')) {
      rest.push(arg);
      into = arg.includes('=') ? lists.positionals : null;
    } else if (into === null) {
      rest.push(arg);
      into = lists.positionals;
    } else into.push(arg);
  }
  return { ...lists, rest };
}

async function readTrust(
  asked: Request,
  context: ChipVerifyContext,
): Promise<({ ok: true } & Trust) | { ok: false; reason: string }> {
  const test = asked.testAnchors ? await context.testTrust() : { anchors: [], crls: [] };
  const { anchorFiles, rootFiles } = asked;
  const times = [context.clock.now(), asked.at];
  const { rootsFolder } = context;
  const named = await readNamedAnchors({ anchorFiles, rootFiles, rootsFolder, times });
  if (!named.ok) return named;
  const crls: Buffer[] = [];
  for (const path of asked.crlFiles) {
    const file = await readRevocationFile(path);
    if (!file.ok) return file;
    crls.push(...file.items);
  }
  return {
    ok: true,
    anchors: [...test.anchors, ...named.anchors],
    crls: [...test.crls, ...crls],
  };
}

/** No machine-readable zone is longer; neither is a file that holds one. */
const MAX_MRZ_BYTES = 4096;

async function readPrintedZone(
  path: string | undefined,
): Promise<{ ok: true; lines?: string[] } | { ok: false; reason: string }> {
  if (path === undefined) return { ok: true };
  try {
    const small = (await stat(path)).size <= MAX_MRZ_BYTES;
    return { ok: true, lines: small ? mrzLinesOf(await readFile(path, 'utf8')) : [] };
  } catch {
    return { ok: false, reason: `${path} cannot be read` };
  }
}

/** Names the anchors that were given, in whatever order and however often: SHA-256 over their sorted SHA-256s. */
function digestOf(anchors: readonly Buffer[]): string {
  const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  const fingerprints = new Set(anchors.map((anchor) => sha256(anchor)));
  return `sha256:${sha256([...fingerprints].toSorted().join('\n'))}`;
}

/** The verdict as it is, the portrait by its digest. A lone SOD is said to be one: a signature is not a document. */
function printable(verdict: ChipVerdict, files: readonly string[]) {
  const { outcome, portrait, ...rest } = verdict;
  const loneSod = files.length === 1 && files[0] === 'EF_SOD';
  return {
    outcome,
    because: decisiveChecks(verdict.checks),
    ...rest,
    files,
    ...(loneSod
      ? {
          note: 'only EF_SOD was given: its signature was judged, no data group was compared with it',
        }
      : {}),
    ...(portrait === undefined
      ? {}
      : {
          portrait: {
            mimeType: portrait.mimeType,
            bytes: portrait.bytes.length,
            sha256: createHash('sha256').update(portrait.bytes).digest('hex'),
          },
        }),
  };
}
