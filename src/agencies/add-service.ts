import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import type { Tx } from '../lib/database.ts';
import { AgencyId } from '../lib/ids.ts';
import { faultsOf } from './file-fault.ts';
import type { FileFault } from './file-fault.ts';
import { protocolOf } from './protocol-metadata.ts';
import { registrationSchema } from './registration.ts';
import type { Registration } from './registration.ts';
import type { Agency, Service } from './service.ts';
import { insertService, updateService, upsertAgency } from './store.ts';

export type AddServiceResult =
  /** `secret` is told this once; we keep its keyed digest only. Null for services without a secret. */
  | { ok: true; service: Service; secret: string | null }
  | { ok: false; reason: 'invalid'; faults: FileFault[] }
  | { ok: false; reason: 'client_id_taken' };

/**
 * Registers a service from OIDC client metadata and our policy fields (registration.ts tells each rule), with
 * its agency where that is new. `replace` puts the new terms in place of those of the same client id, with a
 * new secret; `secret` sets a chosen one (demo services outside production only).
 */
export async function addService(
  tx: Tx,
  app: App,
  input: { metadata: unknown; actor: Actor; replace?: boolean; secret?: string },
): Promise<AddServiceResult> {
  const read = registrationSchema(app.config).safeParse(input.metadata);
  if (!read.success) return { ok: false, reason: 'invalid', faults: faultsOf(read.error) };
  const at = app.clock.now();
  const agency = await saveAgency(tx, app, { agency: read.data.agency, actor: input.actor });
  const secret = secretFor(app, read.data, input.secret);
  const secretDigest = secret === null ? null : digestToken(app.keys.tokenDigestKey, secret);
  const service = toService(app, { registration: read.data, agency, secretDigest });
  const made =
    (await insertService(tx, service, at)) ||
    (input.replace === true && (await updateService(tx, service, at)));
  if (!made) return { ok: false, reason: 'client_id_taken' };
  await appendAudit(tx, app, {
    action: 'agencies.service_registered',
    actor: input.actor,
    subject: { kind: 'service', id: service.clientId },
    details: {
      agency: agency.id,
      minimumIal: service.demands.minimum.ial,
      minimumAal: service.demands.minimum.aal,
      claims: service.claims,
    },
  });
  return { ok: true, service, secret };
}

/** The agency of this code, made where it is new; its names follow what was said last. */
export async function saveAgency(
  tx: Tx,
  app: App,
  input: { agency: Registration['agency']; actor: Actor },
): Promise<Agency> {
  const { code, name, 'name#th': thai } = input.agency;
  const agency: Agency = { id: AgencyId.make(app), code, name: { en: name, th: thai } };
  const { id, made } = await upsertAgency(tx, { ...agency, at: app.clock.now() });
  if (made)
    await appendAudit(tx, app, {
      action: 'agencies.agency_registered',
      actor: input.actor,
      subject: { kind: 'agency', id },
      details: { code },
    });
  return { ...agency, id };
}

/** A new secret where the service authenticates by one. */
function secretFor(app: App, registration: Registration, chosen?: string): string | null {
  if (!hasSecret(registration)) return null;
  if (chosen !== undefined && !app.config.sandbox)
    throw new Error('A client secret is generated; choosing one is for demo services only.');
  return chosen ?? app.random.token();
}

export function hasSecret(registration: Registration): boolean {
  return registration.token_endpoint_auth_method.startsWith('client_secret_');
}

/** The service that a registration describes. */
export function toService(
  app: App,
  input: { registration: Registration; agency: Agency; secretDigest: Buffer | null },
): Service {
  const { registration: file, agency, secretDigest } = input;
  return {
    clientId: file.client_id ?? `${agency.code}-${app.random.bytes(6).toString('hex')}`,
    agency,
    state: 'active',
    name: { en: file.client_name, th: file['client_name#th'] },
    purpose: { en: file.purpose, th: file['purpose#th'] },
    applicationType: file.application_type,
    redirectUris: file.redirect_uris,
    postLogoutRedirectUris: file.post_logout_redirect_uris,
    initiateLoginUri: file.initiate_login_uri ?? null,
    authMethod: file.token_endpoint_auth_method,
    secretDigest,
    jwks: file.jwks ?? null,
    idTokenAlg: file.id_token_signed_response_alg,
    grantTypes: file.grant_types,
    requirePar: file.require_pushed_authorization_requests,
    pkceRequired: file.pkce_required,
    profile: file.profile,
    protocol: protocolOf(file),
    demands: {
      minimum: { ial: file.minimum_ial, aal: file.minimum_aal },
      refusedPathways: file.refused_pathways,
      demandsLawfulStay: file.demands_lawful_stay,
      demandsCurrentDocument: file.demands_current_document,
    },
    claims: file.claims,
    preArrival: file.pre_arrival,
    representation: file.representation,
  };
}
