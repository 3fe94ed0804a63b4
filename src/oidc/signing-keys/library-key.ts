import { ExternalSigningKey } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import type { KeySet, SigningKey } from './provider-keys.ts';

/**
 * A signing key as the library takes one from outside: it sees the public half and asks for signatures. All of ours are
 * given so, whoever holds them: the library has no private half to lose.
 */
class LibraryKey extends ExternalSigningKey {
  readonly #key: SigningKey;

  constructor(key: SigningKey) {
    super();
    this.#key = key;
  }

  override get kid() {
    return this.#key.kid;
  }

  override get alg() {
    return this.#key.alg;
  }

  override keyObject() {
    return this.#key.publicKey;
  }

  override sign(data: Uint8Array) {
    return this.#key.sign(data);
  }
}

/** The library's configuration with the keys of a moment. The first key of an algorithm signs, every one verifies. */
export function withKeys(
  configuration: Configuration,
  keys: KeySet,
  dpopNonceSecret: Buffer | undefined,
): Configuration {
  const { features, cookies } = configuration;
  return {
    ...configuration,
    jwks: { keys: keys.signing.map((key) => new LibraryKey(key)) },
    cookies: { ...cookies, keys: [...keys.cookieKeys] },
    features: {
      ...features,
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      ...(features?.dPoP ? { dPoP: { ...features.dPoP, nonceSecret: dpopNonceSecret } } : {}),
    },
  };
}
