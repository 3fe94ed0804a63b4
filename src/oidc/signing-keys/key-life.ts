import type { Config } from '../../config.ts';
import { addSeconds } from '../../lib/clock.ts';
import { SIGNING_KEY_ALGS } from '../../lib/keys.ts';

/** What a key is for. Of each kind one is in use; a later one may be waiting, earlier ones retiring. */
export const KEY_KINDS = [...SIGNING_KEY_ALGS, 'cookie', 'dpop-nonce'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];
export type SigningKind = (typeof SIGNING_KEY_ALGS)[number];

export const isSigning = (kind: KeyKind): kind is SigningKind =>
  kind !== 'cookie' && kind !== 'dpop-nonce';

/** The times of a key. Set when it is made and when its successor is; nobody has to act for them to come true. */
export interface KeyTimes {
  publishedAt: Date;
  usedFrom: Date;
  /** Null as long as no successor is planned. */
  usedUntil: Date | null;
  removedAt: Date | null;
}

/**
 * `waiting`: known to every node and published, not used yet · `in_use` · `retiring`: what it made is still accepted ·
 * `removed`: what it made is refused.
 */
export const KEY_STATES = ['waiting', 'in_use', 'retiring', 'removed'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export function stateOf(key: KeyTimes, now: Date): KeyState {
  if (key.removedAt !== null && key.removedAt <= now) return 'removed';
  if (key.usedUntil !== null && key.usedUntil <= now) return 'retiring';
  return key.usedFrom <= now ? 'in_use' : 'waiting';
}

type Lifetimes = Pick<
  Config,
  | 'JWKS_MAX_AGE_SECONDS'
  | 'KEY_LEAD_SECONDS'
  | 'KEY_MARGIN_SECONDS'
  | 'ID_TOKEN_SECONDS'
  | 'JWT_ACCESS_TOKEN_SECONDS'
  | 'SESSION_SECONDS'
  | 'REFRESH_TOKEN_SECONDS'
>;

/** The library takes a DPoP nonce for five steps of a minute. */
const NONCE_SECONDS = 300;

/**
 * How long a new key waits. Services may keep the former JWKS for its max-age, and some keep it longer: hence the
 * long lead, which `soon` shortens to the least. Secrets are known to our nodes only.
 */
export function leadSeconds(kind: KeyKind, config: Lifetimes, soon: boolean): number {
  if (!isSigning(kind)) return config.KEY_MARGIN_SECONDS;
  const least = config.JWKS_MAX_AGE_SECONDS + config.KEY_MARGIN_SECONDS;
  return soon ? least : Math.max(least, config.KEY_LEAD_SECONDS);
}

/** How long what a key made is accepted after its successor took over. */
export function keepSeconds(kind: KeyKind, config: Lifetimes): number {
  const session = config.SESSION_SECONDS + config.REFRESH_TOKEN_SECONDS;
  switch (kind) {
    case 'cookie':
      return session + config.KEY_MARGIN_SECONDS;
    case 'dpop-nonce':
      return NONCE_SECONDS + config.KEY_MARGIN_SECONDS;
    default:
      // An ID token comes back as a hint when the session ends, long after its own end (RP-Initiated Logout §2).
      return (
        Math.max(config.ID_TOKEN_SECONDS, config.JWT_ACCESS_TOKEN_SECONDS, session) +
        config.JWKS_MAX_AGE_SECONDS +
        config.KEY_MARGIN_SECONDS
      );
  }
}

/** The times of a key that follows one which is in use, and when that one is removed. */
export function succession(input: { kind: KeyKind; config: Lifetimes; now: Date; soon: boolean }) {
  const usedFrom = addSeconds(input.now, leadSeconds(input.kind, input.config, input.soon));
  const removedAt = addSeconds(usedFrom, keepSeconds(input.kind, input.config));
  return { usedFrom, removedAt };
}
