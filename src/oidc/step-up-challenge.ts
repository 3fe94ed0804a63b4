/**
 * For resource servers: is this token's sign-in sure and fresh enough, and what to answer where it is not
 * (RFC 9470, OAuth 2.0 Step Up Authentication Challenge). The file stands alone: copy it.
 */

/** Claims of a JWT access token of ours, or of an introspection response. */
export interface SignInClaims {
  /** `urn:tangchat:acr:ial2:aal2` */
  acr?: unknown;
  /** The true levels; they count before `acr`, which may be a lower value that was asked. */
  ial?: unknown;
  aal?: unknown;
  /** Seconds since 1970. */
  auth_time?: unknown;
}

/** What a request to the resource server needs. */
export interface SignInDemand {
  /** In order of preference; met by any whose both parts are reached. */
  acrValues?: readonly string[];
  maxAgeSeconds?: number;
}

export type StepUpAnswer =
  | { ok: true }
  /** Answer this status with this `WWW-Authenticate` header; the service then sends the person to us. */
  | { ok: false; status: 401; wwwAuthenticate: string };

/** Takes the claims, the demand and the time now. Never trust claims of a token that you have not verified. */
export function stepUpChallenge(
  claims: SignInClaims,
  demand: SignInDemand,
  now: Date,
): StepUpAnswer {
  const { acrValues, maxAgeSeconds } = demand;
  const sure = acrValues === undefined || acrValues.some((value) => isMet(value, claims));
  const age = typeof claims.auth_time === 'number' ? now.getTime() / 1000 - claims.auth_time : null;
  const fresh = maxAgeSeconds === undefined || (age !== null && age <= maxAgeSeconds);
  if (sure && fresh) return { ok: true };
  const because = sure
    ? 'More recent authentication is required'
    : 'A higher level of assurance is required';
  return {
    ok: false,
    status: 401,
    wwwAuthenticate: [
      'Bearer error="insufficient_user_authentication"',
      `error_description="${because}"`,
      ...(acrValues === undefined ? [] : [`acr_values="${acrValues.join(' ')}"`]),
      ...(maxAgeSeconds === undefined ? [] : [`max_age="${maxAgeSeconds}"`]),
    ].join(', '),
  };
}

function isMet(value: string, claims: SignInClaims): boolean {
  const asked = levelsOf(value);
  const stated = levelsOf(claims.acr);
  if (!asked) return claims.acr === value;
  const ial = typeof claims.ial === 'number' ? claims.ial : (stated?.ial ?? -1);
  const aal = typeof claims.aal === 'number' ? claims.aal : (stated?.aal ?? -1);
  return ial >= asked.ial && aal >= asked.aal;
}

function levelsOf(acr: unknown): { ial: number; aal: number } | null {
  const found = typeof acr === 'string' ? /:ial(\d):aal(\d)$/.exec(acr) : null;
  return found && { ial: Number(found[1]), aal: Number(found[2]) };
}
