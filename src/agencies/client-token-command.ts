import { readFile } from 'node:fs/promises';
import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { tellFaults } from './file-fault.ts';
import { issueRegistrationToken } from './registration-token.ts';

/** `client token FILE`: exits 0, 1 where the terms are refused, 64 without a file, 66 where it can't be read. */
export async function runClientToken(args: string[], io: CommandIo, app: App): Promise<number> {
  const [file, ...more] = args;
  if (file === undefined || more.length > 0) {
    io.err('usage: tangchat client token FILE');
    return 64;
  }
  if (!app.config.sandbox) {
    io.err('In production services are registered through the console, by two people.');
    return 1;
  }
  let terms: unknown;
  try {
    terms = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    io.err(`${file} cannot be read as JSON.`);
    return 66;
  }
  const issued = await transact(app.db, (tx) =>
    issueRegistrationToken(tx, app, { terms, actor: SYSTEM }),
  );
  if (!issued.ok) return tellFaults(io, issued.faults);
  const answer = {
    initial_access_token: issued.token,
    expires_at: issued.expiresAt.toISOString(),
    registration_endpoint: `${app.config.ISSUER}/oidc/registration`,
  };
  io.out(JSON.stringify(answer, null, 2));
  return 0;
}
