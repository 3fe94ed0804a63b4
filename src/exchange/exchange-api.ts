import { z } from 'zod';
import type { ApiOperation } from '../web/describe-api.ts';
import {
  changedStreamSchema,
  newStreamSchema,
  pollSchema,
  polledSchema,
  replacedStreamSchema,
  statusSchema,
  streamSchema,
  verificationSchema,
} from './stream-schema.ts';

const json = 'application/json';
const OF_TOKEN = ['not_signed_in', 'not_allowed'] as const;
const guarded = {
  tag: 'events',
  security: 'service',
} as const satisfies Partial<ApiOperation>;
const streamId = {
  stream_id: { in: 'query', schema: z.string(), says: 'The id of your stream.' },
} as const;

/** Security events for services: OpenID Shared Signals Framework 1.0, RFC 8936. */
export const EXCHANGE_API: readonly ApiOperation[] = [
  {
    method: 'GET',
    path: '/.well-known/ssf-configuration',
    id: 'showTransmitter',
    tag: 'metadata',
    summary: 'What we are as a transmitter of security events (Shared Signals 1.0 §7.1).',
    security: 'none',
    answers: {
      200: {
        says: 'The metadata.',
        schema: z.looseObject({
          spec_version: z.string(),
          issuer: z.url(),
          jwks_uri: z.url(),
          delivery_methods_supported: z.array(z.string()),
        }),
      },
    },
  },
  {
    ...guarded,
    method: 'POST',
    path: '/ssf/streams',
    id: 'createStream',
    summary: 'Makes the stream of the calling service.',
    body: { type: json, schema: newStreamSchema },
    answers: { 201: { says: 'Its configuration.', schema: streamSchema } },
    faults: [...OF_TOKEN, 'bad_request', 'conflict', 'too_large', 'unsupported_type'],
  },
  {
    ...guarded,
    method: 'GET',
    path: '/ssf/streams',
    id: 'showStreams',
    summary: 'One stream, or the list of all that the service has.',
    parameters: streamId,
    answers: {
      200: {
        says: 'A configuration; a list of them without stream_id.',
        schema: z.union([streamSchema, z.array(streamSchema)]),
      },
    },
    faults: [...OF_TOKEN, 'not_found'],
  },
  ...(['PATCH', 'PUT'] as const).map((method): ApiOperation => ({
    ...guarded,
    method,
    path: '/ssf/streams',
    id: method === 'PATCH' ? 'changeStream' : 'replaceStream',
    summary: method === 'PATCH' ? 'Changes what is named.' : 'Puts a whole one in place.',
    body: {
      type: json,
      schema: method === 'PATCH' ? changedStreamSchema : replacedStreamSchema,
    },
    answers: { 200: { says: 'The configuration now.', schema: streamSchema } },
    faults: [...OF_TOKEN, 'bad_request', 'not_found', 'too_large', 'unsupported_type'],
  })),
  {
    ...guarded,
    method: 'DELETE',
    path: '/ssf/streams',
    id: 'removeStream',
    summary: 'Removes the stream, with what waits in it.',
    parameters: streamId,
    answers: { 204: { says: 'Removed.', schema: null } },
    faults: [...OF_TOKEN, 'not_found'],
  },
  {
    ...guarded,
    method: 'GET',
    path: '/ssf/status',
    id: 'showStreamStatus',
    summary: 'Is the stream enabled, and if not, why.',
    parameters: streamId,
    answers: { 200: { says: 'Its status.', schema: statusSchema } },
    faults: [...OF_TOKEN, 'not_found'],
  },
  {
    ...guarded,
    method: 'POST',
    path: '/ssf/status',
    id: 'changeStreamStatus',
    summary: 'Enables, pauses or disables the stream.',
    body: { type: json, schema: statusSchema },
    answers: { 200: { says: 'Its status now.', schema: statusSchema } },
    faults: [...OF_TOKEN, 'bad_request', 'not_found', 'too_large', 'unsupported_type'],
  },
  {
    ...guarded,
    method: 'POST',
    path: '/ssf/verification',
    id: 'verifyStream',
    summary: 'Has a verification event sent; once a minute at most.',
    body: { type: json, schema: verificationSchema },
    answers: { 204: { says: 'It is on its way.', schema: null } },
    faults: [...OF_TOKEN, 'bad_request', 'not_found', 'conflict', 'too_large', 'unsupported_type'],
  },
  {
    ...guarded,
    method: 'POST',
    path: '/ssf/streams/:id/events',
    id: 'pollEvents',
    summary: 'Acknowledges events and gets what has not been acknowledged (RFC 8936 §2).',
    parameters: { id: { in: 'path', schema: z.string(), says: 'The id of your stream.' } },
    body: { type: json, schema: pollSchema },
    answers: { 200: { says: 'Signed tokens by jti.', schema: polledSchema } },
    faults: [...OF_TOKEN, 'bad_request', 'not_found', 'conflict', 'too_large', 'unsupported_type'],
  },
];
