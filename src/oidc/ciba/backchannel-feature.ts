import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { POLL_SECONDS } from '../store/polled-store.ts';
import { isPlainMessage } from './binding-message.ts';

/** An address at its longest (RFC 5321 §4.5.3.1.3), which is more than any `sub`. */
const HINT_CHARACTERS = 254;

/** The library's part of CIBA (OpenID Connect Client-Initiated Backchannel Authentication Core 1.0): poll and ping. */
export function backchannelFeature() {
  return {
    enabled: true,
    deliveryModes: ['poll', 'ping'],
    // Resolved where the library asks for the account (hinted-account.ts), as an ID token's `sub` is.
    processLoginHint: async (_ctx: KoaContextWithOIDC, hint = '') => {
      if (hint.length > HINT_CHARACTERS) throw new errors.InvalidRequest('login_hint is too long');
      return hint;
    },
    processLoginHintToken: () => {
      throw new errors.InvalidRequest('login_hint_token is not supported: send login_hint');
    },
    validateBindingMessage: async (_ctx: KoaContextWithOIDC, message?: string) => {
      if (message !== undefined && !isPlainMessage(message))
        throw new errors.InvalidBindingMessage(
          'binding_message must be at most 80 letters, digits, spaces and marks of punctuation, without addresses',
        );
    },
    validateRequestContext: async (ctx: KoaContextWithOIDC) => refuseElsewhereOnly(ctx),
    // Never asked: the person touches their passkey, which is more than a code.
    verifyUserCode: async () => {},
    triggerAuthenticationDevice: async (ctx: KoaContextWithOIDC) => {
      Object.assign(ctx.body as object, { interval: POLL_SECONDS });
    },
  } as const;
}

/** What an approval has no words for is not asked here: access at resources, and its details. */
function refuseElsewhereOnly(ctx: KoaContextWithOIDC): void {
  for (const name of ['resource', 'authorization_details'])
    // The library puts an empty list where none is asked.
    if ([ctx.oidc.params?.[name] ?? []].flat().length > 0)
      throw new errors.InvalidRequest(`${name} is not supported here: ask for it in a browser`);
}

/** The longest that a person is waited for; a service may ask for less (CIBA Core §7.1, `requested_expiry`). */
export function backchannelSeconds(ctx: KoaContextWithOIDC | undefined, longest: number): number {
  const asked = Number(ctx?.oidc.params?.requested_expiry);
  return Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, longest) : longest;
}

/** The library says in its metadata that it takes user codes; we do not. */
export function denyUserCodes(ctx: { body: unknown }): void {
  const metadata = ctx.body as { backchannel_user_code_parameter_supported?: boolean } | undefined;
  if (metadata?.backchannel_user_code_parameter_supported === true)
    metadata.backchannel_user_code_parameter_supported = false;
}
