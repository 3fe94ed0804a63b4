import type { JWK } from 'jose';
import type { App } from '../../lib/app.ts';
import type { Tx } from '../../lib/database.ts';
import { makeJwk } from '../../lib/keys.ts';
import { isSigning, stateOf } from './key-life.ts';
import type { KeyKind, KeyTimes } from './key-life.ts';
import { publicHalf } from './public-half.ts';
import type { Signer } from './signer.ts';
import { insertKey } from './store.ts';
import type { ProviderKey } from './store.ts';

/** What a key is made of before it is stored. `signer`: only the public half is known. */
export type KeyMaterial =
  | { held: 'store'; kid: string; jwk: JWK }
  | { held: 'store'; kid: string; secret: string }
  | { held: 'signer'; kid: string; publicJwk: JWK };

export const placeOf = (kid: string) => ({
  table: 'provider_keys',
  column: 'sealed_private',
  row: kid,
});

/** New material of a kind: signing keys by the signer where there is one, all else here. */
export async function makeMaterial(
  app: Pick<App, 'random'>,
  kind: KeyKind,
  signer: Signer | null,
): Promise<KeyMaterial> {
  if (!isSigning(kind))
    return { held: 'store', kid: app.random.token(12), secret: app.random.token() };
  if (signer !== null) {
    const kid = app.random.token(12);
    const made = await signer.makeKey(kid, kind);
    return { held: 'signer', kid, publicJwk: { ...publicHalf(made), kid, alg: kind, use: 'sig' } };
  }
  const jwk = await makeJwk(kind);
  return { held: 'store', kid: jwk.kid, jwk };
}

/** Stores a key, its private half sealed under a data key of its own. */
export async function keepKey(
  tx: Tx,
  app: Pick<App, 'cipher' | 'clock'>,
  input: { kind: KeyKind; material: KeyMaterial; times: KeyTimes },
): Promise<ProviderKey> {
  const { kind, material, times } = input;
  const key: ProviderKey = {
    kid: material.kid,
    kind,
    heldBy: material.held,
    publicJwk: publicOf(material),
    ...times,
    compromisedAt: null,
    recordedState: stateOf(times, app.clock.now()),
  };
  if (material.held === 'signer') {
    await insertKey(tx, { ...key, dataKeyId: null, sealed: null });
    return key;
  }
  const dataKeyId = await app.cipher.createDataKey(tx);
  const dataKey = await app.cipher.openDataKey(tx, dataKeyId);
  const plain = 'jwk' in material ? JSON.stringify(material.jwk) : material.secret;
  await insertKey(tx, { ...key, dataKeyId, sealed: dataKey.encrypt(placeOf(key.kid), plain) });
  return key;
}

function publicOf(material: KeyMaterial): JWK | null {
  if (material.held === 'signer') return material.publicJwk;
  return 'jwk' in material ? publicHalf(material.jwk) : null;
}
