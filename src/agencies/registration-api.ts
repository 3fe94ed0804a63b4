import { z } from 'zod';
import type { ApiOperation } from '../web/describe-api.ts';

const metadata = z.looseObject({
  client_id: z.string(),
  client_id_issued_at: z.int(),
  client_name: z.string(),
  redirect_uris: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  registration_client_uri: z.url(),
  registration_access_token: z.string().optional(),
  client_secret: z.string().optional().meta({ description: 'Told once.' }),
  client_secret_expires_at: z.int().optional(),
});
const refusal = z.object({
  error: z.enum(['invalid_token', 'invalid_client_metadata', 'invalid_redirect_uri']),
  error_description: z.string(),
});
const asked = z.looseObject({
  client_name: z.string().optional(),
  redirect_uris: z.array(z.url()).optional(),
});
const refused = {
  400: { says: 'What is wrong with the metadata (RFC 7591 §3.2.2).', schema: refusal },
  401: { says: 'The token is not live, or not of this service (RFC 6750 §3.1).', schema: refusal },
};
const parameters = { id: { in: 'path', schema: z.string(), says: 'client_id.' } } as const;
const shared = { tag: 'registration', security: 'registration' } as const;
const path = '/oidc/registration';

/** Services registered by program: RFC 7591, RFC 7592. */
export const REGISTRATION_API: readonly ApiOperation[] = [
  {
    ...shared,
    method: 'POST',
    path,
    id: 'registerService',
    summary: 'Registers a service (RFC 7591 §3).',
    body: { type: 'application/json', schema: asked },
    answers: { 201: { says: 'What is registered.', schema: metadata }, ...refused },
    faults: ['too_large'],
  },
  {
    ...shared,
    method: 'GET',
    path: `${path}/:id`,
    id: 'readRegistration',
    summary: 'What is registered (RFC 7592 §2.1).',
    parameters,
    answers: { 200: { says: 'All but the secret.', schema: metadata }, 401: refused[401] },
  },
  {
    ...shared,
    method: 'PUT',
    path: `${path}/:id`,
    id: 'replaceRegistration',
    summary: 'Puts other metadata in place (RFC 7592 §2.2).',
    parameters,
    body: { type: 'application/json', schema: asked.extend({ client_id: z.string() }) },
    answers: { 200: { says: 'What is registered now.', schema: metadata }, ...refused },
    faults: ['too_large'],
  },
  {
    ...shared,
    method: 'DELETE',
    path: `${path}/:id`,
    id: 'removeRegistration',
    summary: 'Nobody signs in there from now on (RFC 7592 §2.3).',
    parameters,
    answers: { 204: { says: 'Removed.', schema: null }, 401: refused[401] },
  },
];
