import { z } from 'zod';
import { isIP } from 'node:net';
import { serverAddress } from '../agencies/addresses.ts';
import type { App } from '../lib/app.ts';
import { isPublicAddress } from '../lib/network-address.ts';
import { reach } from '../oidc/fetch-from-services.ts';
import { METHODS } from './stream.ts';

const header = z
  .string()
  .min(1)
  .max(4000)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be the value of one HTTP header');

/** `delivery` of Shared Signals 1.0 §6.1: what a receiver says of it. */
const delivery = z.discriminatedUnion('method', [
  z.object({
    method: z.literal(METHODS.push),
    endpoint_url: z.string().max(2000),
    authorization_header: header.optional(),
  }),
  // Where to poll is ours to say: what comes along from a read configuration is let be.
  z.object({ method: z.literal(METHODS.poll), endpoint_url: z.string().max(2000).optional() }),
]);

const requested = {
  delivery,
  events_requested: z.array(z.url().max(200)).max(100),
  description: z.string().max(500),
};
/** What we say; in an update it must be as it is, or be left out (§8.1.1.3). */
const ours = {
  stream_id: z.string(),
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  events_supported: z.array(z.string()),
  events_delivered: z.array(z.string()),
  min_verification_interval: z.number(),
  inactivity_timeout: z.number(),
};

/** Members that we do not know are ignored. Without `delivery`, polling (§8.1.1.1). */
export const newStreamSchema = z.object({
  delivery: delivery.default({ method: METHODS.poll }),
  events_requested: requested.events_requested.optional(),
  description: requested.description.optional(),
});
export type NewStream = z.output<typeof newStreamSchema>;

export const replacedStreamSchema = z.object({
  ...newStreamSchema.shape,
  ...z.object(ours).partial().shape,
  stream_id: ours.stream_id,
});
export const changedStreamSchema = z.object({
  ...z.object(requested).partial().shape,
  ...z.object(ours).partial().shape,
  stream_id: ours.stream_id,
});
export type StreamChange = z.output<typeof changedStreamSchema>;

export const streamSchema = z.object({
  ...ours,
  aud: z.string(),
  delivery: z.object({ method: z.enum(Object.values(METHODS)), endpoint_url: z.url() }),
  events_requested: z.array(z.string()).optional(),
  description: z.string().optional(),
});
export type ShownStream = z.output<typeof streamSchema>;

export const statusSchema = z.object({
  stream_id: z.string(),
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: z.string().max(500).optional(),
});

export const verificationSchema = z.object({
  stream_id: z.string(),
  state: z.string().max(1024).optional(),
});

/** RFC 8936 §2.2. */
export const pollSchema = z.object({
  maxEvents: z.int().min(0).max(1000).default(100),
  returnImmediately: z.boolean().default(false),
  ack: z.array(z.string().max(100)).max(1000).default([]),
  setErrs: z
    .record(z.string().max(100), z.object({ err: z.string(), description: z.string().optional() }))
    .default({}),
});
export const polledSchema = z.object({
  sets: z.record(z.string(), z.string()).meta({ description: 'Signed tokens by jti.' }),
  moreAvailable: z.boolean(),
});

/**
 * Why we do not push to an address; null where we do. A name is looked up at each push, and refused there where it leads to an
 * address that is not public.
 */
export function endpointFault(app: Pick<App, 'config'>, url: string): string | null {
  const mayLoopback = reach(app, url).allowPrivate;
  const read = serverAddress({ sandbox: mayLoopback }).safeParse(url);
  if (!read.success) return read.error.issues[0]?.message ?? 'is not valid';
  const host = (URL.parse(url)?.hostname ?? '').replace(/^\[|\]$/g, '');
  const isPrivate = isIP(host) === 0 ? /^(?:.+\.)?localhost$/.test(host) : !isPublicAddress(host);
  return isPrivate && !mayLoopback ? 'must not be an address of a private network' : null;
}
