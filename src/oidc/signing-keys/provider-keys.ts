import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { App } from '../../lib/app.ts';
import type { Keys } from '../../lib/keys.ts';
import { isSigning, stateOf } from './key-life.ts';
import type { KeyState, SigningKind } from './key-life.ts';
import { placeOf } from './make-key.ts';
import { seedKeys } from './seed-keys.ts';
import { signerOf, signWith } from './signer.ts';
import type { Sign, Signer } from './signer.ts';
import { findSealedKeys, listKeys } from './store.ts';
import type { ProviderKey, SealedKey } from './store.ts';

export interface SigningKey {
  kid: string;
  alg: SigningKind;
  publicJwk: JWK;
  publicKey: KeyObject;
  /** Throws where the key signs no more. */
  sign: Sign;
}

/** The keys of one moment. In each list the one in use stands first; the others are accepted too. */
export interface KeySet {
  signing: readonly SigningKey[];
  cookieKeys: readonly string[];
  dpopNonceSecrets: readonly Buffer[];
}

/** The provider's keys as this node knows them. */
export interface ProviderKeys {
  /** The same object for as long as nothing changed. */
  current(): KeySet;
  /** Reads the table and the clock again. Throws, and changes nothing, where it cannot. */
  refresh(): Promise<void>;
  /** When the table was last read, for whoever wants to know how old this is. */
  readAt(): Date;
  signer(): Promise<Signer | null>;
}

export type KeysApp = App & { providerKeys: ProviderKeys };

/** The deployment's keys, with those secrets that change as this node knows them at each moment. */
export function withSecretsOf(providerKeys: ProviderKeys, keys: Keys): Keys {
  return {
    ...keys,
    get cookieKeys() {
      return providerKeys.current().cookieKeys;
    },
    get dpopNonceSecret() {
      return providerKeys.current().dpopNonceSecrets[0] ?? keys.dpopNonceSecret;
    },
  };
}

/** Reads the keys, and makes those that are missing. `signer` stands in for the one of `SIGNER_MODULE`. */
export async function openProviderKeys(app: App, signer?: Signer): Promise<ProviderKeys> {
  const findSigner = signer ? () => Promise.resolve(signer) : signerOf(app.config.SIGNER_MODULE);
  await seedKeys(app, findSigner);
  const privates = new Map<string, Private>();
  let view: { mark: string; set: KeySet; readAt: Date } | null = null;
  let turn = Promise.resolve();
  const read = async () => {
    const readAt = app.clock.now();
    const keys = (await listKeys(app.db, readAt)).map((key) => ({
      ...key,
      state: stateOf(key, readAt),
    }));
    const mark = keys.map(({ kid, state }) => `${kid} ${state}`).join('\n');
    if (view?.mark !== mark) {
      const shut = await openPrivates({ app, keys, privates, signer: findSigner });
      if (shut && view === null) throw shut.error;
      // A key that was dropped must go, whatever is wrong with another one; that one is tried again.
      if (shut) app.log.error({ err: shut.error, kid: shut.kid }, 'a key cannot be opened');
      view = { mark: shut ? '' : mark, readAt, set: keySetOf(keys, privates) };
    }
    view.readAt = readAt;
  };
  const refresh = () => {
    // One after the other, so that an older answer never replaces a newer one.
    turn = turn.catch(() => undefined).then(read);
    return turn;
  };
  await refresh();
  return {
    current: () => view!.set,
    readAt: () => view!.readAt,
    refresh,
    signer: findSigner,
  };
}

type LiveKey = ProviderKey & { state: KeyState };
type Private = { sign: Sign } | { secret: string };

interface Opening {
  app: Pick<App, 'db' | 'cipher'>;
  keys: readonly LiveKey[];
  privates: Map<string, Private>;
  signer: () => Promise<Signer | null>;
}

/**
 * Opens what was not opened before and forgets what is gone. A signing key that signs no more is not needed. Gives the
 * last key that would not open.
 */
async function openPrivates(input: Opening): Promise<{ kid: string; error: Error } | null> {
  const { app, keys, privates, signer } = input;
  for (const kid of privates.keys()) if (keys.every((key) => key.kid !== kid)) privates.delete(kid);
  const needed = keys.filter(
    (key) => !privates.has(key.kid) && !(isSigning(key.kind) && key.state === 'retiring'),
  );
  const stored = needed.filter(({ heldBy }) => heldBy === 'store').map(({ kid }) => kid);
  const sealed = new Map((await findSealedKeys(app.db, stored)).map((row) => [row.kid, row]));
  let shut: { kid: string; error: Error } | null = null;
  for (const key of needed) {
    try {
      const opened =
        key.heldBy === 'signer'
          ? askSigner(key, await signer())
          : unseal(app, key, sealed.get(key.kid));
      privates.set(key.kid, opened);
    } catch (error) {
      shut = { kid: key.kid, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
  return shut;
}

function askSigner({ kid, kind }: LiveKey, signer: Signer | null): Private {
  if (!signer || !isSigning(kind)) throw new Error(`Key ${kid} is in a signer: set SIGNER_MODULE.`);
  return { sign: (data) => signer.sign(kid, kind, data) };
}

function unseal(
  app: Pick<App, 'cipher'>,
  { kid, kind }: LiveKey,
  row: SealedKey | undefined,
): Private {
  if (!row) throw new Error(`The private half of key ${kid} is gone.`);
  const text = app.cipher.unwrap(row.dataKeyId, row.wrapped).decryptText(placeOf(kid), row.sealed);
  return isSigning(kind) ? { sign: signWith(JSON.parse(text) as JWK, kind) } : { secret: text };
}

const ORDER: Record<KeyState, number> = { in_use: 0, waiting: 1, retiring: 2, removed: 3 };

function keySetOf(keys: readonly LiveKey[], privates: Map<string, Private>): KeySet {
  // One that cannot be opened stands last, so that another signs as long as there is one.
  const place = (key: LiveKey) => ORDER[key.state] + (privates.has(key.kid) ? 0 : 10);
  const ordered = keys.toSorted((a, b) => place(a) - place(b));
  const secrets = (kind: 'cookie' | 'dpop-nonce') =>
    ordered.flatMap((key) => {
      const secret = privates.get(key.kid);
      return key.kind === kind && secret && 'secret' in secret ? [secret.secret] : [];
    });
  return {
    signing: ordered.flatMap((key) => {
      const { kid, kind, publicJwk } = key;
      if (!isSigning(kind) || publicJwk === null) return [];
      const held = privates.get(kid);
      const sign = held && 'sign' in held ? held.sign : refuseToSign;
      const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
      return [{ kid, alg: kind, publicJwk, publicKey, sign }];
    }),
    cookieKeys: secrets('cookie'),
    dpopNonceSecrets: secrets('dpop-nonce').map((text) => Buffer.from(text, 'base64url')),
  };
}

const refuseToSign: Sign = () => {
  throw new Error('This key signs no more.');
};
