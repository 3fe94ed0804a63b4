import { decodeJwt } from 'jose';
import { z } from 'zod';

const subClaim = z.looseObject({
  id_token: z.looseObject({ sub: z.looseObject({ value: z.string() }) }),
});

/**
 * The `sub` that a request names, or null: by `id_token_hint`, or by a value of the `sub` claim. The answer must be
 * about that person or none (OIDC Core §3.1.2.1, §5.5.1). The library verified the hint when the request came,
 * but looks at it no more once somebody has signed in.
 */
export function namedSubject(parameters: Record<string, unknown>): string | null {
  if (typeof parameters.id_token_hint === 'string')
    return decodeJwt(parameters.id_token_hint).sub ?? null;
  if (typeof parameters.claims !== 'string') return null;
  const read = subClaim.safeParse(JSON.parse(parameters.claims));
  return read.success ? read.data.id_token.sub.value : null;
}
