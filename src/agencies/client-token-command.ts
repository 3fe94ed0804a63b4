import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { tellFaults } from './file-fault.ts';
import { issueRegistrationToken } from './registration-token.ts';
import { readSandboxFile } from './sandbox-file.ts';

/** `client token FILE`: exits 0, 1 where the terms are refused, 64 without a file, 66 where it can't be read. */
export async function runClientToken(args: string[], io: CommandIo, app: App): Promise<number> {
  const file = await readSandboxFile(args, io, { app, usage: 'client token FILE' });
  if (!file.ok) return file.exit;
  const issued = await transact(app.db, (tx) =>
    issueRegistrationToken(tx, app, { terms: file.value, actor: SYSTEM }),
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
