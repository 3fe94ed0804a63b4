import type { JWK } from 'jose';

/** The members of a JWK that anybody may know (RFC 7518 §6): what is not in this list stays here. */
const PUBLIC = ['kty', 'kid', 'alg', 'use', 'crv', 'x', 'y', 'n', 'e'] as const;

export function publicHalf(jwk: JWK): JWK {
  const known = PUBLIC.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]]));
  return Object.fromEntries(known) as JWK;
}
