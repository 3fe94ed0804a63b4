import { z } from 'zod';
import { browserAddress, nativeAddress } from './addresses.ts';
import type { AddressRules } from './addresses.ts';
import { CLAIM_NAMES } from './claim-names.ts';
import { AUTH_METHODS, GRANT_TYPES, PROFILES, SIGNING_ALGS } from './client-choices.ts';
import { profileFaults, withProfile } from './profiles.ts';
import { protocolShape } from './protocol-metadata.ts';

const text = (max: number) => z.string().trim().min(1).max(max);

const publicJwk = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']) })
  .refine((jwk) => !['d', 'k', 'p', 'q'].some((part) => part in jwk), 'must be a public key');

/** The agency of a registration: known by its code, made where it is new. */
export const agencySchema = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]{2,40}$/, 'must be 2 to 40 of a-z, 0-9, dash'),
  name: text(120),
  'name#th': text(120),
});

/** Why a service asks, as people read it at consent. */
export const purposeShape = { purpose: text(300), 'purpose#th': text(300) };

/** Our own policy of a service: set by whoever approves it. */
export const policyShape = {
  minimum_ial: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).default(0),
  minimum_aal: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
  claims: z.array(z.enum(CLAIM_NAMES)).default([]),
  refused_pathways: z
    .array(z.enum(['remote_code', 'remote_officer', 'remote_matcher', 'counter']))
    .default([]),
  demands_lawful_stay: z.boolean().default(false),
  demands_current_document: z.boolean().default(false),
  pre_arrival: z.boolean().default(false),
  representation: z.boolean().default(false),
};

/** The file of `client add`: OIDC client metadata (Registration 1.0 §2) and the fields of our own policy. */
export function registrationSchema(rules: AddressRules & { mutualTls: boolean }) {
  const address = browserAddress(rules);
  return fileSchema(rules)
    .transform((file) => withProfile(file))
    .superRefine((file, ctx) => {
      const redirect = file.application_type === 'native' ? nativeAddress(rules) : address;
      for (const name of ['redirect_uris', 'post_logout_redirect_uris'] as const)
        file[name].forEach((value, index) => {
          for (const { message } of redirect.safeParse(value).error?.issues ?? [])
            ctx.addIssue({ code: 'custom', path: [name, index], message });
        });
      for (const { path, message } of [
        ...contradictions(file),
        ...profileFaults(file),
        ...(rules.mutualTls ? [] : tlsFaults(file)),
      ])
        ctx.addIssue({ code: 'custom', path: [path], message });
    });
}

/** What no service can do where no client certificate reaches us. */
function tlsFaults(file: Registration): { path: keyof Registration; message: string }[] {
  const message = 'needs mutual TLS, which this deployment does not have (MTLS_HEADER, TLS_CERT)';
  const byTls = file.token_endpoint_auth_method.endsWith('tls_client_auth');
  const isBound = file.tls_client_certificate_bound_access_tokens === true;
  return [
    ...(byTls ? [{ path: 'token_endpoint_auth_method', message } as const] : []),
    ...(isBound ? [{ path: 'tls_client_certificate_bound_access_tokens', message } as const] : []),
  ];
}

function fileSchema(rules: AddressRules) {
  return z.strictObject({
    client_id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{2,63}$/, 'must be 3 to 64 of a-z, 0-9, dot, dash')
      .optional(),
    client_name: text(120),
    'client_name#th': text(120),
    agency: agencySchema,
    ...purposeShape,
    application_type: z.enum(['web', 'native']).default('web'),
    profile: z.enum(PROFILES).default('standard'),
    redirect_uris: z.array(z.string().max(2000)).max(20).default([]),
    post_logout_redirect_uris: z.array(z.string().max(2000)).max(20).default([]),
    initiate_login_uri: browserAddress(rules).optional(),
    token_endpoint_auth_method: z.enum(AUTH_METHODS).optional(),
    jwks: z.strictObject({ keys: z.array(publicJwk).min(1).max(10) }).optional(),
    id_token_signed_response_alg: z.enum(SIGNING_ALGS).optional(),
    grant_types: z.array(z.enum(GRANT_TYPES)).min(1).default(['authorization_code']),
    response_types: z.array(z.literal('code')).default(['code']),
    require_pushed_authorization_requests: z.boolean().optional(),
    pkce_required: z.boolean().default(true),
    ...protocolShape(rules),
    ...policyShape,
  });
}

export type Registration = z.output<ReturnType<typeof registrationSchema>>;

/** What no single field shows: fields that need or exclude each other. */
function contradictions(file: Registration): { path: keyof Registration; message: string }[] {
  const faults: { path: keyof Registration; message: string }[] = [];
  const add = (path: keyof Registration, message: string) => faults.push({ path, message });
  const method = file.token_endpoint_auth_method;
  const isPublic = method === 'none';
  if (file.grant_types.includes('authorization_code') && file.redirect_uris.length === 0)
    add('redirect_uris', 'must hold at least one address, where the answer goes');
  if (file.jwks && file.jwks_uri) add('jwks_uri', 'must not be given with jwks: one or the other');
  const needsKeys = ['private_key_jwt', 'self_signed_tls_client_auth'].includes(method);
  if (needsKeys && !file.jwks && !file.jwks_uri)
    add('jwks', `must be given with ${method} (or jwks_uri)`);
  if (method === 'tls_client_auth' && subjectsOf(file).length !== 1)
    add('tls_client_auth_subject_dn', 'give exactly one tls_client_auth_* name of the certificate');
  if (isPublic && !file.pkce_required)
    add('pkce_required', 'must be true for a service without a secret or key (RFC 9700 §2.1.1)');
  for (const grant of [
    'client_credentials',
    'urn:openid:params:grant-type:ciba',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ] as const)
    if (isPublic && file.grant_types.includes(grant))
      add('grant_types', `${grant} needs a service that authenticates`);
  const isCiba = file.grant_types.includes('urn:openid:params:grant-type:ciba');
  if (isCiba !== (file.backchannel_token_delivery_mode !== undefined))
    add('backchannel_token_delivery_mode', 'must be given with the CIBA grant, and only then');
  if (
    (file.backchannel_token_delivery_mode === 'ping') !==
    (file.backchannel_client_notification_endpoint !== undefined)
  )
    add('backchannel_client_notification_endpoint', 'must be given with ping, and only then');
  return faults;
}

function subjectsOf(file: object): string[] {
  return Object.keys(file).filter((name) => /^tls_client_auth_(?:subject|san)_/.test(name));
}
