import type { JWK } from 'jose';
import { appendAudit, SYSTEM } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import { KEY_KINDS, keepSeconds } from './key-life.ts';
import type { KeyKind } from './key-life.ts';
import { publishedDetails } from './key-events.ts';
import { keepKey, makeMaterial } from './make-key.ts';
import type { KeyMaterial } from './make-key.ts';
import type { Signer } from './signer.ts';
import { listKeys, lockKeys } from './store.ts';
import type { ProviderKey } from './store.ts';

const isLast = (kind: KeyKind) => (key: ProviderKey) => key.kind === kind && key.usedUntil === null;

/**
 * Sees to it that there is a key of every kind: from `keys.json` where it has one, so that a deployment keeps those that
 * services know, or a new one. Any number of nodes may start at once.
 */
export async function seedKeys(app: App, signer: () => Promise<Signer | null>): Promise<void> {
  const complete = (keys: readonly ProviderKey[]) =>
    KEY_KINDS.every((kind) => keys.some(isLast(kind)));
  if (complete(await listKeys(app.db, app.clock.now()))) return;
  await transact(app.db, async (tx) => {
    await lockKeys(tx);
    const now = app.clock.now();
    const known = await listKeys(tx, null);
    for (const kind of KEY_KINDS.filter((kind) => !known.some(isLast(kind)))) {
      const given = fromFile(app, kind).filter(({ kid }) => known.every((key) => key.kid !== kid));
      const makes = given.length > 0 ? null : await makeMaterial(app, kind, await signer());
      const [inUse, ...earlier] = makes ? [makes] : given;
      const times = { publishedAt: now, usedFrom: now, usedUntil: null, removedAt: null };
      const kept = [await keepKey(tx, app, { kind, material: inUse!, times })];
      for (const material of earlier) {
        const removedAt = addSeconds(now, keepSeconds(kind, app.config));
        const over = { ...times, usedUntil: now, removedAt };
        kept.push(await keepKey(tx, app, { kind, material, times: over }));
      }
      for (const key of kept)
        await appendAudit(tx, app, {
          action: 'oidc.key_published',
          actor: SYSTEM,
          subject: { kind: 'key', id: key.kid },
          details: publishedDetails(key),
        });
    }
  });
}

/** What the file has of a kind; the first is the one that signs. */
function fromFile(app: Pick<App, 'keys' | 'random'>, kind: KeyKind): KeyMaterial[] {
  const { keys, random } = app;
  const secret = (text: string): KeyMaterial => ({
    held: 'store',
    kid: random.token(12),
    secret: text,
  });
  if (kind === 'cookie') return keys.cookieKeys.map(secret);
  if (kind === 'dpop-nonce') return [secret(keys.dpopNonceSecret.toString('base64url'))];
  return keys.oidcJwks.keys
    .filter((jwk) => (jwk.alg ?? usualAlg(jwk)) === kind)
    .map((jwk) => ({ held: 'store', kid: jwk.kid!, jwk: { ...jwk, use: 'sig', alg: kind } }));
}

/** What a key without `alg` is for. */
function usualAlg({ kty }: JWK): string {
  if (kty === 'RSA') return 'RS256';
  return kty === 'OKP' ? 'EdDSA' : 'ES256';
}
