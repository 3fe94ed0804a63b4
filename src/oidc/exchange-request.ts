import { errors } from 'oidc-provider';

/** RFC 8693 §3 */
export const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

export interface ExchangeRequest {
  subjectToken: string;
  resource: string;
  scopes: string[];
}

/** Reads the parameters of RFC 8693 §2.1, each fault with what was expected. */
export function readExchange(params: Readonly<Record<string, unknown>>): ExchangeRequest {
  const wrong = (what: string): never => {
    throw new errors.InvalidRequest(what);
  };
  const { subject_token: subjectToken, subject_token_type: type, resource, scope } = params;
  if (typeof subjectToken !== 'string' || subjectToken === '')
    return wrong("subject_token: expected the access token of this service's user");
  if (type !== TOKEN_TYPE) return wrong(`subject_token_type: expected ${TOKEN_TYPE}`);
  if (/^[\w-]*\.[\w-]*\.[\w-]*$/.test(subjectToken))
    return wrong(
      'subject_token: expected an opaque access token; a JWT is not exchanged, since it cannot be withdrawn',
    );
  if (params.actor_token !== undefined || params.actor_token_type !== undefined)
    return wrong('actor_token: leave it out; the service that authenticates is the actor');
  const wanted = params.requested_token_type;
  if (wanted !== undefined && wanted !== TOKEN_TYPE)
    return wrong(`requested_token_type: expected ${TOKEN_TYPE}, or nothing`);
  if (params.audience !== undefined)
    throw new errors.InvalidTarget('audience: leave it out; name the resource by resource');
  return {
    subjectToken,
    resource: resourceIn(resource),
    scopes: scopesIn(scope),
  };
}

function resourceIn(resource: unknown): string {
  const wrong = (what: string): never => {
    throw new errors.InvalidTarget(`resource: ${what}`);
  };
  if (typeof resource !== 'string' || resource === '')
    return wrong('expected exactly one identifier of a resource');
  if (!URL.canParse(resource)) return wrong('expected an absolute address (RFC 8707 §2)');
  if (resource.includes('#')) return wrong('expected an address without a fragment (RFC 8707 §2)');
  return resource;
}

function scopesIn(scope: unknown): string[] {
  const scopes = typeof scope === 'string' ? [...new Set(scope.split(' ').filter(Boolean))] : [];
  if (scopes.length === 0)
    throw new errors.InvalidRequest('scope: expected at least one scope of the resource');
  return scopes;
}
