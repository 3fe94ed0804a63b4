import type Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import type { App } from '../../lib/app.ts';
import type { Context } from '../../web/context.ts';
import { nextNonce, nonceIn, secretOf } from './dpop-nonces.ts';
import { withKeys } from './library-key.ts';
import type { KeysApp, KeySet } from './provider-keys.ts';

/** The library under the keys of now: built anew (some milliseconds) where they changed, and never changed in place. */
export interface CurrentProvider {
  provider(): Provider;
  /** The one that serves this request to its end, whatever changes meanwhile. */
  take(ctx: Context): Taken;
}

export interface Taken {
  provider: Provider;
  /** To be called when the request is served: says the next nonce under the secret in use, whichever let this one in. */
  settle(): void;
}

const nothing = () => {};

interface Built {
  keys: KeySet;
  provider: Provider;
  /** Made where a proof has a nonce of another secret than the one in use. */
  byNonceSecret: Map<number, Provider>;
}

export function createCurrentProvider(
  app: Pick<App, 'clock' | 'log'> & Pick<KeysApp, 'providerKeys'>,
  configuration: Configuration,
  make: (configuration: Configuration) => Provider,
): CurrentProvider {
  const build = (keys: KeySet): Built => ({
    keys,
    provider: make(withKeys(configuration, keys, keys.dpopNonceSecrets[0])),
    byNonceSecret: new Map(),
  });
  let built = build(app.providerKeys.current());
  let refused: KeySet | null = null;
  const current = (): Built => {
    const keys = app.providerKeys.current();
    if (keys === built.keys || keys === refused) return built;
    try {
      built = build(keys);
    } catch (error) {
      // The former keys still serve: better than nothing, and said once.
      refused = keys;
      app.log.error({ err: error }, 'the changed keys cannot be used');
    }
    return built;
  };
  const takesNonces = configuration.features?.dPoP?.enabled === true;
  const nonceOfSecret = (ctx: Context, keys: KeySet): number => {
    const proof = takesNonces && keys.dpopNonceSecrets.length > 1 ? ctx.get('dpop') : '';
    const nonce = proof === '' ? null : nonceIn(proof);
    return nonce === null ? 0 : secretOf(nonce, keys.dpopNonceSecrets, app.clock.now());
  };
  return {
    provider: () => current().provider,
    take(ctx) {
      const { keys, provider, byNonceSecret } = current();
      const index = nonceOfSecret(ctx, keys);
      if (index === 0) return { provider, settle: nothing };
      const known = byNonceSecret.get(index);
      const other = known ?? make(withKeys(configuration, keys, keys.dpopNonceSecrets[index]));
      byNonceSecret.set(index, other);
      const settle = () =>
        ctx.set('dpop-nonce', nextNonce(keys.dpopNonceSecrets[0]!, app.clock.now()));
      return { provider: other, settle };
    },
  };
}
