import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_MASTER_LIST_BYTES } from '../documents/master-lists.ts';
import type { App } from '../lib/app.ts';
import type { Clock } from '../lib/clock.ts';
import { EX_NOINPUT, EX_USAGE, type CommandIo } from '../lib/command-io.ts';
import { importMasterList } from './import-master-list.ts';
import { verifyMasterList } from './import-verify.ts';

const USAGE = 'usage: tangchat anchors import FILE --root CER [--dry-run]';
const MAX_ROOT_BYTES = 64 * 1024;

export interface AnchorsImportContext {
  clock: Clock;
  /** Opens the deployment: only for a list that has passed. */
  withApp(
    work: (app: Pick<App, 'config' | 'clock' | 'random' | 'db'>) => Promise<number>,
  ): Promise<number>;
}

/**
 * `tangchat anchors import`: a CSCA master list in; counts by state and algorithm, what is new, refused and why, out as JSON.
 * Gives 0 where it was or would be imported or was there already, 1 where it is refused, 64 and 66 where there was
 * nothing to judge. `--root` is the CSCA certificate, DER or PEM, under which the list signer must stand: got from
 * the state itself, not from the list.
 */
export async function runAnchorsImport(
  args: readonly string[],
  io: CommandIo,
  context: AnchorsImportContext,
): Promise<number> {
  const asked = parseRequest(args);
  if (asked === null) {
    io.err(USAGE);
    return EX_USAGE;
  }
  const list = await readBounded(asked.file, MAX_MASTER_LIST_BYTES);
  const root = await readBounded(asked.root, MAX_ROOT_BYTES);
  if (list === 'unreadable' || root === 'unreadable') {
    io.err(`${list === 'unreadable' ? asked.file : asked.root} cannot be read`);
    return EX_NOINPUT;
  }
  if (list === 'too_large')
    return print(io, { outcome: 'refused', reason: 'master_list_too_large' });
  if (root === 'too_large') return print(io, { outcome: 'refused', reason: 'root_unreadable' });
  const now = context.clock.now();
  const verified = verifyMasterList({ bytes: list, root: derOf(root), now });
  if (!verified.ok) return print(io, verified.report);
  return context.withApp(async (app) =>
    print(
      io,
      await importMasterList(app, {
        verified: verified.verified,
        source: basename(asked.file),
        dryRun: asked.dryRun,
      }),
    ),
  );
}

function print(io: CommandIo, report: { outcome: string; reason?: string }): number {
  io.out(JSON.stringify(report, null, 2));
  return report.outcome === 'refused' ? 1 : 0;
}

function parseRequest(
  args: readonly string[],
): { file: string; root: string; dryRun: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { root: { type: 'string' }, 'dry-run': { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0 || values.root === undefined) return null;
    return { file, root: values.root, dryRun: values['dry-run'] === true };
  } catch {
    return null;
  }
}

async function readBounded(
  path: string,
  maxBytes: number,
): Promise<Buffer | 'too_large' | 'unreadable'> {
  try {
    return (await stat(path)).size > maxBytes ? 'too_large' : await readFile(path);
  } catch {
    return 'unreadable';
  }
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

function derOf(bytes: Buffer): Buffer {
  const base64 = PEM.exec(bytes.toString('latin1'))?.[1];
  return base64 === undefined ? bytes : Buffer.from(base64, 'base64');
}
