import { z } from 'zod';
import type { ApiOperation } from '../web/describe-api.ts';

/** Documents about us and our agencies that libraries fetch. */
export const METADATA_API: readonly ApiOperation[] = [
  {
    method: 'GET',
    path: '/.well-known/oauth-protected-resource/*path',
    id: 'showResourceMetadata',
    tag: 'metadata',
    summary: 'Of userinfo, and of registered resources at our address (RFC 9728 §3).',
    security: 'none',
    parameters: { path: { in: 'path', schema: z.string(), says: "The resource's own path." } },
    answers: {
      200: {
        says: 'Its metadata.',
        schema: z.looseObject({
          resource: z.url(),
          authorization_servers: z.array(z.url()),
          scopes_supported: z.array(z.string()),
          bearer_methods_supported: z.array(z.enum(['header', 'body'])),
        }),
      },
    },
    faults: ['not_found'],
  },
  {
    method: 'GET',
    path: '/sectors/:agency',
    id: 'showSector',
    tag: 'metadata',
    summary: "The addresses of one agency's services (OpenID Connect Registration 1.0 §5).",
    security: 'none',
    parameters: { agency: { in: 'path', schema: z.string(), says: 'Its code, and `.json`.' } },
    answers: { 200: { says: 'The addresses.', schema: z.array(z.url()) } },
    faults: ['not_found'],
  },
];
