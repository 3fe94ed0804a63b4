import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { addAgreement } from './add-agreement.ts';
import { addResource } from './add-resource.ts';
import { tellFaults } from './file-fault.ts';
import { readSandboxFile } from './sandbox-file.ts';

/** `resource add FILE [--replace]`: exits 0, 1 where the file is refused, 64 without a file, 66 where it can't be read. */
export async function runResourceAdd(args: string[], io: CommandIo, app: App): Promise<number> {
  const replace = args.includes('--replace');
  const file = await readSandboxFile(
    args.filter((arg) => arg !== '--replace'),
    io,
    { app, usage: 'resource add FILE [--replace]' },
  );
  if (!file.ok) return file.exit;
  const result = await transact(app.db, (tx) =>
    addResource(tx, app, { file: file.value, actor: SYSTEM, replace }),
  );
  if (!result.ok) {
    if (result.reason === 'invalid') return tellFaults(io, result.faults);
    io.err('This identifier is registered. Give --replace to put these terms in its place.');
    return 1;
  }
  const { resource } = result;
  io.out(
    JSON.stringify(
      {
        resource: resource.identifier,
        agency: resource.agency.code,
        token_format: resource.tokenFormat,
        scopes: resource.scopes.map(({ name }) => name),
        authorization_details_types: resource.detailTypes.map(({ type }) => type),
        services: resource.services,
        issuer: app.config.ISSUER,
        jwks_uri: `${app.config.ISSUER}/oidc/jwks`,
        introspection_endpoint: `${app.config.ISSUER}/oidc/introspection`,
      },
      null,
      2,
    ),
  );
  return 0;
}

/** `agreement add FILE`: exits as `resource add` does. */
export async function runAgreementAdd(args: string[], io: CommandIo, app: App): Promise<number> {
  const file = await readSandboxFile(args, io, { app, usage: 'agreement add FILE' });
  if (!file.ok) return file.exit;
  const result = await transact(app.db, (tx) =>
    addAgreement(tx, app, { file: file.value, actor: SYSTEM }),
  );
  if (!result.ok) return tellFaults(io, result.faults);
  const { agreement } = result;
  io.out(
    JSON.stringify(
      {
        agreement: agreement.id,
        service: agreement.serviceId,
        resource: agreement.resource,
        scopes: agreement.scopes,
        valid_until: agreement.validUntil.toISOString(),
      },
      null,
      2,
    ),
  );
  return 0;
}
