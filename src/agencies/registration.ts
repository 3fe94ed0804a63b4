import { z } from 'zod';
import { CLAIM_NAMES } from './claim-names.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What an address of a service may be. */
export interface AddressRules {
  /** Outside production web services may live on loopback http, for trying things out. */
  sandbox: boolean;
}

/**
 * An address that a browser is sent to: absolute, https, no fragment, no user name, spelled as the URL parser
 * spells it (so that comparing strings is comparing addresses). Plain http only on loopback, in the sandbox.
 */
function browserAddress(rules: AddressRules) {
  return z
    .string()
    .max(2000)
    .superRefine((value, ctx) => {
      const fault = addressFault(value, rules);
      if (fault) ctx.addIssue({ code: 'custom', message: fault });
    });
}

function addressFault(value: string, rules: AddressRules): string | null {
  const url = URL.parse(value);
  if (!url || !/^https?:\/\//.test(value)) return 'must be an absolute https address';
  if (value.includes('#')) return 'must not have a fragment';
  if (value.includes('*')) return 'must be exact: no wildcards';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name';
  if (url.href !== value && url.href !== `${value}/`) return `must be spelled ${url.href}`;
  if (url.protocol === 'https:') return null;
  if (rules.sandbox && LOOPBACK.has(url.hostname)) return null;
  return 'must be https (plain http only on loopback, outside production)';
}

const publicJwk = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']) })
  .refine((jwk) => !('d' in jwk) && !('k' in jwk), 'must be a public key');

/** The file of `client add`: OIDC client metadata (Registration 1.0 §2) and the fields of our own policy. */
export function registrationSchema(rules: AddressRules) {
  const address = browserAddress(rules);
  return z
    .strictObject({
      client_id: z
        .string()
        .regex(/^[a-z0-9][a-z0-9._-]{2,63}$/, 'must be 3 to 64 of a-z, 0-9, dot, dash')
        .optional(),
      client_name: text(120),
      'client_name#th': text(120),
      agency: z.strictObject({
        code: z.string().regex(/^[a-z0-9-]{2,40}$/, 'must be 2 to 40 of a-z, 0-9, dash'),
        name: text(120),
        'name#th': text(120),
      }),
      purpose: text(300),
      'purpose#th': text(300),
      application_type: z.enum(['web', 'native']).default('web'),
      redirect_uris: z.array(address).min(1).max(20),
      post_logout_redirect_uris: z.array(address).max(20).default([]),
      initiate_login_uri: address.optional(),
      token_endpoint_auth_method: z
        .enum(['client_secret_basic', 'private_key_jwt', 'none'])
        .default('client_secret_basic'),
      jwks: z.strictObject({ keys: z.array(publicJwk).min(1).max(10) }).optional(),
      // OIDC Registration §2: RS256 where a client says nothing.
      id_token_signed_response_alg: z.enum(['RS256', 'ES256']).default('RS256'),
      grant_types: z
        .array(z.enum(['authorization_code', 'refresh_token']))
        .default(['authorization_code']),
      response_types: z.array(z.literal('code')).default(['code']),
      require_pushed_authorization_requests: z.boolean().default(false),
      minimum_ial: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).default(0),
      minimum_aal: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
      claims: z.array(z.enum(CLAIM_NAMES)).default([]),
      refused_pathways: z
        .array(z.enum(['remote_code', 'remote_officer', 'remote_matcher', 'counter']))
        .default([]),
      demands_lawful_stay: z.boolean().default(false),
      demands_current_document: z.boolean().default(false),
      pre_arrival: z.boolean().default(false),
    })
    .refine((file) => (file.token_endpoint_auth_method === 'private_key_jwt') === !!file.jwks, {
      path: ['jwks'],
      message: 'must be given with private_key_jwt, and only then',
    });
}

export type Registration = z.output<ReturnType<typeof registrationSchema>>;
