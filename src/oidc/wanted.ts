import { z } from 'zod';
import type { Service } from '../agencies/service.ts';
import { releasesNumber } from '../assurance/sign-in-policy.ts';
import { askedClaims } from './claims.ts';
import type { Wanted } from './consents.ts';
import type { Holder } from './holder.ts';

const member = z.looseObject({}).nullish();
const claimsParameter = z.looseObject({
  id_token: z.record(z.string(), member).optional(),
  userinfo: z.record(z.string(), member).optional(),
});

/** The names that the `claims` parameter asks (OIDC Core §5.5), in either place. */
export function namesInClaims(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const read = claimsParameter.safeParse(value);
  if (!read.success) return [];
  const { id_token: idToken, userinfo } = read.data;
  return [...new Set([...Object.keys(idToken ?? {}), ...Object.keys(userinfo ?? {})])];
}

/** What a request asks: its scopes, and the personal claims that they and `claims` name. */
export function wantedBy(
  parameters: { scope?: unknown; claims?: unknown },
  service: Service,
): Wanted {
  const scopes =
    typeof parameters.scope === 'string' ? parameters.scope.split(' ').filter(Boolean) : [];
  const names = namesInClaims(parameters.claims);
  return { scopes, claims: askedClaims({ scopes, names }, service.claims) };
}

/**
 * The part of it that there is anything to agree to: nothing is known of an account without a person, and some states
 * of an ID do not release its number. What becomes known later was not agreed to, and is asked then.
 */
export function tellable(wanted: Wanted, holder: Holder, service: Service): Wanted {
  const { standing } = holder;
  const claims = wanted.claims.filter(
    (claim) =>
      standing !== null &&
      (claim !== 'foreign_national_id' || releasesNumber(standing.idState, service)),
  );
  return { scopes: wanted.scopes, claims };
}
