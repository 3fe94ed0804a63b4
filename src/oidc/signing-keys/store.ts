import type { JWK } from 'jose';
import { z } from 'zod';
import type { Db, Tx } from '../../lib/database.ts';
import type { DataKeyId } from '../../lib/ids.ts';
import { KEY_KINDS, KEY_STATES } from './key-life.ts';
import type { KeyState, KeyTimes } from './key-life.ts';

/** Nodes hear on this channel that the table changed. */
export const KEYS_CHANNEL = 'tangchat_provider_keys';

const jwk = z.custom<JWK>((value) => typeof value === 'object' && value !== null);
const row = z.object({
  kid: z.string(),
  kind: z.enum(KEY_KINDS),
  heldBy: z.enum(['store', 'signer']),
  publicJwk: jwk.nullable(),
  publishedAt: z.date(),
  usedFrom: z.date(),
  usedUntil: z.date().nullable(),
  removedAt: z.date().nullable(),
  compromisedAt: z.date().nullable(),
  recordedState: z.enum(KEY_STATES),
});
/** A key as all may know it. */
export type ProviderKey = z.output<typeof row>;

const COLUMNS = {
  kid: 'kid',
  kind: 'kind',
  heldBy: 'held_by',
  publicJwk: 'public_jwk',
  publishedAt: 'published_at',
  usedFrom: 'used_from',
  usedUntil: 'used_until',
  removedAt: 'removed_at',
  compromisedAt: 'compromised_at',
  recordedState: 'recorded_state',
} as const;

/** A private half as it is stored, with the wrapped key that opens it. */
export interface SealedKey {
  kid: string;
  dataKeyId: DataKeyId;
  wrapped: Buffer;
  sealed: Buffer;
}

/** Keys that are not removed at `now`, or all there ever were; oldest first. */
export async function listKeys(db: Db | Tx, notRemovedAt: Date | null): Promise<ProviderKey[]> {
  const query = db('provider_keys').select(COLUMNS).orderBy(['published_at', 'kid']);
  if (notRemovedAt !== null)
    void query.whereRaw('(removed_at is null or removed_at > ?)', [notRemovedAt]);
  return z.array(row).parse(await query);
}

export async function findSealedKeys(db: Db | Tx, kids: readonly string[]): Promise<SealedKey[]> {
  if (kids.length === 0) return [];
  return db('provider_keys')
    .join('data_keys', 'data_keys.id', 'provider_keys.data_key_id')
    .whereIn('kid', kids)
    .whereNotNull('sealed_private')
    .whereNotNull('wrapped_key')
    .select<SealedKey[]>({
      kid: 'kid',
      dataKeyId: 'data_key_id',
      wrapped: 'wrapped_key',
      sealed: 'sealed_private',
    });
}

/** Whoever changes keys does so alone; readers are not held up. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.raw('lock table provider_keys in share row exclusive mode');
}

export async function insertKey(
  tx: Tx,
  key: ProviderKey & { dataKeyId: DataKeyId | null; sealed: Buffer | null },
): Promise<void> {
  const { dataKeyId, sealed, publicJwk, ...plain } = key;
  const columns = Object.entries(plain).map(([name, value]) => [
    COLUMNS[name as keyof typeof plain],
    value,
  ]);
  await tx('provider_keys').insert({
    ...(Object.fromEntries(columns) as Record<string, unknown>),
    public_jwk: publicJwk === null ? null : JSON.stringify(publicJwk),
    data_key_id: dataKeyId,
    sealed_private: sealed,
  });
}

export async function updateTimes(
  tx: Tx,
  kid: string,
  times: Partial<KeyTimes & { compromisedAt: Date }>,
): Promise<void> {
  const columns = Object.entries(times).map(([name, value]) => [
    COLUMNS[name as keyof typeof times],
    value,
  ]);
  await tx('provider_keys')
    .where({ kid })
    .update(Object.fromEntries(columns) as Record<string, unknown>);
}

export async function recordState(tx: Tx, kid: string, state: KeyState): Promise<void> {
  await tx('provider_keys').where({ kid }).update({ recorded_state: state });
}

/** Takes the sealed private half out; gives the data key to destroy, or null where it was out already. */
export async function clearSealed(tx: Tx, kid: string): Promise<DataKeyId | null> {
  const [cleared] = await tx('provider_keys')
    .where({ kid })
    .whereNotNull('sealed_private')
    .update({ sealed_private: null })
    .returning<{ data_key_id: DataKeyId }[]>(['data_key_id']);
  return cleared?.data_key_id ?? null;
}

/** Tells every node, when the transaction commits. */
export async function announceKeys(tx: Tx): Promise<void> {
  await tx.raw('select pg_notify(?, ?)', [KEYS_CHANNEL, '']);
}
