import { createHash } from 'node:crypto';

/** An event as the database gives it back, each field as text: `at` in UTC with microseconds. */
export interface SealedFields {
  id: string;
  at: string;
  action: string;
  actorKind: string;
  actorId: string | null;
  subjectKind: string;
  subjectId: string | null;
  details: string;
}

/** The order in which fields are hashed. Never changes: a field more means a new version of the chain. */
export const FIELDS = [
  'id',
  'at',
  'action',
  'actorKind',
  'actorId',
  'subjectKind',
  'subjectId',
  'details',
] as const satisfies (keyof SealedFields)[];

const MARK_BYTES = 4;

/** What the first link follows. */
export const GENESIS = Buffer.alloc(32);

/**
 * The hash of an event, and four bytes of each field's digest. The hash alone proves; the marks only let the verifier name
 * the altered field.
 */
export function hashEvent(event: SealedFields): { hash: Buffer; marks: Buffer } {
  const digests = FIELDS.map((name) => sha256(JSON.stringify([name, event[name]])));
  return {
    hash: sha256('tangchat audit event 1', ...digests),
    marks: Buffer.concat(digests.map((digest) => digest.subarray(0, MARK_BYTES))),
  };
}

/** The link at `seq` after `previous`: it covers its place, all that came before, and the event. */
export function linkAfter(previous: Buffer, seq: number, eventHash: Buffer): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(seq));
  return sha256('tangchat audit link 1', place, previous, eventHash);
}

/** The fields in which an event differs from what was sealed. */
export function alteredFields(sealedMarks: Buffer, nowMarks: Buffer): (keyof SealedFields)[] {
  return FIELDS.filter((_, index) => {
    const [start, end] = [index * MARK_BYTES, (index + 1) * MARK_BYTES];
    return !sealedMarks.subarray(start, end).equals(nowMarks.subarray(start, end));
  });
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
