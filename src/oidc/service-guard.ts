import type { Service } from '../agencies/service.ts';
import type { Context, Guard } from '../web/context.ts';
import { countCall, countCaller } from '../web/rate-limit.ts';
import type { OidcApp } from './create-oidc.ts';
import { ownApi } from './own-api.ts';
import type { OwnScope } from './own-api.ts';
import { refuseScope, requireServiceToken } from './service-token.ts';

const OF_NETWORK = { name: 'own-api-network', calls: 3000, windowSeconds: 300 };
const OF_SERVICE = { name: 'own-api-service', calls: 1200, windowSeconds: 300 };

const services = new WeakMap<Context, Service>();

/**
 * A service by itself, with a token for our own API that holds any of the scopes. The service is read anew: a suspended one is
 * refused at once, however long its token lives.
 */
export function service(...scopes: readonly OwnScope[]): Guard<OidcApp> {
  return {
    name: 'service',
    csrf: 'none',
    check: async (ctx, app) => {
      await countCaller(ctx, app, OF_NETWORK);
      const token = await requireServiceToken(ctx, app, ownApi(app));
      await countCall(app, OF_SERVICE, token.service.clientId);
      if (!scopes.some((scope) => token.scopes.has(scope)))
        refuseScope(ctx, scopes, `The token lacks the scope ${scopes.join(' or ')}.`);
      services.set(ctx, token.service);
    },
  };
}

/** The service that the guard of this route has established. */
export function callerOf(ctx: Context): Service {
  const found = services.get(ctx);
  if (!found) throw new Error('This route is not guarded by service.');
  return found;
}
