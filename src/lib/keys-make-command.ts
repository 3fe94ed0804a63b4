import type { CommandIo } from './command-io.ts';
import { EX_USAGE } from './command-io.ts';
import { makeKeyFile } from './keys.ts';

/** `keys make DIR [--signer]`: exits 0, 1 where there are keys already, 64 without a folder. */
export async function runKeysMake(args: string[], io: CommandIo): Promise<number> {
  const signer = args.includes('--signer');
  const [folder, ...more] = args.filter((arg) => arg !== '--signer');
  if (folder === undefined || folder.startsWith('-') || more.length > 0) {
    io.err('usage: tangchat keys make DIR [--signer]');
    return EX_USAGE;
  }
  const path = await makeKeyFile(folder, { development: false, signingKeys: !signer });
  if (path === null) {
    io.err(`${folder} has keys: others in their place could open nothing that is stored.`);
    return 1;
  }
  io.out(
    `${path}\nGive every node a copy and keep one where the database is not: without it nothing personal can be read.`,
  );
  return 0;
}
