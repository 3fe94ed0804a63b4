import { Provider } from 'oidc-provider';
import type { Adapter } from 'oidc-provider';
import { unsupported } from './adapter-parts.ts';
import type { Current, MakeAdapter } from './adapter-parts.ts';
import { backchannelAdapter } from './backchannel-adapter.ts';
import { deviceCodeAdapter } from './device-code-adapter.ts';
import { grantAdapter } from './grant-adapter.ts';
import { interactionAdapter } from './interaction-adapter.ts';
import { pushedRequestAdapter } from './pushed-request-adapter.ts';
import { replayAdapter } from './replay-adapter.ts';
import type { RequestScope } from './request-scope.ts';
import { createRequestStore, pageStore, requestStoreOf } from './request-store.ts';
import { sessionAdapter } from './session-adapter.ts';
import { tokenAdapter } from './token-adapter.ts';

/** The storage of each of the library's models, one line each; a model that is not here is off. */
const ADAPTERS: Readonly<Record<string, MakeAdapter>> = {
  AuthorizationCode: tokenAdapter('AuthorizationCode'),
  AccessToken: tokenAdapter('AccessToken'),
  RefreshToken: tokenAdapter('RefreshToken'),
  ClientCredentials: tokenAdapter('ClientCredentials'),
  Grant: grantAdapter,
  Session: sessionAdapter,
  Interaction: interactionAdapter,
  PushedAuthorizationRequest: pushedRequestAdapter,
  ReplayDetection: replayAdapter,
  DeviceCode: deviceCodeAdapter,
  BackchannelAuthenticationRequest: backchannelAdapter,
};

/**
 * The library's storage port on PostgreSQL. Within a request of the library, reads are remembered and writes
 * recorded for one statement at its end; elsewhere (our own pages) each act is done at once.
 */
export function createAdapter(base: Omit<RequestScope, 'web' | 'serviceId'>) {
  const current: Current = () => {
    const ctx = Provider.ctx;
    const store = ctx && requestStoreOf(ctx);
    if (store) return { store, atOnce: false };
    const ofPage = ctx ? undefined : pageStore();
    if (ofPage) return { store: ofPage, atOnce: true };
    const scope = { ...base, web: null, serviceId: null };
    return { store: createRequestStore(scope), atOnce: true };
  };
  return (model: string): Adapter => ADAPTERS[model]?.(current) ?? unsupported(model);
}
