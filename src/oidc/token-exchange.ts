import { errors } from 'oidc-provider';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  checkMtlsCert,
  validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';
import type { Resource } from '../agencies/resource.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { agreementFor } from './exchange-agreement.ts';
import { TOKEN_TYPE, readExchange } from './exchange-request.ts';
import { findSubjectToken } from './exchange-subject.ts';
import type { ExchangeSubject } from './exchange-subject.ts';
import { resourceOf, resourceServerOf, quotable } from './resources.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import { tellSource } from './token-claims.ts';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'resource',
  'audience',
  'scope',
];

/**
 * Token exchange (RFC 8693): a service turns the token of its own user, or one that was sent to a resource of its
 * agency, into a token for a resource of another agency with which there is an agreement. What comes out has the
 * person, sign-in and grant of what went in, no higher level, no longer life, and names who acts.
 */
export function registerTokenExchange(app: App, provider: Provider): void {
  provider.registerGrantType(TOKEN_EXCHANGE, (ctx) => exchange(app, provider, ctx), PARAMETERS, [
    'resource',
    'audience',
  ]);
}

async function exchange(app: App, provider: Provider, ctx: KoaContextWithOIDC): Promise<void> {
  const asked = readExchange(ctx.oidc.params ?? {});
  const caller = serviceOf(ctx.oidc.client);
  const proof = await validateDpop(provider, ctx);
  checkDpopRequired(provider, ctx, proof);
  const certificate = checkMtlsCert(provider, ctx);
  const subject = await findSubjectToken(app, ctx, { value: asked.subjectToken, caller });
  const resource = await resourceOf(app, asked.resource);
  if (!resource)
    throw new errors.InvalidTarget(`resource: ${quotable(asked.resource)} is not registered`);
  const agreement = await agreementFor(app, { caller, resource, subject, scopes: asked.scopes });
  await checkDpopReplay(provider, ctx, proof, caller.clientId);
  const token = makeToken(app, provider, { subject, resource, caller: caller.clientId });
  token.scope = asked.scopes.join(' ');
  if (certificate !== undefined) token.setThumbprint('x5t', certificate);
  if (proof) token.setThumbprint('jkt', proof.thumbprint);
  ctx.oidc.entity('AccessToken', token);
  const accessToken = await token.save();
  requestStoreOf(ctx)?.writes.audit({
    action: 'oidc.token_exchanged',
    actor: { kind: 'service', id: caller.clientId },
    subject: { kind: 'account', id: AccountId.parse(subject.token.accountId) },
    details: {
      service: caller.clientId,
      signedInAt: subject.origin.clientId,
      resource: resource.identifier,
      scopes: asked.scopes,
      agreement: agreement.id,
      basis: agreement.legalBasis,
      actors: subject.actors + 1,
    },
  });
  ctx.body = buildTokenResponse(provider, {
    accessToken,
    expiresIn: token.expiration,
    issuedTokenType: TOKEN_TYPE,
    scope: token.scope,
    tokenType: token.tokenType,
  });
}

/** A token under the same grant and session: it ends with them, wherever it went. */
function makeToken(
  app: App,
  provider: Provider,
  input: { subject: ExchangeSubject; resource: Resource; caller: string },
) {
  const { subject, resource, caller } = input;
  const { token: from } = subject;
  const left = (from.exp ?? 0) - Math.floor(app.clock.now().getTime() / 1000);
  const token = new provider.AccessToken({
    accountId: from.accountId,
    client: subject.origin,
    expiresWithSession: from.expiresWithSession,
    grantId: from.grantId,
    gty: 'token_exchange',
    sessionUid: from.sessionUid,
    sid: from.sid,
    expiresIn: Math.max(1, Math.min(resource.tokenSeconds, left)),
    resourceServer: new provider.ResourceServer(resource.identifier, resourceServerOf(resource)),
  });
  const { act } = subject.source;
  tellSource(token, {
    ...subject.source,
    act: { sub: caller, ...(act ? { act } : {}) },
    requestedBy: caller,
  });
  return token;
}
