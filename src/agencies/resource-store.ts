import type { Aal, Ial } from '../assurance/acr.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AgencyId } from '../lib/ids.ts';
import type { DetailType, Resource, ResourceScope } from './resource.ts';
import type { Agency } from './service.ts';

const COLUMNS = [
  'r.identifier',
  'r.state',
  'r.name_en',
  'r.name_th',
  'r.token_format',
  'r.token_seconds',
  'r.minimum_ial',
  'r.minimum_aal',
  'r.scopes',
  'r.agency_id',
  'a.code as agency_code',
  'a.name_en as agency_name_en',
  'a.name_th as agency_name_th',
] as const;

type Row = Record<string, unknown>;

/** The resource with its types and services; null where there is none. */
export async function findResourceRow(db: Db | Tx, identifier: string): Promise<Resource | null> {
  const found: unknown = await db('resources as r')
    .join('agencies as a', 'a.id', 'r.agency_id')
    .where('r.identifier', identifier)
    .first(
      ...COLUMNS,
      db.raw(`array(select s.service_id from resource_services s
                     where s.resource = r.identifier order by 1) as services`),
      db.raw(`coalesce((select json_agg(json_build_object('type', t.type,
                          'name', json_build_object('en', t.name_en, 'th', t.name_th),
                          'fields', t.fields) order by t.type)
                 from resource_detail_types t where t.resource = r.identifier), '[]') as types`),
    );
  if (!found) return null;
  const row = found as Row;
  return {
    identifier: row.identifier as string,
    agency: {
      id: row.agency_id as AgencyId,
      code: row.agency_code as string,
      name: { en: row.agency_name_en as string, th: row.agency_name_th as string },
    },
    state: row.state as Resource['state'],
    name: { en: row.name_en as string, th: row.name_th as string },
    tokenFormat: row.token_format as Resource['tokenFormat'],
    tokenSeconds: row.token_seconds as number,
    minimum: { ial: row.minimum_ial as Ial, aal: row.minimum_aal as Aal },
    scopes: row.scopes as ResourceScope[],
    detailTypes: row.types as DetailType[],
    services: row.services as string[],
  };
}

/** The resource of a type of `authorization_details`, or null. */
export async function findTypeOwner(db: Db | Tx, type: string): Promise<string | null> {
  const row = await db('resource_detail_types').where({ type }).first('resource');
  return (row?.resource as string | undefined) ?? null;
}

/** The types of active resources, at most 1,000. */
export async function listTypeNames(db: Db | Tx): Promise<string[]> {
  const rows = await db('resource_detail_types as t')
    .join('resources as r', 'r.identifier', 't.resource')
    .where('r.state', 'active')
    .orderBy('t.type')
    .limit(1000)
    .select('t.type');
  return rows.map((row) => row.type as string);
}

export async function findAgencyRow(db: Db | Tx, code: string): Promise<Agency | null> {
  const row = await db('agencies').where({ code }).first('id', 'code', 'name_en', 'name_th');
  return row
    ? {
        id: row.id as AgencyId,
        code: row.code as string,
        name: { en: row.name_en as string, th: row.name_th as string },
      }
    : null;
}

/** Those of the client ids that are services of ours. */
export async function knownServices(db: Db | Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db('services').whereIn('client_id', ids).select('client_id');
  return new Set(rows.map((row) => row.client_id as string));
}

function toColumns(resource: Resource): Row {
  return {
    agency_id: resource.agency.id,
    state: resource.state,
    name_en: resource.name.en,
    name_th: resource.name.th,
    token_format: resource.tokenFormat,
    token_seconds: resource.tokenSeconds,
    minimum_ial: resource.minimum.ial,
    minimum_aal: resource.minimum.aal,
    scopes: JSON.stringify(resource.scopes),
  };
}

/** False where the identifier is taken. */
export async function insertResource(tx: Tx, resource: Resource, at: Date): Promise<boolean> {
  const rows = await tx('resources')
    .insert({
      identifier: resource.identifier,
      ...toColumns(resource),
      created_at: at,
      updated_at: at,
    })
    .onConflict('identifier')
    .ignore()
    .returning('identifier');
  if (rows.length === 0) return false;
  await insertParts(tx, resource);
  return true;
}

/** Replaces what was registered under the identifier; false where that agency has none of this name. */
export async function updateResource(tx: Tx, resource: Resource, at: Date): Promise<boolean> {
  const { identifier } = resource;
  const count = await tx('resources')
    .where({ identifier, agency_id: resource.agency.id })
    .update({ ...toColumns(resource), updated_at: at });
  if (count === 0) return false;
  await tx('resource_detail_types').where({ resource: identifier }).delete();
  await tx('resource_services').where({ resource: identifier }).delete();
  await insertParts(tx, resource);
  return true;
}

async function insertParts(tx: Tx, resource: Resource): Promise<void> {
  const { identifier } = resource;
  if (resource.detailTypes.length > 0)
    await tx('resource_detail_types').insert(
      resource.detailTypes.map(({ type, name, fields }) => ({
        type,
        resource: identifier,
        name_en: name.en,
        name_th: name.th,
        fields: JSON.stringify(fields),
      })),
    );
  if (resource.services.length > 0)
    await tx('resource_services').insert(
      resource.services.map((id) => ({ resource: identifier, service_id: id })),
    );
}

/** False where there is none. */
export async function setResourceState(
  tx: Tx,
  identifier: string,
  change: { state: Resource['state']; at: Date },
): Promise<boolean> {
  const count = await tx('resources')
    .where({ identifier })
    .update({ state: change.state, updated_at: change.at });
  return count === 1;
}
