import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { App } from '../lib/app.ts';
import { EX_NOINPUT, EX_USAGE, type CommandIo } from '../lib/command-io.ts';
import { importRevocationList, type ListImportReport } from './import-revocation-list.ts';
import { pemBlocksOf } from './trust-files.ts';

/** The largest published list has 0.2 MB. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/**
 * `tangchat crl import FILE…`: CRLs of issuing states, DER or PEM, into the store; as JSON what became of each. Gives 0 where all
 * are in force now, 1 where one was refused (the others came in), 64 and 66 where nothing was tried.
 */
export async function runCrlImport(
  args: readonly string[],
  io: CommandIo,
  app: Pick<App, 'config' | 'clock' | 'random' | 'db'>,
): Promise<number> {
  if (args.length === 0 || args.some((arg) => arg.startsWith('--'))) {
    io.err('usage: tangchat crl import FILE…');
    return EX_USAGE;
  }
  const lists: { list: Buffer; source: string }[] = [];
  for (const path of args) {
    const bytes = await readBounded(path);
    if (bytes === null) {
      io.err(`${path} cannot be read, or is larger than a revocation list can be`);
      return EX_NOINPUT;
    }
    for (const list of pemBlocksOf(bytes)) lists.push({ list, source: basename(path) });
  }
  const reports: ListImportReport[] = [];
  for (const given of lists) reports.push(await importRevocationList(app, given));
  io.out(JSON.stringify(reports, null, 2));
  return reports.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
}

async function readBounded(path: string): Promise<Buffer | null> {
  try {
    return (await stat(path)).size > MAX_FILE_BYTES ? null : await readFile(path);
  } catch {
    return null;
  }
}
