import type { PendingAudit } from '../../audit/append-within.ts';
import type { GrantRow, SessionRow, TokenRow } from './artefact-store.ts';

/** Everything that one request writes: part of one statement, all of it or nothing. */
export interface Writes {
  at: Date;
  /** A code or refresh token that may be used once: nothing of `tokens` is stored unless this request is the one. */
  consume: { idDigest: Buffer; grantId: string } | null;
  grants: GrantRow[];
  tokens: TokenRow[];
  sessions: SessionRow[];
  sessionsGone: Buffer[];
  interactions: { uid: string; payload: Buffer; serviceId: string; expiresAt: Date }[];
  interactionsGone: string[];
  /** Of what is issued; appended unless `consume` was too late. */
  auditIssued: PendingAudit[];
  /** Of the replay; appended if `consume` was too late. */
  auditReplay: PendingAudit[];
}

export function noWrites(at: Date): Writes {
  return {
    at,
    consume: null,
    grants: [],
    tokens: [],
    sessions: [],
    sessionsGone: [],
    interactions: [],
    interactionsGone: [],
    auditIssued: [],
    auditReplay: [],
  };
}

export function isEmpty(writes: Writes): boolean {
  return Object.values(writes).every(
    (part) => part === null || part instanceof Date || (Array.isArray(part) && part.length === 0),
  );
}

/**
 * What the rows of a request are known by. Requests that share one never write in one statement: a row can't be written
 * twice in it, and of two that use a code up the first must be done before the second is looked at.
 */
export function keysOf(writes: Writes): string[] {
  return [
    ...(writes.consume
      ? [`token ${hex(writes.consume.idDigest)}`, `grant ${writes.consume.grantId}`]
      : []),
    ...writes.grants.map(({ id }) => `grant ${id}`),
    ...writes.tokens.flatMap(({ grantId }) => (grantId === null ? [] : [`grant ${grantId}`])),
    ...writes.sessions.flatMap(({ uid, idDigest }) => [
      `session ${uid}`,
      `cookie ${hex(idDigest)}`,
    ]),
    ...writes.sessionsGone.map((digest) => `cookie ${hex(digest)}`),
    ...writes.interactions.map(({ uid }) => `interaction ${uid}`),
    ...writes.interactionsGone.map((uid) => `interaction ${uid}`),
  ];
}

const hex = (bytes: Buffer) => bytes.toString('hex');
