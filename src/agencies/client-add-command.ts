import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { addService } from './add-service.ts';
import { tellFaults } from './file-fault.ts';
import { readSandboxFile } from './sandbox-file.ts';

/** `client add FILE [--replace]`: exits 0, 1 where the file is refused, 64 without a file, 66 where it can't be read. */
export async function runClientAdd(args: string[], io: CommandIo, app: App): Promise<number> {
  const replace = args.includes('--replace');
  const file = await readSandboxFile(
    args.filter((arg) => arg !== '--replace'),
    io,
    { app, usage: 'client add FILE [--replace]' },
  );
  if (!file.ok) return file.exit;
  const result = await transact(app.db, (tx) =>
    addService(tx, app, { metadata: file.value, actor: SYSTEM, replace }),
  );
  if (!result.ok) {
    if (result.reason === 'invalid') return tellFaults(io, result.faults);
    io.err('This client_id is registered. Give --replace to put these terms in its place.');
    return 1;
  }
  const { service, secret } = result;
  io.out(
    JSON.stringify(
      {
        client_id: service.clientId,
        ...(secret === null ? {} : { client_secret: secret }),
        token_endpoint_auth_method: service.authMethod,
        issuer: app.config.ISSUER,
        discovery: `${app.config.ISSUER}/.well-known/openid-configuration`,
        redirect_uris: service.redirectUris,
      },
      null,
      2,
    ),
  );
  return 0;
}
