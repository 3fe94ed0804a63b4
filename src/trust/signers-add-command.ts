import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { addDocumentSigner } from './add-document-signer.ts';
import { EX_NOINPUT, EX_USAGE, type CommandIo } from '../lib/command-io.ts';
import { pemBlocksOf } from './trust-files.ts';

/**
 * `tangchat signers add FILE…`: document signers in DER or PEM into the store, as JSON what became of each. Gives 0 where all
 * are there now, 1 where one was refused, 64 and 66 where nothing was tried.
 */
export async function runSignersAdd(
  args: readonly string[],
  io: CommandIo,
  app: Pick<App, 'config' | 'clock' | 'random' | 'db'>,
): Promise<number> {
  if (args.length === 0 || args.some((arg) => arg.startsWith('--'))) {
    io.err('usage: tangchat signers add FILE…');
    return EX_USAGE;
  }
  const certificates: { certificate: Buffer; source: string }[] = [];
  for (const path of args) {
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null) {
      io.err(`${path} cannot be read`);
      return EX_NOINPUT;
    }
    const source = basename(path);
    for (const certificate of pemBlocksOf(bytes)) certificates.push({ certificate, source });
  }
  const results: { source: string; outcome: string; reason?: string }[] = [];
  for (const given of certificates) {
    const result = await transact(app.db, (tx) => addDocumentSigner(tx, app, given));
    const { source } = given;
    results.push(
      result.ok
        ? { source, outcome: result.added ? 'added' : 'known' }
        : { source, outcome: 'refused', reason: result.reason },
    );
  }
  io.out(JSON.stringify(results, null, 2));
  return results.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
}
