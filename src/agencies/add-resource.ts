import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { faultsOf } from './file-fault.ts';
import type { FileFault } from './file-fault.ts';
import { NUMBER_LOOK_UPS_PATH, REGISTER_CODE } from './number-look-ups.ts';
import { detailTypesOf, resourceFileSchema, scopesOf } from './resource-file.ts';
import type { ResourceFile } from './resource-file.ts';
import type { Resource } from './resource.ts';
import {
  findAgencyRow,
  findTypeOwner,
  insertResource,
  knownServices,
  setResourceState,
  updateResource,
} from './resource-store.ts';

export type AddResourceResult =
  | { ok: true; resource: Resource }
  | { ok: false; reason: 'invalid'; faults: FileFault[] }
  | { ok: false; reason: 'identifier_taken' };

/**
 * Registers a resource of an agency that has services with us (resource-file.ts tells each rule). `replace` puts
 * the new terms in place of those that the same agency registered under the identifier; they count within a second.
 */
export async function addResource(
  tx: Tx,
  app: Pick<App, 'clock' | 'random' | 'config'>,
  input: { file: unknown; actor: Actor; replace?: boolean },
): Promise<AddResourceResult> {
  const { sandbox, ISSUER } = app.config;
  const read = resourceFileSchema({ sandbox }).safeParse(input.file);
  if (!read.success) return { ok: false, reason: 'invalid', faults: faultsOf(read.error) };
  const file = read.data;
  const agency = await findAgencyRow(tx, file.agency);
  const faults = await contradictions(tx, file, ISSUER);
  if (!agency)
    faults.push({
      path: 'agency',
      message: 'no agency has this code: it comes with its first service (client add)',
    });
  if (!agency || faults.length > 0) return { ok: false, reason: 'invalid', faults };
  const at = app.clock.now();
  const resource: Resource = {
    identifier: file.resource,
    agency,
    state: 'active',
    name: { en: file.resource_name, th: file['resource_name#th'] },
    tokenFormat: file.token_format,
    tokenSeconds: file.token_seconds,
    minimum: { ial: file.minimum_ial, aal: file.minimum_aal },
    scopes: scopesOf(file),
    detailTypes: detailTypesOf(file),
    services: file.services,
  };
  const made =
    (await insertResource(tx, resource, at)) ||
    (input.replace === true && (await updateResource(tx, resource, at)));
  if (!made) return { ok: false, reason: 'identifier_taken' };
  await appendAudit(tx, app, {
    action: 'agencies.resource_registered',
    actor: input.actor,
    subject: { kind: 'resource', id: resource.identifier },
    details: {
      agency: agency.id,
      scopes: resource.scopes.map(({ name }) => name),
      detailTypes: resource.detailTypes.map(({ type }) => type),
      services: resource.services,
    },
  });
  return { ok: true, resource };
}

/** What only the database can tell. */
async function contradictions(tx: Tx, file: ResourceFile, issuer: string): Promise<FileFault[]> {
  const faults: FileFault[] = [];
  if (file.resource === `${issuer}/oidc/userinfo`)
    faults.push({ path: 'resource', message: 'must not be our userinfo endpoint' });
  if (file.resource === `${issuer}${NUMBER_LOOK_UPS_PATH}` && file.agency !== REGISTER_CODE)
    faults.push({ path: 'resource', message: 'must not be our own look-up of numbers' });
  if (file.resource === `${issuer}/ssf`)
    faults.push({ path: 'resource', message: 'must not be our own API for services' });
  const known = await knownServices(tx, file.services);
  file.services.forEach((id, index) => {
    if (!known.has(id))
      faults.push({ path: `services.${index}`, message: `no service has the client_id ${id}` });
  });
  for (const [index, { type }] of file.authorization_details_types.entries()) {
    const owner = await findTypeOwner(tx, type);
    if (owner !== null && owner !== file.resource)
      faults.push({
        path: `authorization_details_types.${index}.type`,
        message: 'another resource has registered this type',
      });
  }
  return faults;
}

/**
 * Suspends a resource or lets it go on: no token is issued for a suspended one, and those issued are inactive within
 * a second. False where there is none.
 */
export async function changeResourceState(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  input: { identifier: string; state: Resource['state']; actor: Actor },
): Promise<boolean> {
  const { identifier, state } = input;
  if (!(await setResourceState(tx, identifier, { state, at: app.clock.now() }))) return false;
  await appendAudit(tx, app, {
    action: 'agencies.resource_state_changed',
    actor: input.actor,
    subject: { kind: 'resource', id: identifier },
    details: { state },
  });
  return true;
}
