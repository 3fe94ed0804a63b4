import { z } from 'zod';
import type { LevelRequest } from '../assurance/sign-in-decision.ts';

const acrClaim = z.looseObject({
  essential: z.boolean().optional(),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
});
const claimsParameter = z.looseObject({
  id_token: z.looseObject({ acr: acrClaim.nullish() }).optional(),
  userinfo: z.looseObject({ acr: acrClaim.nullish() }).optional(),
});

/** The parameters of a request that ask for levels. */
export interface LevelParameters {
  acr_values?: unknown;
  claims?: unknown;
}

/**
 * The levels that a request asks, in order. An essential `acr` claim with `value` or `values` must be met (OpenID
 * Connect Core §5.5.1.1) and outranks `acr_values`, which is voluntary (§3.1.2.1).
 */
export function levelRequest(parameters: LevelParameters): LevelRequest {
  const acr = acrOfClaims(parsed(parameters.claims));
  const named = acr?.values ?? (acr?.value === undefined ? [] : [acr.value]);
  if (acr?.essential === true && named.length > 0) return { askedValues: named, essential: true };
  const listed =
    typeof parameters.acr_values === 'string'
      ? parameters.acr_values.split(' ').filter(Boolean)
      : [];
  return { askedValues: listed.length > 0 ? listed : named, essential: false };
}

/** The same from the `claims` that a code or token keeps: the library has put `acr_values` into them. */
export function askedAcrValues(claims: unknown): string[] {
  const acr = acrOfClaims(claims);
  return acr?.values ?? (acr?.value === undefined ? [] : [acr.value]);
}

/**
 * What is wrong with how a `claims` parameter asks for `acr`, with its path; null where nothing is. A service that
 * means to insist on a level must learn that it did not.
 */
export function acrFault(claims: unknown): string | null {
  const read = claimsParameter.safeParse(claims);
  if (read.success) return null;
  const [issue] = read.error.issues;
  return issue?.path.includes('acr') ? `claims.${issue.path.join('.')}: ${issue.message}` : null;
}

function acrOfClaims(claims: unknown): z.output<typeof acrClaim> | null {
  if (claims === undefined) return null;
  const read = claimsParameter.safeParse(claims);
  return read.success ? (read.data.id_token?.acr ?? read.data.userinfo?.acr ?? null) : null;
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
