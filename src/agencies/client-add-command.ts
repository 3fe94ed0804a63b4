import { readFile } from 'node:fs/promises';
import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { addService } from './add-service.ts';
import { tellFaults } from './file-fault.ts';

/** `client add FILE [--replace]`: exits 0, 1 where the file is refused, 64 without a file, 66 where it can't be read. */
export async function runClientAdd(args: string[], io: CommandIo, app: App): Promise<number> {
  const replace = args.includes('--replace');
  const [file, ...more] = args.filter((arg) => arg !== '--replace');
  if (file === undefined || more.length > 0) {
    io.err('usage: tangchat client add FILE [--replace]');
    return 64;
  }
  if (!app.config.sandbox) {
    io.err('In production services are registered through the console, by two people.');
    return 1;
  }
  let metadata: unknown;
  try {
    metadata = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    io.err(`${file} cannot be read as JSON.`);
    return 66;
  }
  const result = await transact(app.db, (tx) =>
    addService(tx, app, { metadata, actor: SYSTEM, replace }),
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
