import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestStoreOf } from './store/request-store.ts';

/**
 * Notes what is issued, to be appended in the very statement that stores it: the library tells of success before
 * that, and a race may still be lost then.
 */
export function auditIssued(provider: Provider): void {
  provider.on('authorization.success', (ctx) => {
    const { client, session } = ctx.oidc;
    const store = requestStoreOf(ctx);
    if (!client || !session?.accountId || !store?.scope.web) return;
    const { acting } = store.reads;
    const actor = { kind: 'account', id: session.accountId } as const;
    const details = { service: client.clientId, aal: store.scope.web.aal };
    store.writes.audit(
      acting
        ? {
            action: 'oidc.signed_in_for_ward',
            actor,
            subject: { kind: 'account', id: acting.wardId },
            details,
          }
        : {
            action: 'oidc.signed_in',
            actor,
            subject: { kind: 'service', id: client.clientId },
            details,
          },
    );
  });
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const { client, grant, entities } = ctx.oidc;
    const token =
      entities.RefreshToken ??
      entities.AuthorizationCode ??
      entities.DeviceCode ??
      entities.BackchannelAuthenticationRequest;
    if (!client || !grant?.jti || !token) return;
    requestStoreOf(ctx)?.writes.audit({
      action: 'oidc.tokens_issued',
      actor: { kind: 'service', id: client.clientId },
      subject: { kind: 'grant', id: grant.jti },
      details: {
        service: client.clientId,
        by: String(ctx.oidc.params?.grant_type),
        acr: token.acr ?? '',
      },
    });
  });
}
