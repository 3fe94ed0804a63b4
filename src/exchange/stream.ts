import type { DataKeyId, RowId } from '../lib/ids.ts';
import { EVENTS_SUPPORTED } from './event-types.ts';

/** RFC 8935 and RFC 8936, as Shared Signals names them. */
export const METHODS = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const;
export type Method = keyof typeof METHODS;

/** A stream of events to one service (Shared Signals 1.0 §8). */
export interface Stream {
  id: RowId;
  serviceId: string;
  state: 'enabled' | 'paused' | 'disabled';
  /** Why it is not enabled, for the receiver to read. */
  reason: string | null;
  method: Method;
  endpointUrl: string | null;
  dataKeyId: DataKeyId;
  authorizationSealed: Buffer | null;
  /** Null: all. */
  eventsRequested: string[] | null;
  description: string | null;
  createdAt: Date;
  verificationAskedAt: Date | null;
  heardAt: Date;
  failures: number;
  failingSince: Date | null;
  retryAt: Date | null;
}

/** A token that waits is kept so long, for pollers and for receivers that are down. */
export const KEPT_SECONDS = 7 * 86_400;
/** What is over, to tell its like apart from a new one. */
export const REMEMBERED_SECONDS = 30 * 86_400;
export const VERIFICATION_INTERVAL_SECONDS = 60;

/** A receiver that fails so long, and so often, is dead: its stream is paused. */
const DEAD_AFTER_SECONDS = 24 * 3600;
const DEAD_AFTER_FAILURES = 8;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;

/** Refusals of one token by its receiver; after them it is set aside, and those behind it go on. */
export const MOST_REFUSALS = 5;

/** Seconds until the next try after `failures` in a row, up to a fifth more by chance so that streams do not march in step. */
export function waitAfter(failures: number, chance: (below: number) => number): number {
  const wait = Math.min(FIRST_WAIT_SECONDS * 2 ** Math.max(0, failures - 1), LONGEST_WAIT_SECONDS);
  return wait + chance(Math.floor(wait / 5) + 1);
}

export function isDead(
  stream: { failures: number; failingSince: Date | null },
  now: Date,
): boolean {
  const since = stream.failingSince?.getTime() ?? now.getTime();
  return (
    stream.failures >= DEAD_AFTER_FAILURES && now.getTime() - since >= DEAD_AFTER_SECONDS * 1000
  );
}

/** `events_delivered`: what was requested and is supported. */
export function eventsDelivered({ eventsRequested }: Pick<Stream, 'eventsRequested'>): string[] {
  return EVENTS_SUPPORTED.filter((type) => eventsRequested?.includes(type) ?? true);
}

/** Whether new events are kept for it: a paused stream gets them later, a disabled one never (§8.1.2). */
export function takesEvents({ state }: Pick<Stream, 'state'>): boolean {
  return state !== 'disabled';
}
