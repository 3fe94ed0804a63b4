import type { Pathway } from '../assurance/identity-evidence.ts';
import type { Aal, Ial } from '../assurance/acr.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AgencyId } from '../lib/ids.ts';
import type { ClaimName } from './claim-names.ts';
import type { Agency, Service } from './service.ts';

const COLUMNS = [
  's.client_id',
  's.state',
  's.name_en',
  's.name_th',
  's.purpose_en',
  's.purpose_th',
  's.application_type',
  's.redirect_uris',
  's.post_logout_redirect_uris',
  's.initiate_login_uri',
  's.auth_method',
  's.secret_digest',
  's.jwks',
  's.id_token_alg',
  's.grant_types',
  's.require_par',
  's.pkce_required',
  's.profile',
  's.protocol',
  's.minimum_ial',
  's.minimum_aal',
  's.claims',
  's.refused_pathways',
  's.demands_lawful_stay',
  's.demands_current_document',
  's.pre_arrival',
  's.representation',
  's.agency_id',
  'a.code as agency_code',
  'a.name_en as agency_name_en',
  'a.name_th as agency_name_th',
] as const;

type Row = Record<string, unknown>;

function toService(row: Row): Service {
  return {
    clientId: row.client_id as string,
    agency: {
      id: row.agency_id as AgencyId,
      code: row.agency_code as string,
      name: { en: row.agency_name_en as string, th: row.agency_name_th as string },
    },
    state: row.state as Service['state'],
    name: { en: row.name_en as string, th: row.name_th as string },
    purpose: { en: row.purpose_en as string, th: row.purpose_th as string },
    applicationType: row.application_type as Service['applicationType'],
    redirectUris: row.redirect_uris as string[],
    postLogoutRedirectUris: row.post_logout_redirect_uris as string[],
    initiateLoginUri: row.initiate_login_uri as string | null,
    authMethod: row.auth_method as Service['authMethod'],
    secretDigest: row.secret_digest as Buffer | null,
    jwks: row.jwks as Service['jwks'],
    idTokenAlg: row.id_token_alg as Service['idTokenAlg'],
    grantTypes: row.grant_types as Service['grantTypes'],
    requirePar: row.require_par as boolean,
    pkceRequired: row.pkce_required as boolean,
    profile: row.profile as Service['profile'],
    protocol: row.protocol as Service['protocol'],
    demands: {
      minimum: { ial: row.minimum_ial as Ial, aal: row.minimum_aal as Aal },
      refusedPathways: row.refused_pathways as Pathway[],
      demandsLawfulStay: row.demands_lawful_stay as boolean,
      demandsCurrentDocument: row.demands_current_document as boolean,
    },
    claims: row.claims as ClaimName[],
    preArrival: row.pre_arrival as boolean,
    representation: row.representation as boolean,
  };
}

function toColumns(service: Service): Row {
  return {
    agency_id: service.agency.id,
    state: service.state,
    name_en: service.name.en,
    name_th: service.name.th,
    purpose_en: service.purpose.en,
    purpose_th: service.purpose.th,
    application_type: service.applicationType,
    redirect_uris: service.redirectUris,
    post_logout_redirect_uris: service.postLogoutRedirectUris,
    initiate_login_uri: service.initiateLoginUri,
    auth_method: service.authMethod,
    secret_digest: service.secretDigest,
    jwks: service.jwks === null ? null : JSON.stringify(service.jwks),
    id_token_alg: service.idTokenAlg,
    grant_types: service.grantTypes,
    require_par: service.requirePar,
    pkce_required: service.pkceRequired,
    profile: service.profile,
    protocol: JSON.stringify(service.protocol),
    minimum_ial: service.demands.minimum.ial,
    minimum_aal: service.demands.minimum.aal,
    claims: service.claims,
    refused_pathways: service.demands.refusedPathways,
    demands_lawful_stay: service.demands.demandsLawfulStay,
    demands_current_document: service.demands.demandsCurrentDocument,
    pre_arrival: service.preArrival,
    representation: service.representation,
  };
}

/** The agency of this code, made where there is none; its names follow the latest registration. */
export async function upsertAgency(
  tx: Tx,
  agency: Agency & { at: Date },
): Promise<{ id: AgencyId; made: boolean }> {
  const rows = await tx('agencies')
    .insert({
      id: agency.id,
      code: agency.code,
      name_en: agency.name.en,
      name_th: agency.name.th,
      created_at: agency.at,
    })
    .onConflict('code')
    .merge(['name_en', 'name_th'])
    .returning('id');
  const id = rows[0]!.id as AgencyId;
  return { id, made: id === agency.id };
}

/** False where the client id is taken. */
export async function insertService(tx: Tx, service: Service, at: Date): Promise<boolean> {
  const rows = await tx('services')
    .insert({
      client_id: service.clientId,
      ...toColumns(service),
      created_at: at,
      updated_at: at,
    })
    .onConflict('client_id')
    .ignore()
    .returning('client_id');
  return rows.length === 1;
}

/** Replaces what was registered under the service's client id; false where there is none. */
export async function updateService(tx: Tx, service: Service, at: Date): Promise<boolean> {
  const count = await tx('services')
    .where({ client_id: service.clientId })
    .update({ ...toColumns(service), updated_at: at });
  return count === 1;
}

export async function findServiceRow(db: Db | Tx, clientId: string): Promise<Service | null> {
  const row = await db('services as s')
    .join('agencies as a', 'a.id', 's.agency_id')
    .where('s.client_id', clientId)
    .first(...COLUMNS);
  return row ? toService(row as Row) : null;
}

export async function listServiceRows(db: Db | Tx): Promise<Service[]> {
  const rows = await db('services as s')
    .join('agencies as a', 'a.id', 's.agency_id')
    .orderBy('s.client_id')
    .limit(1000)
    .select(...COLUMNS);
  return rows.map((row) => toService(row as Row));
}

/** Every address that services of this agency receive people at, each once; null where there is no such agency. */
export async function listAgencyAddresses(db: Db | Tx, code: string): Promise<string[] | null> {
  const rows = await db('agencies as a')
    .leftJoin('services as s', 's.agency_id', 'a.id')
    .where('a.code', code)
    .orderBy('s.client_id')
    .limit(1000)
    .select('s.redirect_uris', 's.protocol');
  if (rows.length === 0) return null;
  return [
    ...new Set(
      rows.flatMap((row) => [
        ...((row.redirect_uris as string[] | null) ?? []),
        ...jwksUriOf(row.protocol as Service['protocol'] | null),
      ]),
    ),
  ];
}

function jwksUriOf(protocol: Service['protocol'] | null): string[] {
  return protocol?.jwks_uri === undefined ? [] : [protocol.jwks_uri];
}
